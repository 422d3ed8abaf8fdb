/**
 * How long readers wait, and what they cost the writers.
 *
 * @module
 */
import type { TestDatabase } from "../../support/database.ts";
import { latenciesInto } from "../latency.ts";
import { MessageSource } from "../messages.ts";
import { fill } from "../reading/fill.ts";
import { QUESTIONS } from "../reading/questions.ts";
import { type Answers, Reader, type ReaderTask } from "../reading/reader.ts";
import { SERVICES } from "../reading/rows.ts";
import { figure, row } from "../result.ts";
import { type Bench, databaseOf, pause, type Scenario, targetOf } from "../scenario.ts";
import { quantile, ratios } from "../statistics.ts";
import { lms } from "../subject.ts";
import { short } from "../table.ts";
import { keptDatabase, migratedDatabase, readCounters } from "../tables.ts";

const INTERVAL_MS = 1_000;
/** Between two questions of the reader beside writers: many more than people ask. */
const ASK_EVERY_MS = 50;
/** The newest row is so old: none is of a time that a round may look at. */
const GAP_MS = 60_000;
/** A round looks at messages from its first second on, which no message of the round before may lie in. */
const APART_MS = 1_500;
/** What the server still has to write of the filling is not the first round's business. */
const SETTLE_MS_MAX = 10_000;

/** What a round measured. */
interface ReadingRound {
  readonly rest: ReadonlyMap<string, Answers>;
  readonly beside: ReadonlyMap<string, Answers>;
  /** From publish to visible, the 99th percentile. */
  readonly aloneMs: number;
  readonly readMs: number;
}

/**
 * One reader asks all kinds of questions, alone and beside a monitor that stores messages at a rate. What it costs the
 * monitor is how long messages take from publish to visible with it, over without it.
 */
export const reading: Scenario = {
  name: "reading",
  summary: "pages, counts and words of ten days, at rest and beside writing: how long, and what it costs the writers",
  async run(bench) {
    const { options: { quick, rows = [quick ? 20_000 : 1_000_000], rounds, rate, seconds, keep }, server, say } = bench;
    const count = rows.at(-1)!;
    await using database = keep === undefined ? await migratedDatabase(server) : await keptDatabase(server, keep);
    if ((await readCounters(database)).size === 0) {
      say(`  storing ${count} rows`);
      await fill(bench, database, { rows: count, endMs: Date.now() - GAP_MS });
      await pause(Math.min(SETTLE_MS_MAX, count / 100), bench.signal);
    }
    const results: ReadingRound[] = [];
    for (let round = 0; round < rounds; round++) {
      say(`  round ${round + 1} of ${rounds}`);
      results.push(await measure(bench, database, { rows: count, turnedRound: round % 2 === 1 }));
    }
    const of = (name: string, { state, share }: { state: "rest" | "beside"; share: number }) =>
      results.map((result) => quantile(result[state].get(name)!.ms, share));
    return {
      scenario: "reading",
      setting: {
        database: databaseOf(bench),
        rows: count,
        "messages/s": rate,
        seconds,
        "questions/s": 1000 / ASK_EVERY_MS,
      },
      rows: QUESTIONS.flatMap(({ name }) =>
        ([["rest", 0.5], ["rest", 0.99], ["beside", 0.5]] as const).map(([state, share]) =>
          row(`${name}, ${state === "rest" ? "at rest" : "beside writing"}, p${share * 100}`, {
            unit: "ms",
            rounds: of(name, { state, share }).map((value) => ({ value })),
          })
        )
      ),
      ratios: [
        ...QUESTIONS.map(({ name, msMax }) =>
          figure(`${name}, beside writing, p99`, {
            unit: "ms",
            rounds: of(name, { state: "beside", share: 0.99 }),
            target: targetOf(bench, { atMost: msMax }),
          })
        ),
        figure("answers that are not whole", {
          unit: "%",
          rounds: results.map(({ rest, beside }) => partialPercent([...rest.values(), ...beside.values()])),
          target: targetOf(bench, { atMost: 0 }),
        }),
        figure("publish to visible, p99, no reader", { unit: "ms", rounds: results.map(({ aloneMs }) => aloneMs) }),
        figure("publish to visible, p99, a reader", { unit: "ms", rounds: results.map(({ readMs }) => readMs) }),
        figure("a reader over no reader", {
          rounds: ratios(results.map(({ readMs }) => readMs), results.map(({ aloneMs }) => aloneMs)),
          target: targetOf(bench, { atMost: 1.2 }),
        }),
      ],
    };
  },
};

/** The reader alone, the monitor alone, and both; the last two the other way round in every second round. */
async function measure(
  bench: Bench,
  database: TestDatabase,
  { rows, turnedRound }: { readonly rows: number; readonly turnedRound: boolean },
): Promise<ReadingRound> {
  const { say, signal, options: { quick, rate } } = bench;
  const task: ReaderTask = { url: database.url, rows, turns: quick ? 3 : 100, everyMs: 0 };
  const source = new MessageSource({ payloadBytes: 100, services: SERVICES.length });
  const store = async () => {
    await pause(APART_MS, signal);
    const side = lms({ FLUSHINTERVAL: `${INTERVAL_MS}ms` });
    return quantile((await latenciesInto(bench, { side, source, rate, database })).ms, 0.99);
  };
  using still = new Reader(task);
  const rest = await still.answers();
  tell(say, "at rest", rest);
  const alone = async () => {
    const ms = await store();
    say(`    without a reader: publish to visible, p99 ${short(ms)} ms`);
    return ms;
  };
  const first = turnedRound ? undefined : await alone();
  using busy = new Reader({ ...task, turns: Infinity, everyMs: quick ? 0 : ASK_EVERY_MS });
  const [readMs, beside] = await Promise.all([store().finally(() => busy.end()), busy.answers()]);
  tell(say, "beside writing", beside);
  say(`    with a reader: publish to visible, p99 ${short(readMs)} ms`);
  return { rest, beside, readMs, aloneMs: first ?? await alone() };
}

function partialPercent(answers: readonly Answers[]): number {
  const sum = (pick: (one: Answers) => number) => answers.reduce((all, one) => all + pick(one), 0);
  return 100 * sum(({ partial }) => partial) / sum(({ ms }) => ms.length);
}

function tell(say: Bench["say"], state: string, answers: ReadonlyMap<string, Answers>): void {
  for (const [name, { ms, partial }] of answers) {
    const [middle, high] = [0.5, 0.99].map((share) => short(quantile(ms, share)));
    const cut = partial === 0 ? "" : `, ${partial} not whole`;
    say(`    ${name}, ${state}: p50 ${middle} ms, p99 ${high} ms of ${ms.length}${cut}`);
  }
}
