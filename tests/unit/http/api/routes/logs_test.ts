import { assert, assertEquals, assertMatch } from "@std/assert";
import { entryIdOf } from "../../../../../src/entry/entry_id.ts";
import { ANSWER_CHARS_MAX } from "../../../../../src/http/api/routes/logs.ts";
import { decodeTail } from "../../../../../src/reading/cursor.ts";
import type { Page } from "../../../../../src/reading/log_queries.ts";
import type { ReadEntry } from "../../../../../src/store/log_rows.ts";
import { openApi, type TestApi } from "../../../../support/api.ts";
import { readEntry } from "../../../../support/memory_log_queries.ts";

/** Entries a second apart, `0` the oldest. */
function entriesOf(count: number, fields: (i: number) => Partial<ReadEntry> = () => ({})): ReadEntry[] {
  return Array.from({ length: count }, (_, i) =>
    readEntry({
      publishTime: `2026-01-02 03:04:${String(i).padStart(2, "0")}.000000`,
      messageId: String(i),
      ...fields(i),
    }));
}

interface PageJson {
  readonly entries: readonly { readonly message_id: string }[];
  readonly next: string | null;
  readonly previous: string | null;
  readonly tail: string | null;
}

async function page(test: TestApi, search: string): Promise<PageJson> {
  return await test.json(`/v1/logs?${search}`) as unknown as PageJson;
}

const idsOf = ({ entries }: PageJson) => entries.map(({ message_id }) => message_id).join(" ");

Deno.test("GET /v1/logs walks through all entries, newest first, and back", async () => {
  await using test = await openApi();
  test.queries.entries.push(...entriesOf(5));
  const first = await page(test, "limit=2");
  const second = await page(test, `limit=2&cursor=${first.next}`);
  const third = await page(test, `limit=2&cursor=${second.next}`);
  assertEquals([first, second, third].map(idsOf), ["4 3", "2 1", "0"]);
  assertEquals([first.previous, third.next], [null, null]);
  assertEquals(idsOf(await page(test, `limit=2&cursor=${third.previous}`)), "2 1");
  const oldest = await page(test, "limit=2&order=oldest_first");
  assertEquals([idsOf(oldest), idsOf(await page(test, `limit=2&order=oldest_first&cursor=${oldest.next}`))], [
    "0 1",
    "2 3",
  ]);
});

Deno.test("GET /v1/logs gives the place of a tail with a first page, and with no other", async () => {
  await using test = await openApi();
  test.queries.entries.push(...entriesOf(2));
  const first = await page(test, "limit=1");
  assertEquals(typeof decodeTail(first.tail!), "bigint");
  assertEquals((await page(test, `limit=1&cursor=${first.next}`)).tail, null);
});

Deno.test("GET /v1/logs filters by query and range, and says how it understood the query", async () => {
  await using test = await openApi();
  test.queries.entries.push(...entriesOf(4, (i) => ({ severity: i % 2 === 0 ? "warn" : "info" })));
  assertEquals(idsOf(await page(test, "query=severity%3E%3Dwarn")), "2 0");
  assertEquals(idsOf(await page(test, "from=2026-01-02T03:04:01Z&to=2026-01-02T03:04:03Z")), "2 1");
  const { query } = await test.json("/v1/logs?query=%20ok%20%20severity:warn,fatal,error");
  assertEquals(query, "ok severity>=warn");
});

Deno.test("GET /v1/logs goes on with the first page's range, although from means another time by now", async () => {
  await using test = await openApi();
  const seen: unknown[] = [];
  const { page: original } = test.queries;
  test.queries.page = (request, options) => {
    seen.push(request);
    return original.call(test.queries, request, options);
  };
  test.queries.entries.push(
    ...[50, 40, 30].map((seconds) =>
      readEntry({
        messageId: String(seconds),
        publishTime: new Date(Date.now() - seconds * 1000).toISOString().replace("T", " ").replace("Z", "000"),
      })
    ),
  );
  const first = await page(test, "limit=1&query=after:-1m");
  const second = await page(test, `limit=5&query=after:-1m&cursor=${first.next}`);
  assertEquals([idsOf(first), idsOf(second)], ["30", "40 50"]);
  assertEquals((seen[1] as { query: unknown }).query, { terms: [] }, "the cursor's range has the query's ends");
});

