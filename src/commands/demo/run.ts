/**
 * `lms demo`: everything at once.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { openDatabase, prepareMonitorStore } from "../../app/database.ts";
import { planHttp } from "../../app/http_api.ts";
import { logObserver } from "../../app/log_observer.ts";
import { publishTo } from "../../app/publish.ts";
import { openLogQueries } from "../../app/log_queries.ts";
import { openEmbedded } from "../../app/pubsub.ts";
import { type MonitorResult, runMonitor } from "../../app/run_monitor.ts";
import { inBackground, keepUp } from "../../app/upkeep.ts";
import { checkPlan } from "../../config/plan.ts";
import { UsageError } from "../../config/usage_error.ts";
import { formatDuration } from "../../config/values.ts";
import type { LogEntry, Severity } from "../../entry/entry.ts";
import { randomSeed } from "../../ops/random.ts";
import { failure, type Result, success } from "../../ops/result.ts";
import { readProbe } from "../../http/read_probe.ts";
import { oneLine } from "../../ops/safe_text.ts";
import { shellWord } from "../../ops/shell_word.ts";
import { sleep } from "../../ops/sleep.ts";
import type { TableOptions } from "../../ops/table.ts";
import type { Flush } from "../../pipeline.ts";
import { noCounts } from "../../sim/manifest.ts";
import { severityTable } from "../../sim/manifest_table.ts";
import { simulate } from "../../sim/simulator.ts";
import { traffic } from "../../sim/traffic.ts";
import { type Store, StoreError, type Totals } from "../../store/store.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { DEMO } from "./command.ts";

/** How long it runs where nobody is looking and nobody says. */
const UNWATCHED_MS = 30_000;

/** Runs the command. */
export async function run(config: ConfigOf<typeof DEMO>, context: Context): Promise<number> {
  const { log, print, terminal, drain, abort } = context;
  const plan = checkPlan(config, config.maxInFlight);
  if (!plan.ok) throw new UsageError(plan.problem);
  const http = await planHttp(config, context);
  await using pubsub = await openEmbedded(config);
  if (!await pubsub.ensure({ stop: drain, log })) return EXIT.ok;
  await using store = await openDatabase(config, { writers: config.writers, context });
  const preparing = { timeoutMs: config.startupTimeoutMs, stop: drain, log };
  if (await prepareMonitorStore(store, preparing) === undefined) return EXIT.ok;

  await using queries = await openLogQueries(config, { ...context, store });
  await using api = await http.serve({ queries, actions: store, probe: readProbe(queries) });
  print(`reading at ${api.url}`);
  print(`simulator -> Pub/Sub at ${pubsub.address} -> monitor -> ${store.address}`);
  const durationMs = config.durationMs ?? (terminal.live ? undefined : UNWATCHED_MS);
  print(durationMs === undefined ? "until Ctrl-C" : `for ${formatDuration(durationMs)}; Ctrl-C ends it earlier`);
  print("");
  const keptUp = new AbortController();
  await using _upkeep = inBackground(keepUp({ store, log, stop: keptUp.signal }), keptUp);
  const arrived = new Arrived();
  // One half for what the server still has to hand over, one for what the monitor then holds.
  const graceMs = config.graceMs / 2;
  const stopSim = new AbortController();
  const drainMonitor = new AbortController();
  const monitoring = runMonitor({
    config: { ...config, graceMs, maxInFlight: plan.value },
    pubsub,
    store,
    drain: drainMonitor.signal,
    abort,
    observers: [logObserver(log, { ...config, graceMs }), {
      flushed: (flush) => {
        arrived.add(flush);
        if (terminal.live) terminal.table(arrived.table({ columns: terminal.columns - 1, colour: terminal.colour }));
        else print(arrived.line());
      },
    }],
  }).finally(() => stopSim.abort());
  // Attached now, so that a failure before the await below is not reported as unhandled.
  monitoring.catch(() => {});

  const manifest = await simulate({
    traffic: traffic({
      seed: config.seed ?? randomSeed(),
      services: config.services,
      malformedShare: config.malformed,
    }),
    publish: (messages) => publishTo(pubsub, messages, drain),
    rate: config.rate ?? "random",
    durationMs,
    signal: AbortSignal.any([drain, stopSim.signal]),
  });
  const waiting = new AbortController();
  await Promise.race([
    arrived.settled(manifest.published),
    monitoring,
    sleep(graceMs, waiting.signal).catch(() => {}),
  ]);
  waiting.abort();
  drainMonitor.abort();
  const result = await monitoring;
  terminal.status([]);
  const totals = await totalsOf(store);
  const lines = summary({ published: manifest.published, result, totals, address: store.address, context });
  context.printRows(["", ...arrived.table(context.results), ""]);
  for (const line of lines) print(line);
  if (totals.ok && totals.value.entries !== totals.value.counted) return EXIT.failed;
  return result.handedBack > 0 ? EXIT.handedBack : EXIT.ok;
}

