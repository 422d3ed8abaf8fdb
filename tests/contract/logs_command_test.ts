/**
 * `lms logs` as people and programs call it, over entries in memory.
 *
 * @module
 */
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { run as runProgram } from "../../src/cli/run.ts";
import { LOGS } from "../../src/commands/logs/command.ts";
import { showLogs } from "../../src/commands/logs/run.ts";
import { askedFor } from "../../src/commands/reading/asked.ts";
import { CSV_HEADER } from "../../src/entry/csv.ts";
import type { Page, PageRequest, ReadOptions } from "../../src/reading/log_queries.ts";
import { batchIdAt } from "../../src/reading/tail_point.ts";
import { ReadTimeoutError } from "../../src/store/log_rows.ts";
import { StoreError } from "../../src/store/store.ts";
import { key } from "../support/entries.ts";
import { ledgerBatch, MemoryLogQueries, readEntry } from "../support/memory_log_queries.ts";
import { commandLine } from "../support/reading_command.ts";
import { FakeTime } from "../support/time.ts";
import { fakeWorld } from "../support/world.ts";

const ENTRIES = [1, 2, 3, 4, 5, 6].map((n) =>
  readEntry({
    ...key(n),
    serviceName: n % 2 === 0 ? "beta" : "alpha",
    severity: n === 4 ? "error" : "info",
    payload: n === 4 ? "connection refused" : `request ${n}`,
  })
);

function memory(entries = ENTRIES): MemoryLogQueries {
  const queries = new MemoryLogQueries();
  queries.entries.push(...entries);
  return queries;
}

/** Runs the command over what is in memory. */
async function logs(args: readonly string[], queries: MemoryLogQueries = memory()) {
  const { config, context, words, world } = commandLine(LOGS, args);
  const asked = askedFor(words, { config });
  const code = await showLogs({ queries, config, context, asked });
  return { code, out: world.printed, err: world.noted };
}

/** The numbers of entries that were printed as JSON, in order. */
function numbersIn(lines: readonly string[]): number[] {
  return lines.map((line) => Number(JSON.parse(line).message_id) - 1_000_000);
}

for (
  const [args, numbers] of [
    [[], [1, 2, 3, 4, 5, 6]],
    [["-n", "2"], [5, 6]],
    [["-n2", "request"], [5, 6]],
    [["-n2", "request", "--to=2026-01-02T03:04:05.000006Z"], [3, 5]],
    [["--since=2026-01-02T03:04:05.000003Z", "--to=2026-01-02T03:04:05.000005Z"], [3, 4]],
    [["--from=2026-01-02T03:04:05.000005Z"], [5, 6]],
    [["service:beta", "-request"], [4]],
    [["-request"], [4]],
    [["--service=beta", "--severity=info"], [2, 6]],
    [["--service=beta", "--service=alpha", "--severity=>=warn"], [4]],
    [["service:alpha request", "-3"], [1, 5]],
    [["--all", "request"], [1, 2, 3, 5, 6]],
    [["--all", "--to=2026-01-02T03:04:05.000002Z"], [1]],
  ] as const
) {
  Deno.test(`logs ${args.join(" ")} shows ${numbers.join(", ")}`, async () => {
    const { code, out } = await logs(["--json", ...args]);
    assertEquals([code, numbersIn(out)], [0, [...numbers]]);
  });
}

Deno.test("logs --all walks through more entries than a page holds, each once and oldest first", async () => {
  const many = Array.from({ length: 2_345 }, (_, n) => readEntry({ ...key(n), payload: `n ${n}` }));
  const { out } = await logs(["--json", "--all"], memory(many));
  assertEquals(numbersIn(out), many.map((_, n) => n));
});

Deno.test("logs -n of more than a page shows the newest, oldest first, and how to see those before", async () => {
  const many = Array.from({ length: 2_345 }, (_, n) => readEntry({ ...key(n), payload: `n ${n}` }));
  const { out, err } = await logs(["--json", "-n=1500"], memory(many));
  assertEquals(numbersIn(out), many.map((_, n) => n).slice(-1_500));
  assertEquals(err, ["(the newest 1500; --to=2026-01-02T03:04:05.000846Z goes on before, --all shows every one)"]);
});

Deno.test("logs --csv prints what mon prints, to a program byte for byte", async () => {
  const { out } = await logs(["--csv"], memory([readEntry({ payload: 'a "b"\n\x1b[2J' })]));
  assertEquals([out.length, `${out[0]}\n`], [2, CSV_HEADER]);
  assertStringIncludes(out[1]!, '"a ""b""\n\x1b[2J"');
});

