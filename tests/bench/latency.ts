/**
 * How long after its publishing a message can be read from the table, at a steady rate.
 *
 * A connection of the bench's own asks every 10 ms how many messages are counted, which is one small read, and whenever
 * that has grown it reads which rows are new. A row is visible at the end of that read: what is told is up to 10 ms and
 * a read (a few milliseconds) too long, and never too short.
 *
 * @module
 */
import { type Connection, createConnection } from "mysql2/promise";
import type { TestDatabase } from "../support/database.ts";
import { Broker } from "./broker.ts";
import type { MessageSource } from "./messages.ts";
import { usageOf } from "./process_usage.ts";
import { type Bench, pause } from "./scenario.ts";
import { failure, type Side, stop, whereabouts } from "./subject.ts";
import { checkTables, migratedDatabase, readCounters } from "./tables.ts";

const EVERY_MS = 10;
/** Messages of the first seconds, at most a half, are stored and checked but not measured: the process warms up. */
const WARM_UP_SECONDS_MAX = 2;
/** What is not visible so long after the last publish never will be. */
const PATIENCE_MS = 30_000;
/** A publish time is read after the time here, but from a clock that may be set, and cut to milliseconds. */
const CLOCK_MARGIN_MS = 50;

/** What a run measured. */
export interface Latencies {
  /** In milliseconds, one for each message. */
  readonly ms: readonly number[];
  readonly cpuMicros: number;
  readonly peakBytes: number;
}

/** What is published, and to whom. */
export interface LatencyOptions {
  readonly side: Side;
  readonly source: MessageSource;
  readonly rate: number;
}

/** Publishes at a rate for a while. @throws {Error} When a message is missing, or there more than once. */
export async function latencies(bench: Bench, options: LatencyOptions): Promise<Latencies> {
  await using database = await migratedDatabase(bench.server);
  return await latenciesInto(bench, { ...options, database });
}

/** The same into tables that may hold rows already, none of them published within this second or later. */
export async function latenciesInto(
  bench: Bench,
  { side, source, rate, database }: LatencyOptions & { readonly database: TestDatabase },
): Promise<Latencies> {
  const { signal, options: { seconds } } = bench;
  const warmUp = Math.min(WARM_UP_SECONDS_MAX, seconds / 2);
  const before = await readCounters(database);
  await using broker = await Broker.start(source);
  broker.release();
  await using process = side.start(whereabouts(broker.server.address, database.url));
  const failed = failure(side.label, process);
  const first = <T>(wanted: Promise<T>) => Promise.race([wanted, failed]);
  await first(broker.server.waitFor(({ openStreams }) => openStreams >= side.streams, { signal }));
  const connection = await createConnection({ uri: database.url });
  try {
    const watch = new Watch(connection);
    const idle = await usageOf(process.pid);
    const startedAt = performance.now();
    const total = Math.round(rate * (seconds + warmUp));
    while (broker.account.count < total || watch.missing > 0) {
      const elapsed = performance.now() - startedAt;
      const due = Math.min(total, Math.floor(elapsed * rate / 1000)) - broker.account.count;
      if (due > 0) {
        const atMs = now();
        watch.published(broker.publish(due), { atMs, measured: elapsed >= warmUp * 1000 });
      }
      await first(watch.look());
      if (elapsed > (seconds + warmUp) * 1000 + PATIENCE_MS) {
        throw new Error(`${side.label}: ${watch.missing} messages are not visible ${PATIENCE_MS} ms after the last`);
      }
      const next = EVERY_MS - (performance.now() - startedAt) % EVERY_MS;
      await first(pause(next, signal));
    }
    const used = await usageOf(process.pid);
    await stop(side.label, process);
    await checkTables(database, { account: broker.account, since: broker.startedAt, before });
    return {
      ms: watch.ms,
      cpuMicros: (used.cpuSeconds - idle.cpuSeconds) * 1e6 / total,
      peakBytes: used.peakBytes,
    };
  } finally {
    await connection.end();
  }
}

/** Knows which messages were published and when, and looks for them. */
class Watch {
  readonly ms: number[] = [];
  readonly #connection: Connection;
  /** Ids that were not seen yet, the oldest first, with the time of their publishing. */
  readonly #missing = new Map<string, { readonly atMs: number; readonly measured: boolean }>();
  #counted = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get missing(): number {
    return this.#missing.size;
  }

  /** These were published, then. */
  published(ids: readonly string[], message: { readonly atMs: number; readonly measured: boolean }): void {
    for (const id of ids) this.#missing.set(id, message);
  }

  /** Finds those that have become visible. */
  async look(): Promise<void> {
    const [[sum]] = await this.#connection.query("SELECT SUM(`count`) AS counted FROM service_severity") as unknown as [
      [{ counted: string | null }],
    ];
    const counted = Number(sum?.counted ?? 0);
    if (counted === this.#counted) return;
    this.#counted = counted;
    const [oldest] = this.#missing.values();
    const since = new Date((oldest?.atMs ?? now()) - CLOCK_MARGIN_MS).toISOString().slice(0, 23).replace("T", " ");
    const [rows] = await this.#connection.query({
      sql: `SELECT message_id FROM service_logs WHERE publish_time >= '${since}'`,
      rowsAsArray: true,
    }) as unknown as [[string][]];
    const seenMs = now();
    for (const [id] of rows) {
      const message = this.#missing.get(id);
      if (message === undefined) continue;
      this.#missing.delete(id);
      if (message.measured) this.ms.push(seenMs - message.atMs);
    }
  }
}

/** Milliseconds since 1970, with a fraction. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
