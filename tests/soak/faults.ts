/**
 * Scenario `faults`: simulators, two kinds of Pub/Sub, several monitors and a database, everything broken again and
 * again, and at the end the account of every message.
 *
 * @module
 */
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { NO_FAULTS } from "../../src/emulator/faults.ts";
import { sleep } from "../../src/ops/sleep.ts";
import { startDatabase, type TestDatabase, type TestServer } from "../support/database.ts";
import { startEmulator } from "../support/emulator.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { Account } from "./account.ts";
import { Instance } from "./instance.ts";
import { Ledger } from "./ledger.ts";
import { clock, mib, problemsOf, type SoakOptions, type SoakResult } from "./result.ts";
import { type FaultKind, schedule, type ScheduledFault } from "./schedule.ts";
import { simulate } from "./traffic.ts";

/** What the embedded server gets wrong all the time. */
const STEADY_FAULTS = {
  duplicateShare: 0.06,
  reorder: true,
  dropAckShare: 0.01,
  refuseAckShare: 0.02,
  loseAckAnswerShare: 0.02,
  refuseExtendShare: 0.02,
  refusePublishShare: 0.01,
};

/** Small batches and the shortest lease: as many commits and redeliveries as a run can have. */
const MONITOR = { BATCHSIZE: "1000", FLUSHINTERVAL: "1", LEASE: "10", GRACE: "20", LOG_LEVEL: "info" };

const MALFORMED = 0.01;
/** Google's emulator is the slower of the two. */
const EMULATOR_SHARE = 0.25;
/** What each process may have resident at most. */
const MEMORY_BYTES_MAX = 400 * 1024 * 1024;
/**
 * How long nothing may be stored after a fault: a write into a connection that swallows it is given up after 60 s, and
 * the probes of an outage are at most 15 s apart.
 */
const STORED_AGAIN_WITHIN_MS = 90_000;
/**
 * How long everything may take to be stored when nothing is published or broken any more. Google's emulator takes
 * minutes to hand out again what it had sent into connections that were cut.
 */
const SETTLE_WITHIN_MS = 300_000;
const ER_PARSE_ERROR = 1064;
/** What a redelivery needs at most: a lapsed lease. */
const REDELIVERY_MS = 12_000;

