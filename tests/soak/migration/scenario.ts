/**
 * Scenario `migration`: this version comes to a database of millions of rows that two instances of the version before
 * write to. One of them goes on beside it; everybody is killed and started again; the version before is put back for a
 * while. In the end nothing is lost, and every row is adopted.
 *
 * @module
 */
import { FakeServer } from "../../../src/emulator/fake_server.ts";
import { subscriptionName, topicName } from "../../../src/pubsub/admin.ts";
import { sleep } from "../../../src/ops/sleep.ts";
import { startDatabase, type TestDatabase } from "../../support/database.ts";
import { LmsProcess } from "../../support/lms_process.ts";
import { VersionBefore } from "../../support/version_before.ts";
import { Instance } from "../instance.ts";
import { Ledger } from "../ledger.ts";
import { clock, mib, problemsOf, type SoakOptions, type SoakResult } from "../result.ts";
import { fillOldRows, OLD, type OldRows, sumOfOldRows, wordOf } from "./old_rows.ts";
import { type Look, Progress } from "./progress.ts";
import { Publishing } from "./publishing.ts";

const TOPIC = topicName("lms", "log-topic");
const SUBSCRIPTION = subscriptionName("lms", "log-sub");

/** As a server has it that is made for such a table. */
const SERVER_ARGS = ["--innodb-buffer-pool-size=2G", "--innodb-redo-log-capacity=2G", "--disable-log-bin"];
/** Milliseconds of both versions before alone, and of the one that was put back. */
const ALONE_MS = 10_000;
const RESTART_MS = 1_000;
/** The longest time, in milliseconds, in which nothing may be stored. */
const STALL_MS_MAX = 90_000;
const SETTLE_MS_MAX = 300_000;

