/**
 * How long those wait who watch, and what they cost the API's memory.
 *
 * @module
 */
import { LmsProcess } from "../../support/lms_process.ts";
import { Broker } from "../broker.ts";
import { type Account, groupKey, MessageSource } from "../messages.ts";
import { usageOf } from "../process_usage.ts";
import { figure, row } from "../result.ts";
import { type Bench, databaseOf, pause, type Scenario, targetOf } from "../scenario.ts";
import { weightedQuantile } from "../statistics.ts";
import { failure, lms, stop, whereabouts } from "../subject.ts";
import { short } from "../table.ts";
import { checkTables, migratedDatabase, readCounters } from "../tables.ts";
import { type Followed, TailClients } from "../tails/clients.ts";
import { Commits } from "../tails/commits.ts";
import { servicesFor, type Wish, wishes } from "../tails/wishes.ts";

const INTERVAL_MS = 1_000;
/** Between two looks at the ledger, which also are when messages are published. */
const EVERY_MS = 10;
/** Memory is compared with what it is then, or after half of the run where that is sooner: code is compiled by then. */
const WARM_SECONDS_MAX = 60;
const MEMORY_EVERY_MS = 5_000;
const TELL_EVERY_MS = 30_000;
/** Between two looks at whether all are stored, after the last was published. */
const COUNT_EVERY_MS = 500;
/** What did not come so long after the last publish never will. */
const PATIENCE_MS = 15_000;
const MB = 1024 * 1024;

/** So many entries took so many milliseconds from commit to client. */
interface Waits {
  readonly value: number;
  readonly times: number;
}

/** What a round measured. */
interface TailsRound {
  readonly ms: { readonly filtered: readonly Waits[]; readonly all: readonly Waits[] };
  readonly gaps: number;
  readonly dropped: number;
  readonly warmBytes: number;
  readonly endBytes: number;
  readonly peakBytes: number;
  /** Of the API, in processor seconds a second. */
  readonly cpuShare: number;
}

/**
 * A monitor stores messages at a rate, the API is another process, and clients follow it: one in ten everything, the
 * others what a filter lets through, about 4 entries a second. Every entry that landed has to come to each client that
 * wants it, once, or a gap event has to say so.
 */
export const tails: Scenario = {
  name: "tails",
  summary: "clients that follow what is stored, with and without a filter: from commit to client, and the API's memory",
  async run(bench) {
    const { options, say } = bench;
    const { rounds, rate, seconds, tails: clients = options.quick ? 20 : 200 } = options;
    const results: TailsRound[] = [];
    for (let round = 0; round < rounds; round++) {
      say(`  round ${round + 1} of ${rounds}: ${clients} clients, ${rate} messages/s for ${seconds} s`);
      results.push(await measure(bench, clients));
    }
    const latency = (kind: keyof TailsRound["ms"], share: number) =>
      row(`${kind === "all" ? "no filter" : "a filter"}, commit to client, p${share * 100}`, {
        unit: "ms",
        rounds: results.map(({ ms }) => ({ value: weightedQuantile(ms[kind], share) })),
      });
    const megabytes = (name: string, pick: (result: TailsRound) => number) =>
      row(name, { unit: "MB", rounds: results.map((result) => ({ value: pick(result) / MB })) });
    return {
      scenario: "tails",
      setting: { database: databaseOf(bench), clients, "messages/s": rate, seconds, "flush interval": "1 s" },
      rows: [
        ...([0.5, 0.99, 0.999] as const).flatMap((share) => [latency("filtered", share), latency("all", share)]),
        megabytes("memory of the API, warm", ({ warmBytes }) => warmBytes),
        megabytes("memory of the API, at the end", ({ endBytes }) => endBytes),
        megabytes("memory of the API, at its peak", ({ peakBytes }) => peakBytes),
        row("processor of the API", { unit: "%", rounds: results.map(({ cpuShare }) => ({ value: 100 * cpuShare })) }),
        row("gap events", { unit: "", rounds: results.map(({ gaps }) => ({ value: gaps })) }),
        row("entries that they tell of", { unit: "", rounds: results.map(({ dropped }) => ({ value: dropped })) }),
      ],
      ratios: [
        figure("commit to client, p99", {
          unit: "ms",
          rounds: results.map(({ ms }) =>
            Math.max(weightedQuantile(ms.filtered, 0.99), weightedQuantile(ms.all, 0.99))
          ),
          target: targetOf(bench, { atMost: 1_500 }),
        }),
        figure("memory at the end over warm", {
          rounds: results.map(({ warmBytes, endBytes }) => endBytes / warmBytes),
          target: targetOf(bench, { atMost: 1.1 }),
        }),
      ],
    };
  },
};