Deno.test("logs --context shows each match with its neighbours, overlapping ones as one group", async () => {
  const { out } = await logs(["--context=1", "refused"]);
  assertEquals(out.map((line) => line.slice(0, 2)), ["  ", "> ", "  "]);
  const apart = await logs(["-C", "1", "--json", "service:alpha", "-3"]);
  assertEquals(numbersIn(apart.out), [1, 2, 4, 5, 6]);
  assertEquals(apart.out.map((line) => JSON.parse(line).match), [true, false, false, true, false]);
  const overlapping = await logs(["-C1", "request"]);
  assertEquals(overlapping.out.filter((line) => line === "--").length, 0);
  assertEquals(overlapping.out.length, 6);
  const same = await logs(["-C1", "--same-service", "--json", "refused"]);
  assertEquals(numbersIn(same.out), [2, 4, 6]);
});

Deno.test("logs separates groups that do not touch", async () => {
  const { out } = await logs(
    ["-C1", "service:alpha", "-3"],
    memory([...ENTRIES, readEntry({ ...key(9), serviceName: "b" })]),
  );
  assertEquals(out.filter((line) => line === "--").length, 1);
});

Deno.test("logs says that there is nothing, and why", async () => {
  assertEquals(await logs(["nowhere"]), { code: 0, out: [], err: ["no entry"] });
  assertEquals(await logs(["--all", "nowhere"]), { code: 0, out: [], err: ["no entry"] });
  const { err } = await logs(["severity:info severity:error"]);
  assertEquals(err, ["there can be no entry: no severity is all that is asked for"]);
});

/** Answers as a store that ran out of rows does. */
class Short extends MemoryLogQueries {
  override async page(request: PageRequest, options?: ReadOptions): Promise<Page> {
    const page = await super.page({ ...request, limit: 2 }, options);
    const last = page.next === undefined;
    return {
      ...page,
      complete: last,
      covered: last ? {} : { from: page.entries.at(-1)!.publishTime },
      examined: 200_000,
      remarks: ["no_index", "unadopted"],
      unknownWords: request.query.terms.flatMap((term) =>
        term.kind === "text" ? [{ word: term.text.toLowerCase(), hash: 1, term }] : []
      ),
    };
  }
}

Deno.test("logs says how far an answer looked, how to go on, and what it owes", async () => {
  const queries = new Short();
  queries.entries.push(...ENTRIES);
  const { out, err } = await logs(["--json", "Request"], queries);
  assertEquals(numbersIn(out), [5, 6]);
  assertStringIncludes(err[0]!, "lms migrate builds it");
  assertStringIncludes(err[1]!, "lms migrate --adopt");
  assertEquals(err[2], 'no entry of that time has the word "request"; to look within words, write *Request*');
  assertEquals(
    err[3],
    "not all of it was looked at, but only from 2026-01-02T03:04:05.000005Z (200000 rows read); " +
      "--to=2026-01-02T03:04:05.000005Z goes on before, --all shows every one",
  );
});

Deno.test("logs --all goes on where an answer was not complete, and tells what it owes once", async () => {
  const queries = new Short();
  queries.entries.push(...ENTRIES);
  const { out, err } = await logs(["--json", "--all"], queries);
  assertEquals([numbersIn(out), err.length], [[1, 2, 3, 4, 5, 6], 2]);
});

for (
  const [args, problem] of [
    [["--json", "--csv"], "Cannot use both --json and --csv"],
    [["--all", "-n5"], "Cannot use both --all and --limit"],
    [["--all", "-f"], "Cannot use both --all and --follow"],
    [["-f", "-C2"], "Cannot use both --follow and --context"],
    [["-f", "--to=now"], "Cannot use both --follow and --to"],
    [["--csv", "-C2"], "Cannot use both --csv and --context"],
    [["--same-service"], "Cannot use --same-service without --context"],
    [["--since=yesterday"], 'Cannot use --since "yesterday": it is no time; write RFC 3339'],
    [["--since=1h", "--from=2h"], "says again where the range begins"],
    [["--since=1h", "--to=2h"], "is before the range begins"],
    [["--since=2026-01-02T03:04"], "does not say its offset from UTC; write 2026-01-02T03:04Z, if it is UTC"],
    [["--severity=loud"], 'Cannot read --severity: "loud" is no severity'],
    [["-n0"], "a whole number from 1"],
    [["--servce=a"], "did you mean --service?"],
  ] as const
) {
  Deno.test(`logs ${args.join(" ")} is refused with 2, before anything is opened`, async () => {
    const world = fakeWorld(["logs", ...args], { DATABASE_URL: "sqlite:/nowhere/lms.db" });
    assertEquals(await runProgram(world), 2);
    assertStringIncludes(world.complaints.join("\n"), problem);
  });
}

Deno.test("logs shows where in a query a mistake is, and the remedy, with exit code 2", async () => {
  const world = fakeWorld(["logs", "timeout", "servce:alpha -"], { DATABASE_URL: "sqlite:/nowhere/lms.db" });
  assertEquals(await runProgram(world), 2);
  assertEquals(world.complaints, [
    'lms logs: Cannot read the query: there is no field "servce"; did you mean service? Or, to look for the text, write "servce:alpha"',
    "  timeout servce:alpha -",
    "          ^^^^^^",
    "  timeout servce:alpha -",
    "                       ^",
    "  - excludes the term after it, and there is none; leave it out, or write -word",
  ]);
});

