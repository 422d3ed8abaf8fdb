/**
 * Counts: services, totals, histograms, and whether they agree.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryLogQueries } from "../support/memory_log_queries.ts";
import { landMixed, someEntries } from "./reading_page_cases.ts";
import { Landed, type MakeReading, queryOf } from "./reading_fixture.ts";

/** The same entries, counted in the plainest way. */
function model(landed: Landed): MemoryLogQueries {
  const queries = new MemoryLogQueries();
  queries.entries.push(...landed.entries);
  return queries;
}

const RANGES = [
  { from: "2026-11-23 00:00:00.000000", to: "2026-11-25 00:00:00.000000" },
  { from: "2026-11-22 22:20:37.000123", to: "2026-11-24 13:07:11.000001" },
  { from: "2026-11-23 10:00:00.000000", to: "2026-11-23 10:30:00.000000" },
];

export function exerciseCounts(name: string, fresh: MakeReading): void {
  for (const unadopted of [true, false]) servicesCase(name, { fresh, unadopted });

  Deno.test(`${name}: totals() counts by service and severity, of all or a range, by any query`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landMixed(landed, someEntries(240), { unadopted: false });
    for (const text of ["", "service:alpha", "severity>=error -service:bravo", "timeout", "service:nobody"]) {
      const query = queryOf(text);
      for (const range of [undefined, ...RANGES]) {
        const { total, counts, complete } = await fixture.queries.totals({ query, range });
        const expected = await model(landed).totals({ query, range });
        assertEquals([total, counts, complete], [expected.total, expected.counts, true], `${text} ${range?.from}`);
      }
    }
  });

  Deno.test(`${name}: histogram() is exact, from hours, minutes or rows`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landMixed(landed, someEntries(240), { unadopted: false });
    for (
      const text of [
        "",
        "service:alpha,bravo severity>=info",
        "timeout",
        "after:2026-11-23T04:05Z before:2026-11-24T01:02Z",
      ]
    ) {
      const query = queryOf(text);
      for (const range of RANGES) {
        for (const by of ["severity", "service"] as const) {
          for (const bucketsMax of [10, 100, 1_500]) {
            const request = { query, range, by, bucketsMax, seriesMax: 3 };
            const { series, total, complete } = await fixture.queries.histogram(request);
            const expected = await model(landed).histogram(request);
            const name = `${text} ${range.from} ${by} ${bucketsMax}`;
            assertEquals([total, complete], [expected.total, true], name);
            const byName = (list: typeof series) => list.toSorted((a, b) => (a.name ?? "") < (b.name ?? "") ? -1 : 1);
            assertEquals(byName(series), byName(expected.series), name);
          }
        }
      }
    }
    const [range] = RANGES;
    await assertRejects(
      () => fixture.queries.histogram({ query: queryOf(""), range: range!, bucketSeconds: 1 }),
      RangeError,
      "buckets",
    );
  });

  Deno.test(`${name}: histogram() of part of a word is bounded, newest first, and says so`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landed.land(someEntries(240));
    const [range] = RANGES;
    const query = queryOf("*time*");
    const answer = await fixture.queries.histogram({ query, range: range! }, { rowsMax: 50 });
    assert(!answer.complete && answer.examined === 50);
    assertEquals(answer.covered.to, range!.to);
    const { from } = answer.covered;
    assertEquals(answer.total, landed.matching(query, { from: from!, to: range!.to }).length);
  });

  Deno.test(`${name}: services that the minutes do not name are counted by their hours`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landed.land(someEntries(240), { namelessServices: ["bravo"] });
    const [range] = RANGES;
    const request = { range: range!, bucketSeconds: 1_800 };
    const answer = await fixture.queries.histogram({ ...request, query: queryOf("service:bravo") });
    assertEquals(answer.remarks, ["hours_only"]);
    assertEquals(answer.total, landed.matching(queryOf("service:bravo"), range).length);
    const all = await fixture.queries.histogram({ ...request, query: queryOf(""), by: "service" });
    assertEquals(all.total, landed.matching(queryOf(""), range).length);
    assert(all.series.every((series) => series.name !== "bravo") && all.remarks.includes("hours_only"));
    const bySeverity = await fixture.queries.histogram({ ...request, query: queryOf("") });
    assertEquals([bySeverity.total, bySeverity.remarks], [all.total, []]);
  });

  Deno.test(`${name}: consistency() adds up counts, hours and what is not adopted`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landed.land(someEntries(30));
    await landed.land(someEntries(40).slice(30), { id: undefined });
    const expected = { counted: 40, hours: 30, unadopted: 10, unadoptedComplete: true, agree: true, differences: [] };
    assertEquals(await fixture.queries.consistency(), expected);
    await landed.adopt(landed.entries.slice(30));
    const adopted = { ...expected, hours: 40, unadopted: 0 };
    assertEquals(await fixture.queries.consistency(), adopted);
    await fixture.transact(["UPDATE service_severity SET `count` = `count` - 1 WHERE service_name = 'alpha'"]);
    const { agree, differences } = await fixture.queries.consistency();
    assert(agree === false && differences.length > 0);
    assert(differences.every(({ counted, hours, serviceName }) => counted === hours - 1 && serviceName === "alpha"));
  });
}

function servicesCase(
  name: string,
  { fresh, unadopted }: { readonly fresh: MakeReading; readonly unadopted: boolean },
): void {
  const which = unadopted ? ", of rows that are not adopted too" : "";
  Deno.test(`${name}: services() has names with counts and when they were last seen, page by page${which}`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landMixed(landed, someEntries(60), { unadopted });
    const expected = await model(landed).services({ limit: 100 });
    assertEquals(await fixture.queries.services({ limit: 100 }), expected);
    const first = await fixture.queries.services({ limit: 2 });
    assertEquals([first.services, first.more], [expected.services.slice(0, 2), true]);
    const after = first.services.at(-1)!.serviceName;
    assertEquals((await fixture.queries.services({ limit: 100, after })).services, expected.services.slice(2));
    const prefixed = await fixture.queries.services({ limit: 100, prefix: "a" });
    assertEquals(prefixed.services.map(({ serviceName }) => serviceName), ["alpha"]);
  });
}
