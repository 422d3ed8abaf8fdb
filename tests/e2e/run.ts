/**
 * The end-to-end test: simulators, Pub/Sub, monitor and database as separate processes, and then the proof that every
 * published message is stored exactly once.
 *
 *     deno task e2e [--database=mysql|mariadb] [--database-tls] [--pubsub=emulator|tls|gcp] [--seconds=60]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { mergeManifests } from "../../src/sim/manifest.ts";
import { parseManifest } from "../../src/sim/manifest_json.ts";
import { sleep } from "../../src/ops/sleep.ts";
import { startDatabase } from "../support/database.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { Processes } from "./processes.ts";
import { prove } from "./proof.ts";
import { googleAccess, openPubSub, type PubSubKind } from "./pubsub_under_test.ts";
import { loggerReport, monitorReport } from "./report.ts";

const flags = parseArgs(Deno.args, {
  string: ["database", "pubsub", "seconds", "output"],
  boolean: ["database-tls"],
});
const databaseKind = flags.database ?? "mysql";
const pubsubKind = flags.pubsub ?? "emulator";
const databaseTls = flags["database-tls"];
const seconds = Number(flags.seconds ?? 60);
if (databaseKind !== "mysql" && databaseKind !== "mariadb") throw new Error(`unknown database: ${databaseKind}`);
const kinds: readonly string[] = ["emulator", "tls", "gcp"] satisfies PubSubKind[];
if (!kinds.includes(pubsubKind)) throw new Error(`unknown Pub/Sub: ${pubsubKind}`);
if (!(seconds >= 10)) throw new Error(`--seconds must be at least 10: ${flags.seconds}`);

if (pubsubKind === "gcp") {
  const access = await googleAccess();
  if ("missing" in access) {
    say(access.missing);
    Deno.exit(2);
  }
}

/** What the simulators do; together all kinds of message, at three paces. */
const SIMULATORS = [
  ["--services=3", "--malformed=0.05"],
  ["--services=12", "--malformed=0.02", "--rate=40"],
  ["--services=200", "--malformed=0.01", "--rate=150"],
];

/** How long everything may take to be stored once nothing is published any more: a lease that nobody holds, and slack. */
const SETTLE_WITHIN_MS = 90_000;

const output = flags.output ?? "output";
await Deno.mkdir(output, { recursive: true });
const stamp = new Date().toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z");
const work = await Deno.makeTempDir({ prefix: "lms_e2e_" });
const databaseAccess = databaseTls ? " over TLS, its certificate verified" : "";
say(`Pub/Sub: ${pubsubKind}, database: ${databaseKind}${databaseAccess}, ${seconds} s`);

try {
  await using pubsub = await openPubSub(pubsubKind as PubSubKind, work);
  await using server = await startDatabase(databaseKind, databaseTls ? { own: true, tls: true } : { own: false });
  await using database = await server.freshDatabase();
  say(`Pub/Sub at ${pubsub.address}; database ${server.version}`);

  const monitorEnv = {
    ...pubsub.env,
    DATABASE_URL: database.url,
    BATCHSIZE: "500",
    FLUSHINTERVAL: "2",
    LEASE: "10",
    LOG_LEVEL: "info",
  };
  await using first = new LmsProcess(["mon"], monitorEnv);
  await first.logged((line) => line.msg === "plan");
  const startedAt = performance.now();
  await using simulators = new Processes(
    SIMULATORS.map((args, index) =>
      new LmsProcess(["sim", ...args, `--seed=${index + 1}`, "--list-messages", `--manifest=${work}/${index}.json`], {
        ...pubsub.env,
        DURATION: String(seconds),
      })
    ),
  );

  // A crash on the way: whatever this monitor holds comes again, to the next one.
  await Promise.race([sleep(seconds * 400), first.ended(), simulators.failed()]);
  first.signal("SIGKILL");
  const killed = await first.ended();
  say(`killed the monitor after ${Math.round((performance.now() - startedAt) / 1000)} s`);
  await sleep(2_000);
  await using second = new LmsProcess(["mon"], monitorEnv);

  const simulated = await simulators.ended();
  for (const { code, stderr } of simulated) {
    if (code !== 0) throw new Error(`a simulator ended with ${code}: ${stderr}`);
  }
  const manifests = await Promise.all(SIMULATORS.map(async (_, index) => {
    const manifest = parseManifest(await Deno.readTextFile(`${work}/${index}.json`));
    if (!manifest.ok) throw new Error(`a simulator's manifest ${manifest.problem}`);
    return manifest.value;
  }));
  const manifest = mergeManifests(manifests);
  say(`published ${manifest.published} messages in ${Math.round((performance.now() - startedAt) / 1000)} s`);

  let proof = await prove(database.plainUrl, manifest);
  const waitedSince = performance.now();
  while (
    proof.entries + proof.deadLetters < manifest.published && performance.now() - waitedSince < SETTLE_WITHIN_MS
  ) {
    await sleep(1_000);
    proof = await prove(database.plainUrl, manifest);
  }
  second.signal("SIGTERM");
  const drained = await second.ended();
  proof = await prove(database.plainUrl, manifest);

  const problems = [...proof.differences];
  if (drained.code !== 0) problems.push(`the monitor ended with ${drained.code} instead of 0`);
  if (manifest.published === 0) problems.push("nothing was published");
  if (proof.deadLetters === 0) problems.push("no malformed message was published");

  const setting = {
    pubsub: `${pubsubKind} at ${pubsub.address}`,
    database: `${server.version}${databaseAccess}`,
    seconds,
  };
  const logger = loggerReport(setting, manifests, simulated);
  const monitor = monitorReport(setting, { killed: first.log, drained: second.log }, proof);
  await Deno.writeTextFile(`${output}/logger_e2e_${stamp}.txt`, logger);
  await Deno.writeTextFile(`${output}/monitor_e2e_${stamp}.txt`, monitor);
  say(logger);
  say(monitor);
  say(`kept in ${output}/logger_e2e_${stamp}.txt and ${output}/monitor_e2e_${stamp}.txt`);
  if (problems.length > 0) {
    for (const problem of problems) say(`PROBLEM: ${problem}`);
    say(`the killed monitor's last words:\n${killed.stderr.slice(-2_000)}`);
    say(`the drained monitor's last words:\n${drained.stderr.slice(-4_000)}`);
    Deno.exitCode = 1;
  } else {
    say(
      `e2e passed: ${proof.published} published, ${proof.entries} entries and ${proof.deadLetters} dead letters, each once`,
    );
  }
} finally {
  await Deno.remove(work, { recursive: true });
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