async function measure(bench: Bench, clients: number): Promise<TailsRound> {
  const { signal, say, options: { rate, seconds } } = bench;
  await using database = await migratedDatabase(bench.server);
  const before = await readCounters(database);
  const services = servicesFor(rate);
  await using broker = await Broker.start(new MessageSource({ payloadBytes: 100, services }));
  broker.release();
  const side = lms({ FLUSHINTERVAL: `${INTERVAL_MS}ms` });
  await using monitor = side.start(whereabouts(broker.server.address, database.url));
  await using api = new LmsProcess(["api"], { DATABASE_URL: database.url, HTTPADDRESS: "127.0.0.1:0" });
  const ends = [failure(side.label, monitor), failure("lms api", api)];
  const first = <T>(wanted: Promise<T>) => Promise.race([wanted, ...ends]) as Promise<T>;
  await first(broker.server.waitFor(({ openStreams }) => openStreams >= side.streams, { signal }));
  const { url } = await first(api.logged(({ msg }) => msg === "serving the HTTP API"));
  const wanted = wishes(clients, services);
  using watching = new TailClients({ url: String(url), queries: wanted.map(({ query }) => query) });
  await first(watching.placed());
  await using commits = await Commits.open(database);
  const atStart = await usageOf(api.pid);
  const startedAt = performance.now();
  const warmAt = Math.min(WARM_SECONDS_MAX, seconds / 2) * 1_000;
  const total = rate * seconds;
  let warmBytes = 0;
  let memoryAt = 0;
  let stored = 0;
  let storedAt = 0;
  while (stored < total) {
    const elapsed = performance.now() - startedAt;
    const due = Math.min(total, Math.floor(elapsed * rate / 1_000)) - broker.account.count;
    if (due > 0) broker.publish(due);
    await first(Promise.race([commits.look(), watching.failure.then(() => {})]));
    if (elapsed >= memoryAt) {
      const { residentBytes } = await usageOf(api.pid);
      if (warmBytes === 0 && elapsed >= warmAt) warmBytes = residentBytes;
      if (memoryAt % TELL_EVERY_MS === 0) {
        say(`    ${Math.round(elapsed / 1_000)} s: the API has ${inMb(residentBytes)}`);
      }
      memoryAt += MEMORY_EVERY_MS;
    }
    if (broker.account.count === total && elapsed >= storedAt) {
      stored = [...(await readCounters(database)).values()].reduce((sum, count) => sum + count, 0);
      storedAt = elapsed + COUNT_EVERY_MS;
    }
    if (elapsed > seconds * 1_000 + PATIENCE_MS) throw new Error(`${total - stored} messages are not stored`);
    await first(pause(EVERY_MS - (performance.now() - startedAt) % EVERY_MS, signal));
  }
  const runMs = performance.now() - startedAt;
  const followed = await first(
    watching.followed(wanted.map((wish) => expected(wish, broker.account).count), PATIENCE_MS),
  );
  const atEnd = await usageOf(api.pid);
  await stop("lms api", api);
  await stop(side.label, monitor);
  await checkTables(database, { account: broker.account, since: broker.startedAt, before });
  const missed = followed.flatMap((got, index) => difference(got, { wish: wanted[index]!, account: broker.account }));
  if (missed.length > 0) throw new Error(`${missed.length} clients miss something: ${missed.slice(0, 5).join("; ")}`);
  const msOf = (has: (wish: Wish) => boolean): Waits[] =>
    followed.flatMap(({ arrivals }, index) =>
      has(wanted[index]!)
        ? arrivals.map(({ batch, atMs, entries }) => ({ value: atMs - commits.atMs.get(batch)!, times: entries }))
        : []
    );
  const result: TailsRound = {
    ms: { filtered: msOf(({ of }) => of !== undefined), all: msOf(({ of }) => of === undefined) },
    gaps: followed.reduce((sum, { gaps }) => sum + gaps, 0),
    dropped: followed.reduce((sum, { dropped }) => sum + dropped, 0),
    warmBytes,
    endBytes: atEnd.residentBytes,
    peakBytes: atEnd.peakBytes,
    cpuShare: (atEnd.cpuSeconds - atStart.cpuSeconds) / (runMs / 1_000),
  };
  const { ms, gaps, dropped } = result;
  say(
    `    commit to client, p99: a filter ${short(weightedQuantile(ms.filtered, 0.99))} ms, no filter ${
      short(weightedQuantile(ms.all, 0.99))
    } ms; ${gaps} gaps of ${dropped} entries; memory ${inMb(warmBytes)} warm, ${inMb(result.endBytes)} at the end`,
  );
  return result;
}

/** What a client has to get. */
function expected({ of }: Wish, { groups }: Account): { readonly count: number; readonly idSum: number } {
  const own = of === undefined ? groups.values() : [groups.get(groupKey(of.serviceName, of.severity))];
  return [...own].reduce<{ count: number; idSum: number }>(
    (sum, group) => ({ count: sum.count + (group?.count ?? 0), idSum: sum.idSum + (group?.idSum ?? 0) }),
    { count: 0, idSum: 0 },
  );
}

/** What is wrong with what a client got, in words; nothing where it is all that it wants, each once. */
function difference(got: Followed, { wish, account }: { readonly wish: Wish; readonly account: Account }): string[] {
  const { count, idSum } = expected(wish, account);
  const whole = got.gaps === 0 ? got.entries === count && got.idSum === idSum : got.entries + got.dropped === count;
  if (whole) return [];
  return [`"${wish.query}" has ${got.entries} entries and ${got.dropped} in ${got.gaps} gaps, of ${count}`];
}

function inMb(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
