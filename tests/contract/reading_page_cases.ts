/**
 * Pages, neighbours, entries and bounds.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { compareKeys, SEVERITIES } from "../../src/entry/entry.ts";
import type { ReadEntry } from "../../src/store/log_rows.ts";
import { readEntry } from "../support/memory_log_queries.ts";
import { entriesOf, Landed, type MakeReading, queryOf, walk } from "./reading_fixture.ts";

const SERVICES = ["alpha", "bravo", "Alpha", "delta's", 'e"\\x'];
const PAYLOADS = [
  "GET /users/42 timeout after 30 s",
  "connection refused by 10.0.0.7",
  "Größe überschritten, ТЕСТ 日本語 trace_id=abc123",
  "",
  "healthz ok",
  'it\'s "quoted" \\ 100% _under_',
];

/** Entries over three days, of which every fourth shares its publish time with the one before. */
export function someEntries(count: number): ReadEntry[] {
  return Array.from({ length: count }, (_, i) => {
    const step = i % 4 === 3 ? i - 1 : i;
    const ms = Date.UTC(2026, 10, 22, 22) + step * 1_237_000;
    const publishTime = new Date(ms).toISOString().replace("T", " ").replace("Z", "123");
    return readEntry({
      publishTime,
      messageId: String(90_000 + (i * 7) % 1_000),
      serviceName: SERVICES[i % SERVICES.length]!,
      severity: SEVERITIES[(i * 3) % 7 % 5]!,
      payload: `${PAYLOADS[i % PAYLOADS.length]} n${i % 13}`,
      timestamp: new Date(ms - 5_000).toISOString().replace("T", " ").replace("Z", "000"),
      createdAt: "2026-11-25 01:02:03.456000",
      attributes: i % 5 === 0 ? { trace: `T-${i % 10}`, "odd name": "x=y" } : {},
    });
  });
}

/** Lands them in batches, every third of which mixes early and late entries, and some as the version before does. */
export async function landMixed(landed: Landed, entries: readonly ReadEntry[], options = { unadopted: true }) {
  const late = entries.filter((_, i) => i % 9 === 8);
  const rest = entries.filter((_, i) => i % 9 !== 8);
  for (let i = 0; i < rest.length; i += 20) {
    const part = rest.slice(i, i + 20);
    await landed.land(part, {
      ...options.unadopted && i % 80 === 60 ? { id: undefined } : {},
      unfiltered: i % 100 === 40,
    });
  }
  await landed.land(late);
}

const QUERIES = [
  "",
  "service:alpha",
  "service:alpha,bravo severity>=error",
  "severity:fatal",
  "-service:alpha -severity:info",
  "service:nobody",
  "timeout",
  'service:bravo "connection refused"',
  '"users 42" severity>=info',
  "größe",
  "тест -n3",
  "日本語",
  "trace_id abc123 n2",
  "*time*",
  "conn*",
  "-healthz",
  "attr.trace:t-5",
  "attr.trace:*",
  "attr.trace:T* healthz",
  "neverseenword",
  "timeout healthz",
  "timestamp>=2026-11-24T00:00Z",
  "timeout after:2026-11-23T12:00Z before:2026-11-24T12:00Z",
  "_under_",
];

