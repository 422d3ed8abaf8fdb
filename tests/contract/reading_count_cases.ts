/**
 * Counts: services, totals, histograms, and whether they agree.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { SEVERITIES } from "../../src/entry/entry.ts";
import { instantOfDate } from "../../src/entry/instant.ts";
import type { ReadEntry } from "../../src/store/log_rows.ts";
import type { Landing } from "../support/landing.ts";
import { MemoryLogQueries, readEntry } from "../support/memory_log_queries.ts";
import { landMixed, someEntries } from "./reading_page_cases.ts";
import { Landed, type MakeReading, queryOf, type ReadingFixture } from "./reading_fixture.ts";

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

  minutePartCases(name, fresh);

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

/** Entries of three minutes of two days, some of them where a minute or a second begins. */
function minutesOfEntries(): ReadEntry[] {
  return Array.from({ length: 180 }, (_, i) =>
    readEntry({
      publishTime: instantOfDate(new Date(Date.UTC(2026, 10, 23, 23, 58) + i * 1_000)).slice(0, -6) +
        (i % 3 === 0 ? "000000" : String(i * 5_003).padStart(6, "0")),
      messageId: String(i),
      serviceName: ["alpha", "bravo", "charlie"][i % 3]!,
      severity: SEVERITIES[i % 5]!,
    }));
}

/** Where ranges begin and end: in whole minutes, and at both sides of an entry. */
const MINUTE_ENDS = [
  "2026-11-23 23:58:00.000000",
  "2026-11-23 23:58:09.000000",
  "2026-11-23 23:58:09.000001",
  "2026-11-23 23:58:50.250150",
  "2026-11-23 23:59:00.000000",
  "2026-11-23 23:59:10.350210",
  "2026-11-23 23:59:10.350211",
  "2026-11-24 00:00:00.000000",
  "2026-11-24 00:00:48.000000",
  "2026-11-24 00:01:00.000000",
];
const MINUTE_RANGES = MINUTE_ENDS.flatMap((from) => MINUTE_ENDS.filter((to) => from < to).map((to) => ({ from, to })));

function minutePartCases(name: string, fresh: MakeReading): void {
  const landedMinutes = async (fixture: ReadingFixture, landing: Partial<Landing> = {}) => {
    const landed = new Landed(fixture);
    const entries = minutesOfEntries();
    for (let i = 0; i < entries.length; i += 60) await landed.land(entries.slice(i, i + 60), landing);
    return landed;
  };
  const agrees = async (fixture: ReadingFixture, landed: Landed) => {
    for (const text of ["", "service:bravo", "-service:bravo severity>=warn", "severity:info", "service:nobody"]) {
      const query = queryOf(text);
      for (const range of MINUTE_RANGES) {
        for (const by of ["severity", "service"] as const) {
          const { total, series } = await fixture.queries.histogram({ query, range, by, bucketSeconds: 60 });
          const expected = await model(landed).histogram({ query, range, by, bucketSeconds: 60 });
          const sorted = (list: typeof series) => list.toSorted((a, b) => (a.name ?? "") < (b.name ?? "") ? -1 : 1);
          assertEquals(
            [total, sorted(series)],
            [expected.total, sorted(expected.series)],
            `${text} ${range.from} ${by}`,
          );
        }
        const { total, counts } = await fixture.queries.totals({ query, range });
        const expected = await model(landed).totals({ query, range });
        assertEquals([total, counts], [expected.total, expected.counts], `${text} ${range.from} ${range.to}`);
      }
    }
  };

  Deno.test(`${name}: histogram() and totals() are exact wherever in a minute a range begins and ends`, async () => {
    await using fixture = await fresh();
    await agrees(fixture, await landedMinutes(fixture));
  });

  Deno.test(`${name}: a part of a minute is exact beside rows that are not adopted`, async () => {
    await using fixture = await fresh();
    const landed = await landedMinutes(fixture);
    const more = minutesOfEntries().map((entry) => ({ ...entry, messageId: `x${entry.messageId}` }));
    await landed.land(more, { id: undefined });
    // Whole minutes know nothing of them; these ranges have none.
    for (const [from, to] of [["00:00:00.000000", "00:00:48.000000"], ["00:00:09.000000", "00:00:59.999999"]]) {
      const range = { from: `2026-11-24 ${from}`, to: `2026-11-24 ${to}` };
      const { total, remarks } = await fixture.queries.histogram({ query: queryOf(""), range, bucketSeconds: 60 });
      assertEquals([total, remarks], [landed.matching(queryOf(""), range).length, []]);
    }
    await landed.adopt(more);
    await agrees(fixture, landed);
  });

  Deno.test(`${name}: a part of a minute is exact where the minute does not name its services`, async () => {
    await using fixture = await fresh();
    const landed = await landedMinutes(fixture, { namelessServices: ["bravo", "charlie"] });
    for (const text of ["", "service:bravo", "-service:alpha", "service:alpha,charlie severity>=info"]) {
      for (const by of ["severity", "service"] as const) {
        const range = { from: "2026-11-23 23:59:01.000000", to: "2026-11-23 23:59:59.000000" };
        const { total } = await fixture.queries.histogram({ query: queryOf(text), range, by, bucketSeconds: 60 });
        assertEquals(total, landed.matching(queryOf(text), range).length, `${text} ${by}`);
      }
    }
  });

  Deno.test(`${name}: of rows that are gone while their minute is not, a part of it counts none`, async () => {
    await using fixture = await fresh();
    await landedMinutes(fixture);
    const range = { from: "2026-11-24 00:00:05.000000", to: "2026-11-24 00:00:59.000000" };
    await fixture.transact(["DELETE FROM service_logs WHERE publish_time >= '2026-11-24 00:00:00'"]);
    const counted = async () =>
      (await fixture.queries.histogram({ query: queryOf(""), range, bucketSeconds: 60 })).total;
    assertEquals(await counted(), 0);
    // And the other way round.
    const rest = { ...range, from: "2026-11-23 23:59:05.000000", to: "2026-11-23 23:59:59.000000" };
    await fixture.transact(["DELETE FROM service_severity_minutes"]);
    const { total } = await fixture.queries.histogram({ query: queryOf(""), range: rest, bucketSeconds: 60 });
    assertEquals(total, 54);
  });
}