/** Runs the scenario. */
export async function faults(options: SoakOptions): Promise<SoakResult> {
  const { minutes, seed, signal, say } = options;
  const folder = await Deno.makeTempDir({ prefix: "lms_soak_" });
  try {
    await using server = await startDatabase(options.database, { own: true });
    await using database = await server.freshDatabase();
    await using emulator = await startEmulator();
    const account = await Account.create(server, { database, folder });
    await using toDatabase = proxyTo(new URL(database.plainUrl).host);
    await using toEmulator = proxyTo(emulator.address);
    await using embedded = await FakeServer.start({ port: 0, seed, faults: STEADY_FAULTS });
    await using toEmbedded = proxyTo(embedded.address);
    const run = new Run({ options, server, database, account, embedded, toDatabase, toEmulator, toEmbedded });
    await using _instances = run;
    say(`database ${server.version}, Google's emulator (${emulator.origin}) and the embedded server; seed ${seed}`);

    run.start();
    const untilMs = run.startedAt + minutes * 60_000;
    const broken = new AbortController();
    const publishing = [
      { env: { PUBSUB_EMULATOR_HOST: embedded.address }, rate: Math.round(options.rate * (1 - EMULATOR_SHARE)), seed },
      {
        env: { PUBSUB_EMULATOR_HOST: emulator.address },
        rate: Math.round(options.rate * EMULATOR_SHARE),
        seed: (seed + 100_000) >>> 0,
      },
    ].map(async (where) => {
      try {
        await simulate({ ...where, malformed: MALFORMED, ledger: run.ledger, folder, untilMs, signal });
      } catch (error) {
        run.problems.push(error instanceof Error ? error.message : String(error));
        broken.abort();
      }
    });
    const watch = setInterval(() => void run.sample(), 5_000);
    const tell = setInterval(() => void run.tell(), 10_000);
    try {
      const stop = AbortSignal.any([signal, broken.signal]);
      for (const fault of schedule(seed, minutes)) {
        await until(run.startedAt + fault.atMs, stop);
        if (stop.aborted) break;
        await run.perform(fault);
      }
      await Promise.all(publishing);
      await run.settle();
    } finally {
      clearInterval(watch);
      clearInterval(tell);
    }
    return await run.result();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface RunParts {
  readonly options: SoakOptions;
  readonly server: TestServer;
  readonly database: TestDatabase;
  readonly account: Account;
  readonly embedded: FakeServer;
  /**
   * Between the monitors and the servers. Simulators reach the servers without them: a publish whose answer is cut off
   * is repeated, and then there are two messages of which the simulator knows one.
   */
  readonly toDatabase: TcpProxy;
  readonly toEmulator: TcpProxy;
  readonly toEmbedded: TcpProxy;
}

/** Everything that runs, and what happened to it. */
class Run implements AsyncDisposable {
  readonly ledger = new Ledger();
  readonly problems: string[] = [];
  readonly startedAt = performance.now();
  readonly #parts: RunParts;
  readonly #instances: readonly Instance[];
  readonly #timeline: { atMs: number; kind: FaultKind; target: string; lastsMs: number; storedAgainMs: number }[] = [];
  /** The instances that pull from the embedded server. */
  readonly #onEmbedded: readonly Instance[];

  constructor(parts: RunParts) {
    this.#parts = parts;
    const { options, account, toDatabase, toEmulator, toEmbedded } = parts;
    const count = options.instances;
    this.#instances = Array.from({ length: Math.max(2, count) }, (_, i) => {
      // The last one has Google's emulator, the others share the embedded server.
      const last = i === Math.max(2, count) - 1;
      const address = `127.0.0.1:${(last ? toEmulator : toEmbedded).port}`;
      return new Instance(`lms-${i + 1}${last ? " (emulator)" : " (embedded)"}`, {
        env: { ...MONITOR, PUBSUB_EMULATOR_HOST: address, ...account.env(toDatabase.port) },
      });
    });
    this.#onEmbedded = this.#instances.slice(0, -1);
  }

  start(): void {
    for (const instance of this.#instances) instance.start();
  }

  get #elapsedMs(): number {
    return performance.now() - this.startedAt;
  }

  async sample(): Promise<number[]> {
    return await Promise.all(this.#instances.map((instance) => instance.sample()));
  }

  async tell(): Promise<void> {
    const { published, outstanding, waiting, redelivered } = this.#parts.embedded.stats();
    const resident = await this.sample();
    const stored = await this.#stored();
    this.#parts.options.say(
      `${clock(this.#elapsedMs)} embedded: ${published} published, ${waiting} waiting, ${outstanding} leased, ` +
        `${redelivered} redelivered; stored: ${stored ?? "no answer"}; faults: ${this.#timeline.length}; ` +
        `memory: ${resident.map(mib).join(", ")}`,
    );
  }

  /** Breaks something, and waits until entries are stored again. */
  async perform({ kind, lastsMs, draw, atMs }: ScheduledFault): Promise<void> {
    const target = await this.#break(kind, lastsMs, draw);
    const brokenAt = performance.now();
    const before = await this.#stored() ?? 0;
    let now = await this.#stored();
    while ((now === undefined || now <= before) && performance.now() - brokenAt < STORED_AGAIN_WITHIN_MS) {
      if (this.#parts.options.signal.aborted) return;
      await sleep(200);
      now = await this.#stored();
    }
    const storedAgainMs = Math.round(performance.now() - brokenAt);
    if (storedAgainMs >= STORED_AGAIN_WITHIN_MS) {
      this.problems.push(`nothing was stored for ${STORED_AGAIN_WITHIN_MS / 1_000} s after: ${kind}`);
    }
    this.#timeline.push({ atMs, kind, target, lastsMs, storedAgainMs });
    this.#parts.options.say(
      `${clock(this.#elapsedMs)} ${kind}: ${target}; storing again ${storedAgainMs} ms later`,
    );
  }

  /** Lets everything be stored that was published, in peace. */
  async settle(): Promise<void> {
    const { embedded, options } = this.#parts;
    options.say(`${clock(this.#elapsedMs)} nothing is published or broken any more: ${this.ledger.published} in all`);
    embedded.setFaults(NO_FAULTS);
    const since = performance.now();
    while (performance.now() - since < SETTLE_WITHIN_MS && !options.signal.aborted) {
      const { outstanding, waiting } = embedded.stats();
      const stored = await this.#stored();
      if (stored !== undefined && stored >= this.ledger.published && outstanding + waiting === 0) break;
      await sleep(500);
    }
    // What nobody acknowledged comes again, and must change nothing.
    await sleep(REDELIVERY_MS);
    await Promise.all(this.#instances.map((instance) => instance.terminate([0])));
    const { outstanding, waiting } = embedded.stats();
    if (outstanding + waiting > 0) {
      this.problems.push(`the embedded server still has ${outstanding} leased and ${waiting} waiting messages`);
    }
  }

  async result(): Promise<SoakResult> {
    const { options, server, database, embedded } = this.#parts;
    const { minutes, seed, rate } = options;
    const findings = await this.ledger.compare(database.url);
    await using verify = new LmsProcess(["verify", "--json"], { DATABASE_URL: database.url });
    const verified = await verify.ended();
    const accounts = this.#instances.map(({ account }) => account);
    const stats = embedded.stats();
    const seconds = minutes * 60;
    const count = (kind: FaultKind) => this.#timeline.filter((fault) => fault.kind === kind).length;
    const kinds = [...new Set(this.#timeline.map(({ kind }) => kind))].sort();
    const problems = [
      ...this.problems,
      ...accounts.flatMap((account) => account.problems),
      ...accounts.flatMap(({ name, peakBytes }) =>
        peakBytes < MEMORY_BYTES_MAX ? [] : [`${name} had ${mib(peakBytes)} resident`]
      ),
      ...problemsOf(findings),
      ...(verified.code === 0 ? [] : [`lms verify ended with ${verified.code}: ${verified.stdout}${verified.stderr}`]),
      ...(stats.redelivered / stats.delivered < 0.05 ? ["fewer than 5 % of the deliveries were repeated ones"] : []),
    ];
    const duplicates = accounts.reduce((sum, account) => sum + account.duplicates, 0);
    return {
      scenario: "faults",
      setting: {
        database: server.version,
        "minutes": minutes,
        seed,
        "LMS instances": this.#instances.length,
        "messages a second asked for": rate,
        "LMS": Object.entries(MONITOR).map(([name, value]) => `${name}=${value}`).join(" "),
        "wrong all the time": Object.entries(STEADY_FAULTS).map(([name, value]) => `${name}=${value}`).join(" "),
      },
      figures: {
        published: findings.published,
        "published a second": Math.round(findings.published / seconds),
        "malformed": `${this.ledger.malformed} (${(100 * this.ledger.malformed / findings.published).toFixed(2)} %)`,
        "in service_logs": findings.entries,
        "in dead_letters": Object.values(findings.deadLetters).reduce((sum, deadLetters) => sum + deadLetters, 0),
        lost: findings.lost,
        "stored twice": findings.twice,
        "stored as something else": findings.wrong,
        "counters that differ from their rows": findings.countersWrong,
        "repeated deliveries by the embedded server": `${stats.redelivered} of ${stats.delivered} (${
          (100 * stats.redelivered / stats.delivered).toFixed(1)
        } %)`,
        "duplicates that LMS's surviving logs report": duplicates,
        "LMS killed": accounts.reduce((sum, { kills }) => sum + kills, 0),
        "of these between commit and acknowledge": count("kill LMS between commit and acknowledge"),
        "database killed": count("kill the database"),
        "most memory of an LMS process": mib(Math.max(...accounts.map(({ peakBytes }) => peakBytes))),
      },
      tables: [
        {
          title: "LMS instances",
          columns: ["instance", "starts", "kills", "outages told", "most memory"],
          rows: accounts.map((a) => [a.name, a.starts, a.kills, a.outages, mib(a.peakBytes)]),
        },
        {
          title: "Faults by kind",
          columns: ["fault", "times", "longest until entries were stored again"],
          rows: kinds.map((kind) => [
            kind,
            count(kind),
            `${
              Math.max(...this.#timeline.filter((fault) => fault.kind === kind).map((fault) => fault.storedAgainMs))
            } ms`,
          ]),
        },
        {
          title: "Dead letters",
          columns: ["reason", "count"],
          rows: Object.entries(findings.deadLetters).sort(),
        },
        {
          title: "Timeline",
          columns: ["at", "fault", "target", "lasted", "stored again after"],
          rows: this.#timeline.map((fault) => [
            clock(fault.atMs),
            fault.kind,
            fault.target,
            `${fault.lastsMs} ms`,
            `${fault.storedAgainMs} ms`,
          ]),
        },
      ],
      problems,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#instances.map((instance) => instance[Symbol.asyncDispose]()));
  }

  /** @returns What was hit. */
  async #break(kind: FaultKind, lastsMs: number, draw: number): Promise<string> {
    const { server, account, embedded, toDatabase, toEmulator, toEmbedded } = this.#parts;
    const control = server.control;
    if (control === undefined) throw new Error("Cannot break the database: it is not this program's own");
    const instance = this.#instances[Math.floor(draw * this.#instances.length)]!;
    switch (kind) {
      case "kill LMS":
        await instance.kill();
        instance.startIn(lastsMs);
        return instance.name;
      case "kill LMS between commit and acknowledge":
        return await this.#killBeforeAcknowledge(lastsMs);
      case "restart LMS in order":
        // 3 when it had to give messages back, which an outage at that moment explains.
        await instance.terminate([0, 3]);
        instance.startIn(lastsMs);
        return instance.name;
      case "kill the database":
        await control.kill();
        await sleep(lastsMs);
        await control.start();
        return server.version;
      case "freeze the database":
        await control.freeze();
        await sleep(lastsMs);
        await control.thaw();
        return server.version;
      case "kill the database's connections":
        return `${await this.#killConnections()} connection(s)`;
      case "swallow what the database's connections carry":
        return `${toDatabase.swallow()} connection(s)`;
      case "accept connections to the database without a word":
        return `${await mute(toDatabase, lastsMs)} connection(s)`;
      case "spoil the database's password": {
        // One that starts meanwhile would rightly refuse to.
        await Promise.all(this.#instances.map((instance) => instance.connected()));
        const spoiled = await account.spoil(draw);
        const count = toDatabase.cut();
        await sleep(lastsMs);
        await account.restore();
        return `${spoiled}, ${count} connection(s)`;
      }
      case "cut the emulator's connections":
        return `${toEmulator.cut()} connection(s)`;
      case "reset the embedded server's streams":
        return `${embedded.resetStreams()} stream(s)`;
      case "cut the embedded server's connections":
        return `${toEmbedded.cut()} connection(s)`;
      case "swallow what the embedded server's connections carry":
        return `${toEmbedded.swallow()} connection(s)`;
      case "accept connections to the embedded server without a word":
        return `${await mute(toEmbedded, lastsMs)} connection(s)`;
      case "swallow what the emulator's connections carry":
        return `${toEmulator.swallow()} connection(s)`;
      default:
        return kind satisfies never;
    }
  }

  /**
   * When the next acknowledgement comes, its batch is committed: it is withheld, every monitor that could have sent it
   * is killed, and it never takes effect. All that they held comes again.
   */
  async #killBeforeAcknowledge(restartMs: number): Promise<string> {
    const { embedded } = this.#parts;
    const withheld = Promise.withResolvers<number>();
    const dead = Promise.withResolvers<void>();
    embedded.onAcknowledge = async (ackIds) => {
      withheld.resolve(ackIds.length);
      await dead.promise;
      throw new Error("the acknowledgement of a killed monitor");
    };
    try {
      const messages = await Promise.race([withheld.promise, sleep(60_000).then(() => 0)]);
      if (messages === 0) this.problems.push("no acknowledgement came for a minute");
      await Promise.all(this.#onEmbedded.map((instance) => instance.kill()));
      return `${
        this.#onEmbedded.map(({ name }) => name).join(", ")
      }; ${messages} message(s) committed and unacknowledged`;
    } finally {
      dead.resolve();
      embedded.onAcknowledge = undefined;
      for (const instance of this.#onEmbedded) instance.startIn(restartMs);
    }
  }

  async #killConnections(): Promise<number> {
    const { database, server } = this.#parts;
    const sessions = await server.sessions(database.name);
    // One may have ended meanwhile.
    for (const id of sessions) await server.query(`KILL ${id}`).catch(() => {});
    return sessions.length;
  }

  /** Entries counted and dead letters; `undefined` where the database does not answer. */
  async #stored(): Promise<number | undefined> {
    const rows = await Promise.race([
      this.#parts.database.query(
        "SELECT (SELECT COALESCE(SUM(`count`), 0) FROM service_severity) + (SELECT COUNT(*) FROM dead_letters) AS total",
      ).catch((error) => {
        // A mistake in this statement is not an outage.
        if (error?.errno === ER_PARSE_ERROR) throw error;
        return undefined;
      }),
      sleep(5_000).then(() => undefined),
    ]);
    return rows === undefined ? undefined : Number(rows[0]?.total ?? 0);
  }
}

function proxyTo(address: string): TcpProxy {
  const [hostname, port] = address.split(":");
  return new TcpProxy({ hostname: hostname!, port: Number(port) });
}

/** Cuts every connection, and lets new ones be accepted and nothing else for a while. Returns how many were cut. */
async function mute(proxy: TcpProxy, lastsMs: number): Promise<number> {
  proxy.silent = true;
  const count = proxy.cut();
  await sleep(lastsMs);
  proxy.silent = false;
  return count;
}

async function until(atMs: number, signal: AbortSignal): Promise<void> {
  while (performance.now() < atMs && !signal.aborted) await sleep(Math.min(200, Math.max(1, atMs - performance.now())));
}