export function exercisePages(name: string, fresh: MakeReading): void {
  Deno.test(`${name}: page() walks through what a query finds, in both orders, whatever it may read at once`, async (t) => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landMixed(landed, someEntries(240));
    const range = { from: "2026-11-23 00:00:00.000000", to: "2026-11-25 06:00:00.000000" };
    for (const text of QUERIES) {
      await t.step(text === "" ? "everything" : text, async () => {
        const query = queryOf(text);
        for (const order of ["newest_first", "oldest_first"] as const) {
          for (
            const [within, limit, rowsMax] of [[{}, 7, undefined], [range, 50, 13], [range, 1_000, undefined]] as const
          ) {
            const pages = await walk(fixture.queries, {
              query,
              range: within,
              order,
              limit,
              options: rowsMax === undefined ? {} : { rowsMax },
            });
            const expected = landed.matching(query, within);
            if (order === "newest_first") expected.reverse();
            assertEquals(entriesOf(pages), expected, `${order} ${limit}`);
            assert(pages.every(({ entries }) => entries.length <= limit));
            assert(pages.at(-1)!.complete && pages.at(-1)!.next === undefined);
          }
        }
      });
    }
  });

  Deno.test(`${name}: page() turns round on any page, and comes to the same entries`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landMixed(landed, someEntries(60));
    for (const text of ["", "severity>=info", "timeout", "*time*"]) {
      const query = queryOf(text);
      const pages = await walk(fixture.queries, { query, limit: 5 });
      assertEquals(pages[0]!.previous, undefined);
      for (let i = 1; i < pages.length; i++) {
        const cursor = pages[i]!.previous;
        assert(cursor !== undefined);
        const back = await fixture.queries.page({ query, range: {}, order: "newest_first", limit: 5, cursor });
        assertEquals(back.entries, pages[i - 1]!.entries, `${text} ${i}`);
        const again = await fixture.queries.page({
          query,
          range: {},
          order: "newest_first",
          limit: 5,
          cursor: back.next,
        });
        assertEquals(again.entries, pages[i]!.entries, `${text} ${i}`);
      }
    }
  });

  Deno.test(`${name}: page() walks through entries of one service that share their publish times`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const entries = Array.from({ length: 120 }, (_, i) =>
      readEntry({
        publishTime: `2026-11-24 10:00:0${Math.floor(i / 40)}.000000`,
        // Neither landed nor counted in the order of ids.
        messageId: String((i * 37) % 1_000 + (i % 3 === 0 ? 1_000 : 20_000)),
        serviceName: i % 2 === 0 ? "alpha" : "bravo",
      }));
    for (let i = 0; i < entries.length; i += 10) await landed.land(entries.slice(i, i + 10));
    for (const text of ["service:alpha", "severity:info", ""]) {
      for (const order of ["newest_first", "oldest_first"] as const) {
        const expected = landed.matching(queryOf(text));
        if (order === "newest_first") expected.reverse();
        assertEquals(entriesOf(await walk(fixture.queries, { query: queryOf(text), order, limit: 7 })), expected);
      }
    }
  });

  Deno.test(`${name}: page() tells a tail on the first page only, and what excludes itself at once`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landed.land(someEntries(8));
    const request = { query: queryOf(""), range: {}, order: "newest_first", limit: 5 } as const;
    const first = await fixture.queries.page(request);
    assert(first.tail !== undefined && first.tail.seen.size === 1);
    assertEquals((await fixture.queries.page({ ...request, cursor: first.next })).tail, undefined);
    const none = await fixture.queries.page({ ...request, query: queryOf("severity:info severity:warn") });
    assertEquals([none.entries, none.complete, none.nothing], [[], true, "no severity is all that is asked for"]);
  });

  Deno.test(`${name}: around() has the neighbours of an entry, of all services or its own`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landMixed(landed, someEntries(60));
    const sorted = landed.entries.toSorted(compareKeys);
    const at = 31;
    const key = sorted[at]!;
    const around = await fixture.queries.around({ key, before: 4, after: 3 });
    assertEquals(around.entry, key);
    assertEquals([around.before, around.after], [sorted.slice(at - 4, at), sorted.slice(at + 1, at + 4)]);
    const own = sorted.filter(({ serviceName }) => serviceName === key.serviceName);
    const same = await fixture.queries.around({ key, before: 2, after: 100, sameService: true });
    const ownAt = own.indexOf(key);
    assertEquals([same.before, same.after], [own.slice(ownAt - 2, ownAt), own.slice(ownAt + 1)]);
    assert(same.complete);
    const missing = await fixture.queries.around({ key: { ...key, messageId: "none" }, before: 1, after: 1 });
    assertEquals([missing.entry, missing.before, missing.after], [undefined, [], []]);
    assertEquals(await fixture.queries.entry(sorted[0]!), sorted[0]);
    assertEquals(await fixture.queries.entry({ ...key, messageId: "none" }), undefined);
  });

  Deno.test(`${name}: values come back as they are, whatever is in them`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const odd = readEntry({
      publishTime: "2026-11-24 00:00:00.000001",
      messageId: "a' \\ %_ b",
      serviceName: "nul \0 '\\\" ☃ 🚀",
      payload: "first\0second \u202e ' \\ \n\r\t end",
      attributes: { "a'\"\\": "\0\u2028 🚀" },
    });
    const [stored] = await landed.land([odd]);
    const walked = await walk(fixture.queries, { query: queryOf("second") });
    assertEquals(entriesOf(walked), [stored!]);
    const { services } = await fixture.queries.services({ limit: 5 });
    assertEquals(services.map(({ serviceName }) => serviceName), [odd.serviceName]);
    assertEquals((await fixture.queries.around({ key: odd, before: 1, after: 1, sameService: true })).entry, stored);
  });

  Deno.test(`${name}: what is out of bounds is refused, and what is aborted or too slow ends`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landed.land(someEntries(20));
    const request = { query: queryOf("*time*"), range: {}, order: "newest_first" } as const;
    for (const limit of [0, 1_001, 1.5]) {
      await assertRejects(() => fixture.queries.page({ ...request, limit }), RangeError, "limit");
    }
    await assertRejects(
      () => fixture.queries.page({ ...request, limit: 1 }, { timeoutMs: 0 }),
      RangeError,
      "timeoutMs",
    );
    const gone = AbortSignal.abort(new Error("gone"));
    await assertRejects(() => fixture.queries.page({ ...request, limit: 1 }, { signal: gone }), Error, "gone");
    const controller = new AbortController();
    const reading = fixture.queries.page({ ...request, limit: 1 }, { signal: controller.signal });
    controller.abort(new Error("left"));
    await assertRejects(() => reading, Error, "left");
    assertEquals((await fixture.queries.page({ ...request, limit: 1 })).entries.length, 1);
    // Bounded: one step is made in any budget.
    const bounded = await fixture.queries.page({ ...request, query: queryOf("*never*"), limit: 5 }, { rowsMax: 3 });
    assertEquals([bounded.entries, bounded.complete, bounded.examined], [[], false, 3]);
    assert(bounded.next !== undefined && bounded.covered.from !== undefined);
  });
}