/** Runs the scenario. */
export async function migration(options: SoakOptions): Promise<SoakResult> {
  const { rows, seed, rate, minutes, signal, say } = options;
  await using server = await startDatabase(options.database, { own: true, args: SERVER_ARGS });
  await using database = await server.freshDatabase();
  await using before = await VersionBefore.checkOut();
  await before.start(database.url, { first: 0, batches: 0 }).stop();
  say(`filling the tables of the version before with ${rows} rows`);
  const filledAt = performance.now();
  await fillOldRows(database, { rows, seed, say, signal });
  const old = await sumOfOldRows(database);
  say(`filled in ${seconds(performance.now() - filledAt)}`);

  await using pubsub = await FakeServer.start({ port: 0, seed, shuffleIds: true });
  pubsub.createTopic(TOPIC);
  pubsub.createSubscription({ name: SUBSCRIPTION, topic: TOPIC });
  const env = { PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url, FLUSHINTERVAL: "1", LEASE: "10" };
  await using beside = new Instance("the version before", { env, tree: before.folder });
  await using replaced = new Instance("the version before, replaced and put back", { env, tree: before.folder });
  await using now = new Instance("this version", { env });
  const events: [string, string][] = [];
  const problems: string[] = [];
  await using progress = new Progress({ database, pubsub, onLook: teller(say) });
  const tell = (text: string) => {
    events.push([clock(progress.elapsedMs), text]);
    say(`${clock(progress.elapsedMs)} ${text}`);
  };
  const endsAt = performance.now() + minutes * 60_000;
  const until = async (is: (look: Look) => boolean) => {
    while (!is(progress.last)) {
      if (signal.aborted || performance.now() > endsAt) throw new Error(`not done within ${minutes} minutes`);
      await sleep(200);
    }
  };

  const publishing = new Publishing(pubsub, { topic: TOPIC, seed, rate });
  beside.start();
  replaced.start();
  await sleep(ALONE_MS);
  await replaced.terminate([0]);
  const beganMs = progress.elapsedMs;
  tell("one of two instances of the version before is replaced");
  now.start();
  const migrated = await now.process!.logged(({ msg, version }) => msg === "schema migrated" && version === 2)
    .then(() => progress.elapsedMs);
  tell("the tables are migrated: what is instant");
  await sleep(ALONE_MS);
  tell("both are killed, whatever they are doing");
  await Promise.all([now.kill(), beside.kill()]);
  now.startIn(RESTART_MS);
  beside.startIn(RESTART_MS);
  await until(({ indexes }) => indexes >= 2);
  const indexed = progress.elapsedMs;
  tell("the indexes are built");
  const stalls = {
    instant: progress.longestStall(beganMs, migrated + ALONE_MS),
    indexes: progress.longestStall(migrated, indexed),
  };
  await until(({ adopted }) => adopted >= rows / 4);
  tell("a quarter is adopted: both are killed");
  await Promise.all([now.kill(), beside.kill()]);
  now.startIn(RESTART_MS);
  beside.startIn(RESTART_MS);
  await until(({ adopted }) => adopted >= rows / 2);
  tell("half is adopted: the version before is put back");
  await now.terminate([0, 3]);
  replaced.start();
  await sleep(ALONE_MS);
  tell("and replaced again");
  await replaced.terminate([0, 3]);
  now.start();
  await until(({ adopted }) => adopted >= rows);
  const adopted = progress.elapsedMs;
  tell("as many rows as there were before are adopted");
  publishing[Symbol.dispose]();
  const { recorder } = publishing;
  const settlesBy = performance.now() + SETTLE_MS_MAX;
  while (pubsub.stats().acknowledged < recorder.published && performance.now() < settlesBy && !signal.aborted) {
    await sleep(250);
  }
  await beside.terminate([0]);
  await now.terminate([0]);
  const settled = progress.elapsedMs;
  tell("everything that was published is stored");
  await using adopting = new LmsProcess(["migrate", "--adopt"], { DATABASE_URL: database.url });
  const { code, stdout, stderr } = await adopting.ended();
  if (code !== 0) problems.push(`lms migrate --adopt ended with ${code}: ${stderr.slice(-1_000)}`);
  tell(`what was left: ${stdout.trim().split("\n").at(-1)}`);

  const ledger = new Ledger();
  ledger.add(recorder.manifest());
  const findings = await ledger.compare(database.url, { exceptServices: OLD });
  const after = await sumOfOldRows(database);
  if (after.rows !== old.rows || after.sum !== old.sum) problems.push(`old rows: ${told(old)} became ${told(after)}`);
  const left = await count(database, "SELECT COUNT(*) AS n FROM service_logs WHERE batch IS NULL");
  if (left > 0) problems.push(`${left} row(s) are not adopted`);
  tell("every row is read: lms verify");
  await using verify = new LmsProcess(["verify", "--json"], { DATABASE_URL: database.url });
  const verified = await verify.ended();
  if (verified.code !== 0) problems.push(`lms verify ended with ${verified.code}: ${verified.stdout.slice(0, 2_000)}`);
  tell("verified");
  for (const n of [0, rows >> 1, rows - 1]) {
    const found = await look(database.url, wordOf(n));
    if (found !== 1) problems.push(`"${wordOf(n)}" is found ${found} times`);
  }
  const stall = progress.longestStall(0, settled);
  if (stall > STALL_MS_MAX) problems.push(`nothing was stored for ${seconds(stall)}`);
  const accounts = [beside, replaced, now].map(({ account }) => account);
  return {
    scenario: "migration",
    setting: {
      database: `${server.version} ${SERVER_ARGS.join(" ")}`,
      "rows of the version before": rows,
      "messages a second": rate,
      seed,
    },
    figures: {
      "instant part, with the program's start": seconds(migrated - beganMs),
      "longest time without storing, until 10 s later": seconds(stalls.instant),
      "indexes built after": seconds(indexed - migrated),
      "longest time without storing meanwhile": seconds(stalls.indexes),
      "adopted after": seconds(adopted - indexed),
      "rows adopted a second": Math.round(progress.last.adopted / Math.max(1, (adopted - indexed) / 1_000)),
      "longest time without storing at all": seconds(stall),
      published: findings.published,
      "stored of them as entries": findings.entries,
      lost: findings.lost,
      "stored twice": findings.twice,
      "stored as something else": findings.wrong,
      "counters that differ from their rows": findings.countersWrong,
      "old rows before and after": `${told(old)}, ${told(after)}`,
      "rows not adopted": left,
      "most memory of this version": mib(now.account.peakBytes),
    },
    tables: [
      {
        title: "Instances",
        columns: ["instance", "starts", "kills", "stored"],
        rows: accounts.map(({ name, starts, kills, stored }) => [name, starts, kills, stored]),
      },
      { title: "Timeline", columns: ["at", "what"], rows: events },
    ],
    problems: [...problems, ...accounts.flatMap(({ problems }) => problems), ...problemsOf(findings)],
  };
}

/** Tells every ten seconds. */
function teller(say: (line: string) => void): (look: Look) => void {
  let looks = 0;
  return ({ atMs, indexes, adopted, behind }) => {
    if (looks++ % 10 === 0) say(`${clock(atMs)} indexes: ${indexes}; adopted: ${adopted}; messages behind: ${behind}`);
  };
}

function told({ rows, sum }: OldRows): string {
  return `${rows} rows with the sum ${sum}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

async function count({ query }: TestDatabase, sql: string): Promise<number> {
  return Number((await query(sql))[0]?.n);
}

/** How many entries a word finds. */
async function look(url: string, word: string): Promise<number> {
  await using logs = new LmsProcess(["logs", word, "--since", "30d", "--json"], { DATABASE_URL: url });
  const { stdout } = await logs.ended();
  return stdout.split("\n").filter((line) => line.startsWith("{")).length;
}
