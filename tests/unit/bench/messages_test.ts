import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { decode } from "../../../src/entry/decode.ts";
import { Account, groupKey, MessageSource, shuffledId } from "../../bench/messages.ts";

function taken(source: MessageSource, count: number) {
  return Array.from({ length: count }, () => source.next());
}

Deno.test("MessageSource makes messages that decode to what it says of them", () => {
  const source = new MessageSource({ payloadBytes: 100, services: 3 });
  for (const { data, serviceName, severity } of taken(source, 500)) {
    const decoded = decode({ publishTime: "2026-01-02 03:04:05.678000", messageId: "1", data });
    assert(decoded.ok);
    assertEquals([decoded.value.serviceName, decoded.value.severity], [serviceName, severity]);
    assertEquals(new TextEncoder().encode(decoded.value.payload).length, 100);
  }
});

Deno.test("MessageSource makes the same messages for the same options, and payloads that differ", () => {
  const [a, b] = [1, 2].map(() => taken(new MessageSource({ payloadBytes: 50, services: 3 }), 300));
  assertEquals(a, b);
  assertNotEquals(a![0]!.data, a![3]!.data);
});

Deno.test("MessageSource gives every service its turn", () => {
  const source = new MessageSource({ payloadBytes: 10, services: 1_000 });
  const counts = Map.groupBy(taken(source, 3_000), ({ serviceName }) => serviceName);
  assertEquals(counts.size, 1_000);
  assert([...counts.values()].every((messages) => messages.length === 3));
});

Deno.test("MessageSource gives messages attributes where they are asked for: few values, and a trace of a few messages", () => {
  const [plain, attributed] = [false, true].map((attributes) =>
    taken(new MessageSource({ payloadBytes: 50, services: 3, attributes }), 400)
  );
  assertEquals(plain!.filter(({ attributes }) => attributes !== undefined), []);
  const values = (name: string) => new Set(attributed!.map(({ attributes }) => attributes![name]));
  assertEquals([values("region").size, values("trace").size], [4, 50]);
});

Deno.test("MessageSource begins again when it has given all it holds", () => {
  const source = new MessageSource({ payloadBytes: 65_000, services: 1 });
  const all = taken(source, 5_000);
  const again = all.findIndex(({ data }, index) => index > 0 && data.byteOffset === all[0]!.data.byteOffset);
  assert(again > 0, "5,000 messages of 65,000 bytes are more than it holds");
  assertEquals(all[again + 7], all[7]);
});

Deno.test("shuffledId() gives no id twice, in no particular order", () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => shuffledId(1_767_322_445_000, index * 101));
  assertEquals(new Set(ids).size, ids.length);
  assert(ids.every((id) => id.length === 19));
  assertNotEquals(ids.slice(0, 100), ids.slice(0, 100).toSorted());
});

Deno.test("Account adds up by service and severity, and tells other ids apart", () => {
  const [a, b] = [["7", "8"], ["7", "9"]].map((ids) => {
    const account = new Account();
    for (const id of ids) account.add({ serviceName: "alpha", severity: "info" }, { id, payloadBytes: 10 });
    account.add({ serviceName: "alpha", severity: "warn" }, { id: "1", payloadBytes: 10 });
    return account;
  });
  assertEquals([a!.count, a!.groups.size], [3, 2]);
  const key = groupKey("alpha", "info");
  assertEquals([a!.groups.get(key)?.count, a!.groups.get(key)?.payloadBytes], [2, 20]);
  assertNotEquals(a!.groups.get(key)?.idSum, b!.groups.get(key)?.idSum);
});
