/**
 * How fast a side gets a backlog into the tables.
 *
 * The clock is the same for every side. Everything is published and every process has its streams open and has come to
 * rest while the server hands nothing over. It starts when the server lets messages go, and stops when the server
 * takes the acknowledgement of the last message to be timed, which every side sends after its commit: the row is
 * visible by then. Neither publishing nor any process's start is within the window, and nothing is polled in it.
 *
 * @module
 */
import type { TestDatabase } from "../support/database.ts";
import { Broker } from "./broker.ts";
import type { MessageSource } from "./messages.ts";
import { type Usage, usageOf } from "./process_usage.ts";
import type { Round } from "./result.ts";
import { type Bench, pause } from "./scenario.ts";
import { StallWatch } from "./stall_watch.ts";
import { failure, type Side, stop, type Subject, whereabouts } from "./subject.ts";
import { short } from "./table.ts";
import { checkRecords, checkTables, migratedDatabase, readCounters } from "./tables.ts";

/** One run of one side. */
export interface ThroughputOptions {
  readonly side: Side;
  readonly database: TestDatabase;
  readonly source: MessageSource;
  readonly messages: number;
  /** Messages at the end that are stored and checked but not timed: those of batches that nothing fills up. Default 0. */
  readonly tail?: number;
  /** Whether it records batches, words and counts by time, in a database that was empty. */
  readonly records?: boolean;
  /** Publish as they are taken, keeping so many waiting. Default: everything waits. */
  readonly feed?: number;
}

/** What a run measured. */
export interface Throughput extends Round {
  /** Rate of the last tenth over the rate of the first one. */
  readonly lastOverFirstTenth: number;
  /** Lines that the processes logged as errors. */
  readonly errors: number;
  /** Transactions that lost a race and were run again, where the log tells of them: at LOG_LEVEL=debug. */
  readonly retries: number;
}

/** After its streams are open a process still does a little; half a second later none of them does anything. */
const REST_MS = { full: 500, quick: 50 };

/** A side that acknowledges nothing for so long has stopped for good, in milliseconds. */
const STALLED_MS = 60_000;

/** Runs a side, and checks the tables. @throws {Error} When a message is missing or a counter is wrong. */
export async function throughput(bench: Bench, options: ThroughputOptions): Promise<Throughput> {
  const { side, database, source, messages, tail = 0, records = false, feed } = options;
  await using broker = await Broker.start(source);
  const { server, account } = broker;
  using progress = new Progress(() => server.stats().acknowledged, side.label);
  const signal = AbortSignal.any([bench.signal, progress.stalled]);
  const before = await readCounters(database);
  if (feed === undefined) broker.publish(messages);
  else broker.feed({ count: messages, waiting: feed });

  await using running = new AsyncDisposableStack();
  const env = whereabouts(server.address, database.url);
  const subjects = Array.from({ length: side.processes }, () => running.use(side.start(env)));
  const failed = Promise.race(subjects.map((subject) => failure(side.label, subject)));
  const first = <T>(wanted: Promise<T>) => Promise.race([wanted, failed]);
  const streams = side.streams * side.processes;
  await first(server.waitFor(({ openStreams }) => openStreams >= streams, { signal }));
  await first(pause(bench.options.quick ? REST_MS.quick : REST_MS.full, signal));

  using stalls = healthAddress(subjects) === undefined ? undefined : new StallWatch(healthAddress(subjects)!);
  const beside = [bench.server.control?.pid, Deno.pid];
  const besideBefore = await Promise.all(beside.map(cpuSecondsOf));
  const idle = await Promise.all(subjects.map(({ pid }) => usageOf(pid)));
  const timed = messages - tail;
  const tenths: number[] = [];
  const startedAt = performance.now();
  broker.release();
  await first(server.waitFor(({ acknowledged }) => {
    while (tenths.length < 10 && acknowledged >= timed * (tenths.length + 1) / 10) tenths.push(performance.now());
    return acknowledged >= timed;
  }, { signal }));
  const seconds = (performance.now() - startedAt) / 1000;
  const stallMs = await stalls?.longestMs();
  const used = await Promise.all(subjects.map(({ pid }) => usageOf(pid)));
  const besideAfter = await Promise.all(beside.map(cpuSecondsOf));
  const [databaseMicros, brokerMicros] = besideAfter.map((after, index) =>
    (after - besideBefore[index]!) * 1e6 / timed
  );

  await first(server.waitFor(({ published, waiting }) => published === messages && waiting === 0, { signal }));
  await Promise.all(subjects.map((subject) => stop(side.label, subject)));
  const { acknowledged } = server.stats();
  if (acknowledged !== messages) throw new Error(`${side.label} acknowledged ${acknowledged} of ${messages} messages`);
  await checkTables(database, { account, since: broker.startedAt, before });
  if (records) await checkRecords(database, messages);

  const lines = subjects.flatMap(({ log }) => log ?? []);
  const result: Throughput = {
    value: timed / seconds,
    cpuMicros: (cpuOf(used) - cpuOf(idle)) * 1e6 / timed,
    cpuMicrosWithStart: cpuOf(used) * 1e6 / timed,
    ...(Number.isNaN(databaseMicros) ? {} : { databaseMicros: databaseMicros! }),
    brokerMicros: brokerMicros!,
    peakBytes: Math.max(...used.map(({ peakBytes }) => peakBytes)),
    ...(stallMs === undefined ? {} : { stallMs }),
    lastOverFirstTenth: (tenths[0]! - startedAt) / (tenths[9]! - tenths[8]!),
    errors: lines.filter(({ level }) => level === "error").length,
    retries: lines.filter(({ msg }) => msg === "transaction lost a race and is run again").length,
  };
  bench.say(`    ${side.label}: ${described(result)}`);
  return result;
}

/** The same in a database of its own. */
export async function freshThroughput(bench: Bench, options: Omit<ThroughputOptions, "database">): Promise<Throughput> {
  await using database = await migratedDatabase(bench.server);
  return await throughput(bench, { ...options, database });
}

/** A round in a line. */
export function described({ value, cpuMicros, peakBytes }: Round): string {
  const parts = [`${short(value)} messages/s`];
  if (cpuMicros !== undefined) parts.push(`${short(cpuMicros)} us CPU per message`);
  if (peakBytes !== undefined) parts.push(`${short(peakBytes / 1e6)} MB at its peak`);
  return parts.join(", ");
}

/** Aborts a wait for what will never come. */
class Progress implements Disposable {
  readonly #stalled = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #last = -1;
  #sinceMs = performance.now();

  constructor(count: () => number, label: string) {
    this.#timer = setInterval(() => {
      const now = count();
      if (now !== this.#last) this.#sinceMs = performance.now();
      this.#last = now;
      if (performance.now() - this.#sinceMs < STALLED_MS) return;
      this.#stalled.abort(new Error(`${label} acknowledged nothing for ${STALLED_MS} ms, and ${now} before`));
    }, 1_000);
  }

  get stalled(): AbortSignal {
    return this.#stalled.signal;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Where the first process answers health checks, if it does. */
function healthAddress([subject]: readonly Subject[]): string | undefined {
  const line = subject?.log?.find(({ msg }) => msg === "answering health checks");
  return line === undefined ? undefined : String(line.address);
}

/** NaN for a server that somebody else runs. */
async function cpuSecondsOf(pid: number | undefined): Promise<number> {
  return pid === undefined ? NaN : (await usageOf(pid)).cpuSeconds;
}

function cpuOf(usages: readonly Usage[]): number {
  return usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}
