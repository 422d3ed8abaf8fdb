/**
 * The monitor and its neighbours as processes of their own, through a Pub/Sub server into an SQLite file.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { parseManifest } from "../../src/sim/manifest_json.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { runLms, temporaryFolder } from "../support/run_lms.ts";

interface Sizes {
  readonly entries: number;
  readonly counted: number;
  readonly deadLetters: number;
}

/** How many rows each table has. */
function sizesOf(path: string): Sizes {
  using database = new DatabaseSync(path, { readOnly: true });
  return {
    ...database.prepare(
      `SELECT (SELECT count(*) FROM service_logs) AS entries,
        (SELECT coalesce(sum(count), 0) FROM service_severity) AS counted,
        (SELECT count(*) FROM dead_letters) AS deadLetters`,
    ).get(),
  } as unknown as Sizes;
}

/** `service_severity` as a manifest has it: services with their counts that are not 0. */
function countsOf(path: string): Record<string, Record<string, number>> {
  using database = new DatabaseSync(path, { readOnly: true });
  const counts: Record<string, Record<string, number>> = {};
  for (const row of database.prepare("SELECT service_name, severity, count FROM service_severity").all()) {
    (counts[String(row.service_name)] ??= {})[String(row.severity)] = Number(row.count);
  }
  return counts;
}

