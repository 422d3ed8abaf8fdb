import { assertEquals } from "@std/assert";
import { openApi } from "../../../../support/api.ts";
import { ledgerBatch, readEntry } from "../../../../support/memory_log_queries.ts";

Deno.test("GET /v1/batches pages through the ledger, newest first", async () => {
  await using test = await openApi();
  const [a, b, c] = [10n, 20n, 30n].map((id, i) =>
    ledgerBatch({
      id,
      cause: i === 1 ? "count" : "interval",
      instance: i,
      publishTimeFirst: "2026-01-02 03:04:05.000000",
    })
  );
  test.queries.batches.push(a!, b!, c!);
  const ids = async (search: string) => {
    const { batches, next } = await test.json(`/v1/batches?${search}`) as { batches: { id: string }[]; next: unknown };
    return [batches.map(({ id }) => id).join(" "), next];
  };
  assertEquals(await ids("limit=2"), ["30 20", "20"]);
  assertEquals(await ids("limit=2&before=20"), ["10", null]);
  assertEquals(await ids("cause=count,split"), ["20", null]);
  assertEquals(await ids("instance=2"), ["30", null]);
  assertEquals(await ids("from=2026-01-03"), ["", null]);
});

Deno.test("GET /v1/instances gives the monitors and what they hold", async () => {
  await using test = await openApi();
  const at = "2026-01-02 03:04:05.000000";
  const held = { heldMessages: 5, heldBytes: 600, oldestUnsettled: at };
  test.queries.monitors.push({ number: 1, name: "a", version: "1.2.3", startedAt: at, seenAt: at, ...held });
  assertEquals(await test.json("/v1/instances"), {
    instances: [{
      number: 1,
      name: "a",
      version: "1.2.3",
      started_at: "2026-01-02T03:04:05.000000Z",
      seen_at: "2026-01-02T03:04:05.000000Z",
      held_messages: 5,
      held_bytes: 600,
      oldest_unsettled: "2026-01-02T03:04:05.000000Z",
    }],
  });
});

Deno.test("GET /v1/consistency gives the sums and their differences", async () => {
  await using test = await openApi();
  test.queries.entries.push(readEntry());
  assertEquals(await test.json("/v1/consistency"), {
    agree: true,
    counted: 1,
    hours: 0,
    unadopted: 1,
    unadopted_complete: true,
    differences: [],
  });
  const differences = [{ serviceName: "a", severity: "warn" as const, counted: 1, hours: 2 }];
  const sums = { counted: 1, hours: 2, unadopted: 0, unadoptedComplete: false, agree: undefined, differences };
  test.queries.consistency = () => Promise.resolve(sums);
  const answer = await test.json("/v1/consistency");
  assertEquals([answer.agree, answer.differences], [null, [{
    service_name: "a",
    severity: "warn",
    counted: 1,
    hours: 2,
  }]]);
});