Deno.test("logs repeats no control character of a query that it refuses", () => {
  const { config } = commandLine(LOGS, []);
  const error = assertThrows(() => askedFor(['severity:\x1b[2J "\u202e'], { config })) as Error & { lines: string[] };
  for (const line of error.lines) assertEquals(/[\p{Cc}\u202e]/u.test(line), false, line);
});

const BATCH = batchIdAt(Date.UTC(2026, 0, 2, 3, 4, 6));

/** Begins to follow, and lets what lands be seen. */
function following(args: readonly string[], queries: MemoryLogQueries) {
  const { config, context, words, world } = commandLine(LOGS, ["-f", "--json", ...args]);
  const asked = askedFor(words, { config });
  return { world, done: showLogs({ queries, config, context, asked }) };
}

function land(queries: MemoryLogQueries, numbers: readonly number[], batch = BATCH): void {
  queries.batches.push(ledgerBatch({ id: batch }));
  queries.entries.push(...numbers.map((n) => readEntry({ ...key(n), payload: `late ${n}`, batch })));
}

Deno.test("logs --follow shows what is there and then what lands, each once, the oldest first, until it is stopped", async () => {
  using time = new FakeTime();
  const queries = memory();
  const { world, done } = following(["-n1"], queries);
  await time.tickAsync(10);
  assertEquals(numbersIn(world.printed), [6]);
  land(queries, [9, 8]);
  await time.tickAsync(1_000);
  assertEquals(numbersIn(world.printed), [6, 8, 9]);
  await time.tickAsync(5_000);
  land(queries, [7], BATCH + 1n);
  await time.tickAsync(1_000);
  assertEquals(numbersIn(world.printed), [6, 8, 9, 7]);
  world.stop();
  assertEquals(await done, 0);
});

Deno.test("logs --follow drops what its page and its tail both have", async () => {
  using time = new FakeTime();
  const queries = memory([]);
  // It commits after the tail's point was read and before the page's rows are.
  queries.before = (method) => {
    if (method === "tail" && queries.batches.length === 0) land(queries, [7]);
  };
  queries.entries.push(readEntry({ ...key(7), batch: BATCH }));
  const { world, done } = following([], queries);
  await time.tickAsync(3_000);
  assertEquals(numbersIn(world.printed), [7]);
  world.stop();
  await done;
});

Deno.test("logs --follow keeps to the query and to the range", async () => {
  using time = new FakeTime();
  const queries = memory([]);
  const { world, done } = following(["late", "-8", "--since=2026-01-02T03:04:05.000008Z"], queries);
  await time.tickAsync(10);
  land(queries, [7, 8, 9]);
  await time.tickAsync(1_000);
  assertEquals(numbersIn(world.printed), [9]);
  world.stop();
  await done;
});

Deno.test("logs --follow waits while the database is away, and says so once", async () => {
  using time = new FakeTime();
  const queries = memory([]);
  const { world, done } = following([], queries);
  await time.tickAsync(10);
  queries.before = () => {
    throw new StoreError("Cannot reach the database\x1b[2J", { disposition: "reconnect", cause: undefined });
  };
  await time.tickAsync(20_000);
  queries.before = () => {
    throw new ReadTimeoutError("Cannot read: it took longer than 10 s");
  };
  await time.tickAsync(20_000);
  queries.before = () => {};
  land(queries, [7]);
  await time.tickAsync(10_000);
  assertEquals(numbersIn(world.printed), [7]);
  assertEquals(world.records.map(({ msg }) => msg), ["waiting for the database", "the database is back"]);
  world.stop();
  await done;
});

Deno.test("logs --follow ends with what waiting does not help", async () => {
  using time = new FakeTime();
  const queries = memory([]);
  const { done } = following([], queries);
  const failed = assertRejects(() => done, StoreError, "denied");
  await time.tickAsync(10);
  queries.before = () => {
    throw new StoreError("denied", { disposition: "fatal", cause: undefined });
  };
  await time.tickAsync(1_000);
  await failed;
});

Deno.test("logs ends with 0 and without a word when nobody reads on", async () => {
  const queries = memory();
  const { config, context, words, world } = commandLine(LOGS, ["--all", "--json"]);
  let pages = 0;
  queries.before = () => {
    if (++pages === 2) world.leave();
  };
  queries.entries.push(...Array.from({ length: 3_000 }, (_, n) => readEntry({ ...key(100 + n) })));
  assertEquals(await showLogs({ queries, config, context, asked: askedFor(words, { config }) }), 0);
  assertEquals([pages, world.noted], [2, []]);
});

Deno.test("logs fails with what the database says", async () => {
  const queries = memory();
  queries.before = () => {
    throw new StoreError("Cannot reach the database", { disposition: "reconnect", cause: undefined });
  };
  await assertRejects(() => logs([], queries), StoreError);
  assertEquals(JSON.parse((await logs(["--json", "-n1"])).out[0]!).id, "20260102T030405.000006Z-1000006");
});