/** The totals of the tables, or why the database does not say them: what this run did is known all the same. */
async function totalsOf(store: Store): Promise<Result<Totals>> {
  try {
    return success(await store.totals());
  } catch (error) {
    if (error instanceof StoreError) return failure(error.message);
    throw error;
  }
}

interface Summary {
  readonly published: number;
  readonly result: MonitorResult;
  readonly totals: Result<Totals>;
  readonly address: string;
  readonly context: Pick<Context, "program" | "date">;
}

function summary({ published, result, totals, address, context }: Summary): string[] {
  const { stored, deadLettered, duplicates } = result;
  const again = duplicates === 0 ? "" : `, ${duplicates} came again and changed nothing`;
  return [
    "this run",
    `  published  ${published} messages`,
    `  stored     ${stored} entries and ${deadLettered} dead letters${again}`,
    `all in ${address}`,
    ...(!totals.ok ? [`  ${totals.problem}`] : [
      `  entries    ${totals.value.entries} rows in service_logs, ${totals.value.deadLetters} in dead_letters`,
      `  counted    ${totals.value.counted} in service_severity: ${
        totals.value.entries === totals.value.counted ? "the tables agree" : "THE TABLES DISAGREE"
      }`,
    ]),
    ...next(address, context),
  ];
}

const QUERIES = "SELECT * FROM service_severity; SELECT * FROM service_logs ORDER BY publish_time DESC LIMIT 10";

/** Lines that can be run as they are on what is stored; none where it is gone with this process. */
function next(address: string, { program, date }: Pick<Context, "program" | "date">): string[] {
  if (address === "sqlite::memory:") return [];
  // From source it has no day of its own.
  const lms = date === undefined ? ".ci/deno task --quiet lms" : program;
  const path = address.startsWith("sqlite:") ? address.slice("sqlite:".length) : undefined;
  // Of a server the URL has a password, which stays where it is: in the environment.
  const database = path === undefined ? "" : ` --database ${shellWord(address)}`;
  return [
    "next",
    `  ${lms} logs 'severity>=error' -n 5${database}`,
    `  ${lms} stats${database}`,
    `  ${lms} verify${database}`,
    `  ${lms} dead-letters list${database}`,
    ...(path === undefined ? [] : [`  sqlite3 ${shellWord(path)} "${QUERIES}"`]),
  ];
}

/** What arrived in this run, service by severity. */
class Arrived {
  readonly #counts = new Map<string, Record<Severity, number>>();
  readonly #startedAt = performance.now();
  #stored = 0;
  #settled = 0;
  #waiting: { readonly count: number; readonly resolve: () => void } | undefined;

  add({ landed, stored, size }: Flush): void {
    for (const entry of landed) this.#count(entry);
    this.#stored += stored;
    this.#settled += size;
    if (this.#waiting !== undefined && this.#settled >= this.#waiting.count) this.#waiting.resolve();
  }

  /** Resolves when this many messages were settled. */
  settled(count: number): Promise<void> {
    if (this.#settled >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting = { count, resolve });
  }

  table(options: TableOptions): string[] {
    return severityTable(new Map([...this.#counts].sort(byName)), options);
  }

  line(): string {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    const services = [...this.#counts].sort(byName).slice(0, 10).map(([name, counts]) =>
      `${oneLine(name)} ${Object.values(counts).reduce((sum, count) => sum + count, 0)}`
    );
    return `${String(seconds).padStart(4)} s  ${this.#stored} stored  ${services.join("  ")}`;
  }

  #count({ serviceName, severity }: LogEntry): void {
    let counts = this.#counts.get(serviceName);
    if (counts === undefined) this.#counts.set(serviceName, counts = noCounts());
    counts[severity]++;
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
