/**
 * `lms stats` and `lms batches` as people and programs call them, over what is in memory.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run as runProgram } from "../../src/cli/run.ts";
import { BATCHES } from "../../src/commands/batches/command.ts";
import { showBatches } from "../../src/commands/batches/run.ts";
import { STATS } from "../../src/commands/stats/command.ts";
import { showStats } from "../../src/commands/stats/run.ts";
import { Terminal } from "../../src/ops/terminal.ts";
import { displayWidth } from "../../src/ops/width.ts";
import type { TotalsAnswer, TotalsRequest } from "../../src/reading/log_queries.ts";
import { batchIdAt } from "../../src/reading/tail_point.ts";
import { key } from "../support/entries.ts";
import { ledgerBatch, MemoryLogQueries, readEntry } from "../support/memory_log_queries.ts";
import { commandLine } from "../support/reading_command.ts";
import { FakeTime } from "../support/time.ts";
import { fakeWorld } from "../support/world.ts";

const RANGE = ["--from=2026-01-02T03:04:05.000001Z", "--to=2026-01-02T03:04:06Z"];

function counted(queries = new MemoryLogQueries()): MemoryLogQueries {
  queries.entries.push(
    ...[1, 2, 3, 4, 5, 6].map((n) =>
      readEntry({
        ...key(n),
        serviceName: n === 6 ? "beta" : n === 5 ? "gamma" : "alpha",
        severity: n % 2 ? "info" : "error",
      })
    ),
  );
  return queries;
}

async function stats(args: readonly string[], queries: MemoryLogQueries = counted()) {
  const { config, context, words, world } = commandLine(STATS, args);
  const code = await showStats({ queries, config, context, words });
  return { code, out: world.printed, err: world.noted };
}

Deno.test("stats counts service by severity, the busiest first, with sums and trend", async () => {
  const { code, out } = await stats(RANGE);
  assertEquals([code, out], [0, [
    "2026-01-02T03:04:05Z to 2026-01-02T03:04:06Z, by publish time: everything",
    "service       total  debug  info  warn  error  fatal  trend, 1s each",
    "alpha             4      0     2     0      2      0  █",
    "beta              1      0     0     0      1      0  █",
    "gamma             1      0     1     0      0      0  █",
    "all services      6      0     3     0      3      0  █",
  ]]);
});

Deno.test("stats counts what a query says, and shows so many services as asked for", async () => {
  const { out } = await stats([...RANGE, "-n1", "severity:error"]);
  assertStringIncludes(out[0]!, ": severity:error");
  assertEquals(out.slice(2).map((line) => line.split(/ {2,}/).slice(0, 2)), [["alpha", "2"], ["... and 1 more"], [
    "all services",
    "3",
  ]]);
});

Deno.test("stats --json has all services, counts, trends, and whether it is all", async () => {
  const { out } = await stats([...RANGE, "--json", "-n1"]);
  const { services, ...rest } = JSON.parse(out.join("\n"));
  assertEquals(rest, {
    from: "2026-01-02T03:04:05.000001Z",
    to: "2026-01-02T03:04:06.000000Z",
    total: 6,
    severities: { info: 3, error: 3 },
    trend: [6],
    bucket_seconds: 1,
    complete: true,
    remarks: [],
  });
  assertEquals(services[0], { service_name: "alpha", total: 4, severities: { info: 2, error: 2 }, trend: [4] });
});

Deno.test("stats --since=ever counts everything, without a trend", async () => {
  const { out } = await stats(["--since=ever"]);
  assertEquals([out[0], out[1]!.includes("trend")], ["ever, by publish time: everything", false]);
});

Deno.test("stats counts the last hour where nothing is said, and the query's own ends", async () => {
  using _time = new FakeTime(Date.UTC(2026, 0, 2, 3, 30));
  assertEquals(
    (await stats([])).out[0],
    "2026-01-02T02:30:00Z to 2026-01-02T03:30:00Z, by publish time: everything",
  );
  assertStringIncludes(
    (await stats(["after:-10m"])).out[0]!,
    "2026-01-02T03:20:00Z to 2026-01-02T03:30:00Z",
  );
});

Deno.test("stats counts the hour before where only an end is said", async () => {
  const { out } = await stats(["--to=2026-01-02T03:30Z"]);
  assertStringIncludes(out[0]!, "2026-01-02T02:30:00Z to 2026-01-02T03:30:00Z");
});

Deno.test("stats says how far it looked", async () => {
  class Short extends MemoryLogQueries {
    override async totals(request: TotalsRequest): Promise<TotalsAnswer> {
      const covered = { from: "2026-01-02 03:04:05.000003" };
      return { ...await super.totals(request), complete: false, covered, examined: 9, remarks: ["hours_only"] };
    }
  }
  const { err } = await stats(RANGE, counted(new Short()));
  assertStringIncludes(err[0]!, "counted by the hour only");
  assertStringIncludes(err[1]!, "only from 2026-01-02T03:04:05.000003Z (9 rows read); ask for a shorter time");
});

Deno.test("stats --watch counts anew until it is stopped, and the hour moves on", async () => {
  using time = new FakeTime(Date.UTC(2026, 0, 2, 3, 30));
  const { config, context, words, world } = commandLine(STATS, ["--watch", "--json", "--every=1m"]);
  const done = showStats({ queries: counted(), config, context, words });
  await time.tickAsync(59_999);
  assertEquals(world.printed.length, 1);
  await time.tickAsync(1);
  assertEquals(world.printed.map((line) => JSON.parse(line).to), [
    "2026-01-02T03:30:00.000000Z",
    "2026-01-02T03:31:00.000000Z",
  ]);
  world.stop();
  assertEquals(await done, 0);
});

for (
  const [args, problem] of [
    [["stats", "--since=ever", "--to=now"], "Cannot use both --since=ever and --from or --to"],
    [["stats", "after:now", "before:1h"], "Cannot count: the time ends before it begins"],
    [["stats", "servce:a"], "^^^^^^"],
    [["batches", "--cause=luck"], "one of count, bytes"],
    [["batches", "--since=soon"], "it is no time"],
    [["batches", "all"], "this command takes none"],
  ] as const
) {
  Deno.test(`${args.join(" ")} is refused with 2, before anything is opened`, async () => {
    const world = fakeWorld(args, { DATABASE_URL: "sqlite:/nowhere/lms.db" });
    assertEquals(await runProgram(world), 2);
    assertStringIncludes(world.complaints.join("\n"), problem);
  });
}

function ledger(count: number): MemoryLogQueries {
  const queries = new MemoryLogQueries();
  for (let n = 0; n < count; n++) {
    const createdAt = `2026-01-02 03:04:${String(n % 60).padStart(2, "0")}.000000`;
    const id = batchIdAt(Date.UTC(2026, 0, 2, 3, 4, 0)) + BigInt(n);
    queries.batches.push(
      ledgerBatch({ id, createdAt, cause: n % 2 ? "count" : "interval", entries: n, instance: n % 3 }),
    );
  }
  return queries;
}

async function batches(args: readonly string[], queries: MemoryLogQueries) {
  const { config, context, world } = commandLine(BATCHES, args);
  const code = await showBatches({ queries, config, context });
  return { code, out: world.printed, err: world.noted };
}

Deno.test("batches lists the ledger, the newest last, and says what is left out", async () => {
  const { code, out, err } = await batches(["-n2"], ledger(5));
  assertEquals([code, err], [0, ["2 batch(es) with 7 entries, and older ones; --limit lists more"]]);
  assertMatch(out[0]!, /^made +cause +entries/);
  assertEquals(out.slice(1).map((line) => line.split(/ {2,}/).slice(0, 3)), [
    ["2026-01-02T03:04:03Z", "count", "3"],
    ["2026-01-02T03:04:04Z", "interval", "4"],
  ]);
});

Deno.test("batches reads more than a page, by monitor, cause and time, as JSON too", async () => {
  const numbers = (out: readonly string[]) => out.map((line) => JSON.parse(line).entries);
  const all = await batches(["--json", "-n2500"], ledger(2_345));
  assertEquals(numbers(all.out), Array.from({ length: 2_345 }, (_, n) => n));
  const some = await batches(["--json", "--instance=1", "--cause=count", "--cause=end"], ledger(12));
  assertEquals(numbers(some.out), [1, 7]);
  const timed = await batches(["--json", "--since=2026-01-02T03:04:02Z", "--to=2026-01-02T03:04:04Z"], ledger(12));
  assertEquals(numbers(timed.out), [2, 3]);
  assertEquals(JSON.parse(timed.out[0]!).id, String(ledger(12).batches[2]!.id));
});

Deno.test("batches of nothing says so", async () => {
  assertEquals(await batches([], ledger(0)), { code: 0, out: [], err: ["0 batch(es) with 0 entries"] });
});

Deno.test("stats --watch on a terminal draws over what it drew, and leaves the last look as a result", async () => {
  using time = new FakeTime(Date.UTC(2026, 0, 2, 3, 30));
  const { config, context, words, world } = commandLine(STATS, ["--watch", ...RANGE], { results: { columns: 80 } });
  let drawn = "";
  const terminal = new Terminal({ write: (text) => drawn += text, live: true, columns: () => 60 });
  const queries = counted();
  const done = showStats({ queries, config, context: { ...context, terminal }, words });
  await time.tickAsync(10);
  const first = drawn;
  assertEquals([world.printed, first.split("\n").length], [[], 7]);
  for (const line of first.split("\n")) assert(displayWidth(line) < 60, line);
  queries.entries.push(readEntry({ ...key(7), serviceName: "alpha" }));
  await time.tickAsync(2_000);
  // deno-lint-ignore no-control-regex -- a terminal's sequences are meant
  assertMatch(drawn.slice(first.length), /^\r\x1b\[6A\x1b\[J/);
  assertMatch(drawn.slice(first.length), /alpha +5 /);
  world.stop();
  assertEquals(await done, 0);
  assertStringIncludes(drawn, "\x1b[J");
  assertMatch(world.printed[2]!, /^alpha +5 /);
});
