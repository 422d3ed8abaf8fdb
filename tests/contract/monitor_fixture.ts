/**
 * `lms mon` in this process, over real gRPC, with everything around it in the test's hands.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { run, type World } from "../../src/cli/run.ts";
import { encode } from "../../src/entry/encode.ts";
import { openLog } from "../../src/ops/logger.ts";
import { FakeServer, type FakeServerOptions, type Stats } from "../../src/emulator/fake_server.ts";
import type { TestDatabase } from "../support/database.ts";
import { fakeWorld } from "../support/world.ts";

/** The names that the monitor takes on an emulator when nobody says others. */
const TOPIC = "projects/lms/topics/log-topic";
const SUBSCRIPTION = "projects/lms/subscriptions/log-sub";

/** A record of LMS's own log. */
export type LogRecord = Readonly<Record<string, unknown>> & { readonly msg: string };

/** A server with the topic and the subscription. */
export async function startPubSub(options: FakeServerOptions = {}): Promise<FakeServer> {
  const server = await FakeServer.start(options);
  server.createTopic(TOPIC);
  server.createSubscription({ name: SUBSCRIPTION, topic: TOPIC });
  return server;
}

/** What {@linkcode publish} sends; services and severities change from message to message. */
export interface Published {
  /** Of the first message; the payload of number `n` is `message n`. */
  readonly from: number;
  readonly count: number;
}

/** Publishes numbered messages. */
export function publish(server: FakeServer, { from, count }: Published): void {
  const severities = ["debug", "info", "warn", "error", "fatal"] as const;
  const messages = Array.from({ length: count }, (_, i) => from + i).map((n) => ({
    data: encode({ serviceName: `service-${n % 7}`, payload: payloadOf(n), severity: severities[n % 5]! }),
  }));
  server.publish(TOPIC, messages);
}

/** Publishes one message as it is. */
export function publishData(server: FakeServer, data: Uint8Array): void {
  server.publish(TOPIC, [{ data }]);
}

/** The payload of message number `n`. */
export function payloadOf(n: number): string {
  return `message ${n}`;
}

/** A monitor that runs; disposing stops it at once where it still does. */
export class RunningMonitor implements AsyncDisposable {
  /** Everything that it logged. */
  readonly records: LogRecord[] = [];
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number>;
  readonly #drain = new AbortController();
  readonly #abort = new AbortController();
  #waiting: (() => void)[] = [];

  /**
   * Starts `lms mon` with batches of 100, a flush every 50 ms, two streams and leases of 10 s, unless told otherwise.
   *
   * @param env Settings by their variables.
   */
  constructor(env: Readonly<Record<string, string>>) {
    const settings = { BATCHSIZE: "100", FLUSHINTERVAL: "50ms", STREAMS: "2", LEASE: "10", LOG_LEVEL: "debug" };
    const fake = fakeWorld(["mon"], { ...settings, ...env });
    const keep: World["openLog"] = (level) =>
      openLog({
        level,
        format: "json",
        write: (line) => {
          this.records.push(JSON.parse(line));
          for (const wake of this.#waiting.splice(0)) wake();
        },
      });
    this.ended = run({ ...fake, openLog: keep, drain: this.#drain.signal, abort: this.#abort.signal });
  }

  /** Tells it to drain, as a first signal does. */
  stop(): void {
    this.#drain.abort();
  }

  /** Tells it to stop at once, as a second signal does. */
  stopNow(): void {
    this.stop();
    this.#abort.abort();
  }

  /** The records with this message, so far. */
  logged(msg: string): LogRecord[] {
    return this.records.filter((record) => record.msg === msg);
  }

  /** Resolves when there are so many records with this message, past or to come. */
  async untilLogged(msg: string, count = 1): Promise<LogRecord> {
    while (this.logged(msg).length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.logged(msg)[count - 1]!;
  }

  /** The sum of a field over all flushes so far. */
  total(field: "stored" | "duplicates" | "dead_letters"): number {
    return this.logged("flushed").reduce((sum, record) => sum + Number(record[field]), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopNow();
    await this.ended.catch(() => {});
  }
}

/** Resolves when so many messages were acknowledged. */
export async function untilAcknowledged(server: FakeServer, count: number): Promise<Stats> {
  return await server.waitFor(({ acknowledged }) => acknowledged >= count);
}

/** Every message from number 0 on is an entry once, and the counters say the same. */
export async function assertStoredOnce(
  database: Pick<TestDatabase, "query">,
  expected: { readonly count: number; readonly without?: readonly number[] },
): Promise<void> {
  const rows = await database.query("SELECT payload FROM service_logs");
  const left = new Set(expected.without ?? []);
  const numbers = Array.from({ length: expected.count }, (_, n) => n).filter((n) => !left.has(n));
  assertEquals(rows.map(({ payload }) => String(payload)).sort(), numbers.map(payloadOf).sort());
  await assertTablesAgree(database);
}

/** `service_severity` says exactly how many rows `service_logs` has of each service and severity. */
export async function assertTablesAgree(database: Pick<TestDatabase, "query">): Promise<void> {
  const counts = async (sql: string) =>
    (await database.query(sql)).map((row) => [row.service_name, row.severity, Number(row.n)].join(" ")).sort();
  const counted = await counts("SELECT service_name, severity, `count` AS n FROM service_severity");
  assertEquals(
    counted,
    await counts("SELECT service_name, severity, COUNT(*) AS n FROM service_logs GROUP BY service_name, severity"),
  );
}

/** The server handed nothing over twice and was given nothing back. */
export function assertNothingCameTwice({ redelivered, nacked, lapsed }: Stats): void {
  assertEquals({ redelivered, nacked, lapsed }, { redelivered: 0, nacked: 0, lapsed: 0 });
}

/** Asks again and again, for at most 20 s. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !await condition(); tries++) {
    assert(tries < 400, "waited 20 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
