/**
 * Every command in this process, over real gRPC, with nothing else running.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, type World } from "../../src/cli/run.ts";
import { openLog } from "../../src/ops/logger.ts";
import { Terminal } from "../../src/ops/terminal.ts";
import { parseManifest } from "../../src/sim/manifest_json.ts";
import { fakeWorld } from "../support/world.ts";

/** A world that remembers what the program said. */
class TestWorld implements World {
  readonly printed: string[] = [];
  readonly noted: string[] = [];
  readonly complained: string[] = [];
  readonly logged: Record<string, unknown>[] = [];
  readonly files = new Map<string, string>();
  readonly stop = new AbortController();
  readonly stopNow = new AbortController();
  readonly drain = this.stop.signal;
  readonly abort = this.stopNow.signal;
  readonly unread = new AbortController().signal;
  readonly build = "lms 1.2.3 (from a test)";
  readonly program = "lms";
  readonly version = "1.2.3";
  readonly date = undefined;
  readonly interactive = false;
  readonly results = {};
  readonly terminal = new Terminal({ write: (text) => void this.noted.push(text.trimEnd()), live: false });
  readonly args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #waiting: { readonly text: string; readonly resolve: (line: string) => void } | undefined;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.args = args;
    this.#env = env;
  }

  readonly env = (name: string): string | undefined => this.#env[name];
  readonly complain = (line: string): void => void this.complained.push(line);
  readonly readFile = (path: string): Promise<string> => Deno.readTextFile(path);
  readonly readInput = (): ReadableStream<Uint8Array> => ReadableStream.from([]);
  readonly reserveFile = (path: string): Promise<void> => Promise.resolve(void this.files.set(path, ""));
  readonly mayWrite = (): boolean => true;
  readonly writeFile = (path: string, text: string): Promise<void> => Promise.resolve(void this.files.set(path, text));
  readonly print = (line: string): void => {
    this.printed.push(line);
    if (this.#waiting !== undefined && line.includes(this.#waiting.text)) this.#waiting.resolve(line);
  };
  readonly printRows = (rows: readonly string[]): void => rows.forEach(this.print);
  readonly openLog: World["openLog"] = () =>
    openLog({ level: "debug", format: "json", write: (line) => void this.logged.push(JSON.parse(line)) });

  /** The first line to come that holds the text. */
  prints(text: string): Promise<string> {
    return new Promise((resolve) => this.#waiting = { text, resolve });
  }

  /** Values of one field over all batches, in order. */
  flushed(field: string): unknown[] {
    return this.logged.filter(({ msg }) => msg === "flushed").map((line) => line[field]);
  }
}

/** The embedded server as a command, for the others. */
async function startEmulator(): Promise<{ env: Record<string, string> } & AsyncDisposable> {
  const world = new TestWorld(["emulator", "--port=0"]);
  const ready = world.prints("PUBSUB_EMULATOR_HOST=");
  const ended = run(world);
  const address = (await ready).split("=")[1]!;
  return {
    env: { PUBSUB_EMULATOR_HOST: address },
    async [Symbol.asyncDispose]() {
      world.stop.abort();
      assertEquals(await ended, 0);
    },
  };
}

Deno.test("lms mock stores its own messages and prints them as CSV", async () => {
  const world = new TestWorld(["mock", "7"]);
  assertEquals(await run(world), 0);
  assertEquals(world.printed[0], "service_name,payload,severity,timestamp,created_at");
  assertEquals(world.noted.at(-1), "7 record(s)");
  assertEquals(world.printed.filter((line) => /Z,\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(line)).length, 7);
});

Deno.test("lms mon stores what was published before it started in batches of 10, 10 and 5", async () => {
  await using emulator = await startEmulator();
  const pub = new TestWorld(["pub", "25"], emulator.env);
  assertEquals(await run(pub), 0);
  assertEquals(new Set(pub.printed).size, 25);

  const mon = new TestWorld(["mon"], {
    ...emulator.env,
    DATABASE_URL: "sqlite::memory:",
    BATCHSIZE: "10",
    FLUSHINTERVAL: "500ms",
    DURATION: "2",
  });
  assertEquals(await run(mon), 0);
  assertEquals(mon.flushed("size"), [10, 10, 5]);
  assertEquals(mon.flushed("trigger"), ["count", "count", "interval"]);
  assertEquals(mon.noted.at(-1), "25 record(s)");
});

Deno.test("lms mon drains: what it holds when it is stopped is stored and acknowledged", async () => {
  await using emulator = await startEmulator();
  assertEquals(await run(new TestWorld(["pub", "4"], emulator.env)), 0);
  const mon = new TestWorld(["mon"], { ...emulator.env, DATABASE_URL: "sqlite::memory:", DURATION: "1" });
  assertEquals(await run(mon), 0);
  assertEquals(mon.flushed("trigger"), ["end"]);
  assertEquals(mon.flushed("total_stored"), [4]);

  const next = new TestWorld(["mon"], { ...emulator.env, DATABASE_URL: "sqlite::memory:", DURATION: "1" });
  assertEquals(await run(next), 0);
  assertEquals(next.flushed("size"), []);
});

Deno.test("lms sim publishes what its manifest says, and lms mon stores it, malformed messages as dead letters", async () => {
  await using emulator = await startEmulator();
  const sim = new TestWorld(
    ["sim", "--messages=300", "--rate=max", "--seed=1", "--malformed=0.2", "--manifest=m.json", "--list-messages"],
    emulator.env,
  );
  assertEquals(await run(sim), 0);
  const parsed = parseManifest(sim.files.get("m.json")!);
  if (!parsed.ok) throw new Error(parsed.problem);
  const manifest = parsed.value;
  const malformed = [...manifest.malformed.values()].reduce((sum, count) => sum + count, 0);
  assertEquals(manifest.messages?.length, 300);
  assertEquals(malformed > 0, true);

  const mon = new TestWorld(["mon", "--print-log=5"], {
    ...emulator.env,
    DATABASE_URL: "sqlite::memory:",
    FLUSHINTERVAL: "200ms",
    DURATION: "2",
  });
  assertEquals(await run(mon), 0);
  assertEquals(mon.flushed("total_dead_letters").at(-1), malformed);
  assertEquals(mon.flushed("total_stored").at(-1), 300 - malformed);
  assertEquals(mon.noted.at(-1), `${300 - malformed} record(s)`);
});

Deno.test("lms emu leaves what others wait for alone", async () => {
  await using emulator = await startEmulator();
  const emu = new TestWorld(["emu"], emulator.env);
  assertEquals(await run(emu), 0);
  assertEquals(emu.noted.at(-1), "3 record(s)");
  const mon = new TestWorld(["mon"], { ...emulator.env, DATABASE_URL: "sqlite::memory:", DURATION: "1" });
  assertEquals(await run(mon), 0);
  assertEquals(mon.flushed("total_stored"), [3]);
});

Deno.test("lms demo ends with tables that agree", async () => {
  const demo = new TestWorld(["demo", "--rate=200", "--seed=5"], {
    DATABASE_URL: "sqlite::memory:",
    DURATION: "1",
    FLUSHINTERVAL: "200ms",
  });
  assertEquals(await run(demo), 0);
  assertStringIncludes(demo.printed.join("\n"), "the tables agree");
  const published = Number(/published\s+(\d+)/.exec(demo.printed.join("\n"))?.[1]);
  assertEquals(published > 100, true);
});

Deno.test("lms demo sees to the database as a monitor does: it adopts what an older version stored", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/lms.db`;
  const env = { DATABASE_URL: `sqlite:${path}`, DURATION: "1", FLUSHINTERVAL: "200ms" };
  const adopted = () => {
    using db = new DatabaseSync(path);
    const [row] = db.prepare("SELECT COUNT(*) AS missing FROM service_logs WHERE batch IS NULL").all();
    return row!.missing === 0;
  };
  assertEquals(await run(new TestWorld(["demo", "--rate=50", "--seed=5"], env)), 0);
  {
    using db = new DatabaseSync(path);
    db.exec(`INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, timestamp)
VALUES ('2026-01-02 03:04:05.000000', '1', 'older', 'x', 'info', '2026-01-02 03:04:05.000000');
INSERT INTO service_severity (service_name, severity, count) VALUES ('older', 'info', 1);`);
  }
  assertEquals(adopted(), false);
  assertEquals(await run(new TestWorld(["demo", "--rate=50", "--seed=6"], env)), 0);
  assertEquals(adopted(), true);
  await Deno.remove(folder, { recursive: true });
});

for (const live of [true, false]) {
  Deno.test(`lms demo runs ${live ? "until it is stopped on a terminal" : "30 s elsewhere"}, unless DURATION says`, async () => {
    const world = fakeWorld(["demo", "--database=sqlite::memory:", "--rate=100"]);
    const flushed = Promise.withResolvers<void>();
    const print = (line: string) => {
      world.print(line);
      if (/ stored /.test(line)) flushed.resolve();
    };
    const terminal = new Terminal({ write: () => flushed.resolve(), live });
    const ended = run({ ...world, print, terminal });
    await flushed.promise;
    world.stop();
    assertEquals(await ended, 0);
    assertMatch(world.printed[0]!, /^reading at http:\/\/127\.0\.0\.1:\d+$/, "where to look comes first of all");
    assertEquals(world.printed[2], live ? "until Ctrl-C" : "for 30s; Ctrl-C ends it earlier");
    assertEquals(world.printed.includes("next"), false);
  });
}

Deno.test("lms migrate --dry-run prints SQL and changes nothing", async () => {
  const migrate = new TestWorld(["migrate", "--dry-run"], { DATABASE_URL: "sqlite::memory:" });
  assertEquals(await run(migrate), 0);
  assertMatch(migrate.printed.join("\n"), /CREATE TABLE/);
});

Deno.test("lms mon gives up on a database that is not there, naming its address and never its password", async () => {
  await using emulator = await startEmulator();
  const mon = new TestWorld(["mon", "--startup-timeout=0"], {
    ...emulator.env,
    DATABASE_URL: "mysql://lms:open-sesame@127.0.0.1:1/lms",
  });
  assertEquals(await run(mon), 1);
  const said = JSON.stringify(mon.logged) + mon.complained.join();
  assertStringIncludes(said, "mysql://127.0.0.1:1/lms");
  assertEquals(said.includes("open-sesame"), false);
});

// The client library has timers under way, which end with the process.
Deno.test({
  name: "lms mon that is stopped while its emulator does not answer ends at once",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted = silent.accept();
    const world = fakeWorld(["mon", "--database=sqlite::memory:"], {
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${silent.addr.port}`,
    });
    const ended = run(world);
    using _connection = await accepted;
    world.stop();
    assertEquals(await ended, 0);
  },
});