Deno.test("GET /v1/logs refuses a cursor with another query or order", async () => {
  await using test = await openApi();
  test.queries.entries.push(...entriesOf(3));
  const { next } = await page(test, "limit=1");
  for (const search of ["query=other", "order=oldest_first"]) {
    const problem = await test.json(`/v1/logs?${search}&cursor=${next}`);
    assertEquals(problem.field, "cursor");
    assertMatch(problem.detail as string, /another query/);
  }
});

Deno.test("GET /v1/logs offers to look within words where one is not known", async () => {
  await using test = await openApi();
  const { page: original } = test.queries;
  test.queries.page = async (request, options): Promise<Page> => {
    const answer = await original.call(test.queries, request, options);
    return { ...answer, unknownWords: [{ word: "tiemout", hash: 1, term: request.query.terms[0]! }] };
  };
  const answer = await test.json("/v1/logs?query=tiemout");
  assertEquals(answer.unknown_words, [{ word: "tiemout", at: 0, length: 7 }]);
  assertEquals(answer.widened, "*tiemout*");
});

Deno.test("GET /v1/logs cuts a page that is too large, and goes on after that", async () => {
  await using test = await openApi();
  const payload = "x".repeat(ANSWER_CHARS_MAX / 2 - 10);
  test.queries.entries.push(...entriesOf(4, () => ({ payload })));
  const walked: string[] = [];
  let cursor = "";
  for (let i = 0; i < 3; i++) {
    const { next, ...rest } = await page(test, `limit=4${cursor}`);
    walked.push(idsOf({ next, ...rest }));
    cursor = `&cursor=${next}`;
    if (next === null) break;
  }
  assertEquals(walked, ["3 2", "1 0"]);
});

Deno.test("GET /v1/logs/{id} gives one entry, by the id that a page has", async () => {
  await using test = await openApi();
  test.queries.entries.push(...entriesOf(2, () => ({ attributes: { trace: "abc" }, batch: 7n })));
  const { entries: [entry] } = await test.json("/v1/logs?limit=1") as { entries: { id: string }[] };
  assertEquals(await test.json(`/v1/logs/${entry!.id}`), entry as unknown as Record<string, unknown>);
  assertEquals(entry as unknown, {
    id: "20260102T030401.000000Z-1",
    publish_time: "2026-01-02T03:04:01.000000Z",
    message_id: "1",
    service_name: test.queries.entries[1]!.serviceName,
    severity: test.queries.entries[1]!.severity,
    payload: test.queries.entries[1]!.payload,
    timestamp: (entry as unknown as { timestamp: string }).timestamp,
    created_at: "2026-01-02T03:04:01.000000Z",
    attributes: { trace: "abc" },
    batch: "7",
  });
});

Deno.test("GET /v1/logs/{id}/context gives what is before and after, of all services or the same", async () => {
  await using test = await openApi();
  test.queries.entries.push(...entriesOf(7, (i) => ({ serviceName: i % 3 === 0 ? "alpha" : "beta" })));
  const id = entryIdOf(test.queries.entries[3]!);
  const around = async (search: string) => {
    const { before, entry, after } = await test.json(`/v1/logs/${id}/context?${search}`) as unknown as {
      readonly before: PageJson["entries"];
      readonly entry: PageJson["entries"][number];
      readonly after: PageJson["entries"];
    };
    return [before, [entry], after].map((side) => side.map(({ message_id }) => message_id).join(" "));
  };
  assertEquals(await around("before=2&after=1"), ["1 2", "3", "4"]);
  assertEquals(await around("same_service=true"), ["0", "3", "6"]);
  assert((await test.ask(`/v1/logs/${id}9/context`)).status === 404);
});

Deno.test("GET /v1/logs/{id}/context keeps what is nearest where there is too much", async () => {
  await using test = await openApi();
  const payload = "x".repeat(ANSWER_CHARS_MAX / 4 - 10);
  test.queries.entries.push(...entriesOf(9, () => ({ payload })));
  const answer = await test.json(`/v1/logs/${entryIdOf(test.queries.entries[4]!)}/context`);
  const ids = (side: unknown) => (side as { message_id: string }[]).map(({ message_id }) => message_id).join(" ");
  assertEquals([ids(answer.before), ids(answer.after), answer.complete], ["2 3", "5 6", false]);
});