Deno.test("lms pub, sim and mon through lms emulator: what was published before the start is stored and counted", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/lms.db`;
  await using emulator = new LmsProcess(["emulator", "--port=0"], {});
  const { address } = await emulator.logged(({ msg }) => msg === "serving Pub/Sub");
  const env = { PUBSUB_EMULATOR_HOST: String(address), DATABASE_URL: `sqlite:${path}` };

  const manifestPath = `${folder.path}/manifest.json`;
  const flags = ["--messages=50", "--rate=max", "--seed=1", "--malformed=0.1", `--manifest=${manifestPath}`];
  const sim = await runLms(["sim", ...flags], env);
  assertEquals(sim.code, 0, sim.stderr);
  const parsed = parseManifest(await Deno.readTextFile(manifestPath));
  assert(parsed.ok, JSON.stringify(parsed));
  const manifest = parsed.value;
  assertEquals(manifest.published, 50);
  const malformed = [...manifest.malformed.values()].reduce((sum, count) => sum + count, 0);
  assertGreater(malformed, 0);

  const monitored = await runLms(["mon"], { ...env, FLUSHINTERVAL: "500ms", DURATION: "4" });
  assertEquals(monitored.code, 0, monitored.stderr);
  const entries = 50 - malformed;
  assertEquals(sizesOf(path), { entries, counted: entries, deadLetters: malformed });
  const expected = [...manifest.valid].map(([name, counts]) =>
    [name, Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))] as const
  );
  assertEquals(countsOf(path), Object.fromEntries(expected));
  assertEquals(monitored.stdout.match(/,\S+Z,\S+Z\r?$/gm)?.length, entries, monitored.stdout);
  assertMatch(monitored.stderr, new RegExp(`^${entries} record\\(s\\)$`, "m"));

  const pub = await runLms(["pub", "5"], env);
  assertEquals(pub.code, 0, pub.stderr);
  assertEquals(new Set(pub.stdout.trimEnd().split("\n")).size, 5);

  // Its own messages only, through a subscription of its own: the five stay for the monitor.
  const emu = await runLms(["emu", "4"], env);
  assertEquals(emu.code, 0, emu.stderr);
  assertMatch(emu.stderr, /^4 record\(s\)$/m);

  emulator.signal("SIGTERM");
  const { code, stdout } = await emulator.ended();
  assertEquals({ code, stdout }, { code: 0, stdout: `export PUBSUB_EMULATOR_HOST=${address}\n` });
  assertEquals(emulator.log.find(({ msg }) => msg === "stopped")?.published, 59);
});

/** A server in this process, which tells when messages were handed over, and a database file. */
async function bench(): Promise<
  AsyncDisposable & { readonly server: FakeServer; readonly path: string; readonly env: Record<string, string> }
> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const server = stack.use(await FakeServer.start());
  const kept = stack.move();
  const path = `${folder.path}/lms.db`;
  return {
    server,
    path,
    env: { PUBSUB_EMULATOR_HOST: server.address, DATABASE_URL: `sqlite:${path}` },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

Deno.test("lms mon with BATCHSIZE=10 stores 25 messages that were waiting as batches of 10, 10 and 5", async () => {
  await using setting = await bench();
  assertEquals((await runLms(["pub", "25"], setting.env)).code, 0);
  await using monitor = new LmsProcess(["mon"], { ...setting.env, BATCHSIZE: "10", FLUSHINTERVAL: "1" });
  await monitor.logged(({ msg, total_stored }) => msg === "flushed" && total_stored === 25);
  monitor.signal("SIGTERM");
  assertEquals((await monitor.ended()).code, 0);
  const flushes = monitor.log.filter(({ msg }) => msg === "flushed").map(({ size, trigger }) => [size, trigger]);
  assertEquals(flushes, [[10, "count"], [10, "count"], [5, "interval"]]);
  assertEquals(sizesOf(setting.path), { entries: 25, counted: 25, deadLetters: 0 });
});

Deno.test("lms mon at SIGTERM stores what it holds and exits 0", async () => {
  await using setting = await bench();
  await using monitor = new LmsProcess(["mon"], { ...setting.env, FLUSHINTERVAL: "300" });
  await setting.server.waitFor(({ openStreams }) => openStreams > 0);
  assertEquals((await runLms(["pub", "5"], setting.env)).code, 0);
  await setting.server.waitFor(({ delivered }) => delivered === 5);
  monitor.signal("SIGTERM");
  assertEquals((await monitor.ended()).code, 0);
  const flushes = monitor.log.filter(({ msg }) => msg === "flushed").map(({ size, trigger }) => [size, trigger]);
  assertEquals(flushes, [[5, "end"]]);
  assertEquals(sizesOf(setting.path), { entries: 5, counted: 5, deadLetters: 0 });
  assertEquals(setting.server.stats().acknowledged, 5);
});

Deno.test("lms mon counts by the minute as MINUTESERVICES says, and tells others what it holds, since when", async () => {
  await using setting = await bench();
  const env = { ...setting.env, BATCHSIZE: "3", FLUSHINTERVAL: "300", MINUTESERVICES: "1" };
  await using monitor = new LmsProcess(["mon"], env);
  await setting.server.waitFor(({ openStreams }) => openStreams > 0);
  const publish = (...services: readonly string[]) =>
    setting.server.publish(
      "projects/lms/topics/log-topic",
      services.map((service) => ({
        data: new TextEncoder().encode(JSON.stringify({ service_name: service, severity: "info", payload: "" })),
      })),
    );
  publish("alpha", "bravo", "alpha");
  await monitor.logged(({ msg, total_stored }) => msg === "flushed" && total_stored === 3);
  const from = new Date().toISOString().slice(0, 19).replace("T", " ");
  publish("alpha");
  await setting.server.waitFor(({ delivered }) => delivered === 4);
  using database = new DatabaseSync(setting.path, { readOnly: true });
  const told = database.prepare("SELECT held, oldest_publish_time AS oldest FROM instances WHERE held > 0");
  let row = told.get();
  for (; row === undefined; row = told.get()) await new Promise((resolve) => setTimeout(resolve, 100));
  assertEquals(row.held, 1);
  const oldest = String(row.oldest);
  assert(from <= oldest && oldest < new Date().toISOString().replace("T", " "), oldest);
  const minutes = database.prepare(
    "SELECT service_name, sum(count) AS count FROM service_severity_minutes GROUP BY service_name ORDER BY service_name",
  ).all().map((minute) => [minute.service_name, minute.count]);
  assertEquals(minutes, [["", 1], ["alpha", 2]]);
  monitor.signal("SIGTERM");
  assertEquals((await monitor.ended()).code, 0);
});

Deno.test("lms mon that cannot store within GRACE gives its messages back and exits 3", async () => {
  await using setting = await bench();
  await using monitor = new LmsProcess(["mon"], { ...setting.env, FLUSHINTERVAL: "300", GRACE: "1" });
  await setting.server.waitFor(({ openStreams }) => openStreams > 0);
  using locker = new DatabaseSync(setting.path);
  locker.exec("BEGIN EXCLUSIVE");
  assertEquals((await runLms(["pub", "5"], setting.env)).code, 0);
  await setting.server.waitFor(({ delivered }) => delivered === 5);
  monitor.signal("SIGTERM");
  assertEquals((await monitor.ended()).code, 3);
  locker.exec("ROLLBACK");
  assertEquals(sizesOf(setting.path), { entries: 0, counted: 0, deadLetters: 0 });
  assertEquals(setting.server.stats().acknowledged, 0);
  assertEquals(setting.server.stats().nacked, 5);

  // They are not lost: the next monitor stores them.
  await using next = new LmsProcess(["mon"], { ...setting.env, FLUSHINTERVAL: "100ms" });
  await next.logged(({ msg, total_stored }) => msg === "flushed" && total_stored === 5);
  next.signal("SIGINT");
  assertEquals((await next.ended()).code, 0);
  assertEquals(sizesOf(setting.path), { entries: 5, counted: 5, deadLetters: 0 });
});
