import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openDatabase, prepareMonitorStore, prepareStore } from "../../../src/app/database.ts";
import { UsageError } from "../../../src/config/usage_error.ts";
import { type Log, openLog } from "../../../src/ops/logger.ts";
import { SqliteStore } from "../../../src/store/sqlite/store.ts";
import type { AppliedMigration } from "../../../src/store/store.ts";
import { StoreError } from "../../../src/store/store.ts";
import { MemoryStore, storeError } from "../../support/memory_store.ts";
import { FakeTime } from "../../support/time.ts";

/** A store whose migration does what a test says. */
class MigratingStore extends MemoryStore {
  attemptsToMigrate = 0;
  readonly #onMigrate: () => void;

  constructor(onMigrate: () => void) {
    super();
    this.#onMigrate = onMigrate;
  }

  override migrate(): Promise<AppliedMigration[]> {
    this.attemptsToMigrate++;
    return new Promise((resolve) => {
      this.#onMigrate();
      resolve([{ version: 1, name: "first", statements: [] }]);
    });
  }
}

interface Setting {
  readonly lines: string[];
  readonly stop: AbortController;
  readonly log: Log;
  prepare(store: MemoryStore, timeoutMs: number): Promise<boolean>;
}

function setting(): Setting {
  const lines: string[] = [];
  const stop = new AbortController();
  const log = openLog({ level: "info", format: "text", write: (line) => lines.push(line) });
  return {
    lines,
    stop,
    log,
    prepare: (store, timeoutMs) => prepareStore(store, { timeoutMs, stop: stop.signal, log }),
  };
}

const needs = {
  writers: 1,
  context: {
    log: openLog({ level: "error", format: "text", write: () => {} }),
    readFile: () => Promise.reject(new Error("no file is named")),
    program: "lms",
    version: "0",
    mayWrite: () => true,
  },
};
const NOTHING = {
  database: undefined,
  databaseUrlFile: undefined,
  mysqlPassword: undefined,
  mysqlPasswordFile: undefined,
};

Deno.test("openDatabase() opens the database that is named, and connects to nothing", async () => {
  await using store = await openDatabase({ ...NOTHING, database: "sqlite::memory:" }, needs);
  assertEquals(store.address, "sqlite::memory:");
});

Deno.test("openDatabase() opens the database that a file names", async () => {
  const readFile = () => Promise.resolve("sqlite::memory:\n");
  const context = { ...needs.context, readFile };
  const config = { ...NOTHING, databaseUrlFile: "/run/secrets/url" };
  await using store = await openDatabase(config, { ...needs, context });
  assertEquals(store.address, "sqlite::memory:");
});

Deno.test("openDatabase() that must be told where says why, and how to name a database", async () => {
  const refused = await assertRejects(() => openDatabase(NOTHING, { ...needs, named: "it is asked for" }), UsageError);
  assertEquals(
    refused.message,
    "Cannot choose a database: it is asked for; set --database (DATABASE_URL) or DATABASE_URL_FILE, " +
      "such as mysql://user@host:3306/lms or sqlite:./lms.db",
  );
});

Deno.test("openDatabase() of a program that may write no file must be told where, and speaks of no file", async () => {
  const context = { ...needs.context, program: "lms", version: "0", mayWrite: () => false };
  const { message } = await assertRejects(() => openDatabase(NOTHING, { ...needs, context }), UsageError);
  assertMatch(message, /built to write no file here; set --database .* such as mysql:\/\/\S+$/);
});

Deno.test("openDatabase() names the setting of a bad URL, and never the URL", async () => {
  const database = "postgres://lms:s3cr3t@db/lms";
  const error = await assertRejects(() => openDatabase({ ...NOTHING, database }, needs), UsageError);
  assertMatch(error.message, /^Cannot use --database \(DATABASE_URL\): it /);
  assertEquals(/s3cr3t|postgres/.test(error.message), false);
});

Deno.test("prepareStore() tells of each migration that was applied", async () => {
  const { lines, prepare } = setting();
  assertEquals(await prepare(new MigratingStore(() => {}), 0), true);
  assertEquals(lines.length, 1);
  assertMatch(lines[0]!, /INFO {2}schema migrated version=1 name=first database=memory:$/);
});

Deno.test("prepareStore() tries again while the database is away, and tells so at most every ten seconds", async () => {
  using time = new FakeTime();
  const { lines, prepare } = setting();
  let away = true;
  const store = new MigratingStore(() => {
    if (away) throw storeError("reconnect", "connection refused");
  });
  const prepared = prepare(store, 60_000);
  await time.tickAsync(9_000);
  assertEquals(lines.length, 1);
  assertMatch(lines[0]!, /WARN {2}waiting for the database database=memory: reason="connection refused"$/);
  await time.tickAsync(16_000);
  assertEquals(lines.length === 2 || lines.length === 3, true, lines.join("\n"));
  away = false;
  await time.tickAsync(5_000);
  assertEquals(await prepared, true);
  assertEquals(time.timers, 0);
});

Deno.test("prepareStore() gives up after its time, with the address, the reason and the setting", async () => {
  using time = new FakeTime();
  const { prepare } = setting();
  const prepared = assertRejects(
    () =>
      prepare(
        new MigratingStore(() => {
          throw storeError("reconnect", "connection refused");
        }),
        10_000,
      ),
    StoreError,
    "Cannot reach the database within 10 s: memory:: connection refused; is it running? " +
      "--startup-timeout (STARTUPTIMEOUT) says how long to wait",
  );
  await time.tickAsync(15_000);
  assertEquals((await prepared).disposition, "fatal");
});

Deno.test("prepareStore() does not ask whether a server that answered is running", async () => {
  using time = new FakeTime();
  const { prepare } = setting();
  const cause = Object.assign(new Error("Too many connections"), { errno: 1040, sqlState: "08004" });
  const prepared = assertRejects(
    () =>
      prepare(
        new MigratingStore(() => {
          throw new StoreError("Too many connections", { disposition: "reconnect", cause });
        }),
        10_000,
      ),
    StoreError,
    "memory:: Too many connections; --startup-timeout (STARTUPTIMEOUT) says how long to wait",
  );
  await time.tickAsync(15_000);
  await prepared;
});

Deno.test("prepareStore() does not wait where waiting does not help", async () => {
  const store = new MigratingStore(() => {
    throw storeError("fatal", "wrong password");
  });
  await assertRejects(() => setting().prepare(store, 60_000), StoreError, "wrong password");
  assertEquals(store.attemptsToMigrate, 1);
});

Deno.test("prepareStore() ends its wait when it is told to stop", async () => {
  using time = new FakeTime();
  const { prepare, stop } = setting();
  const prepared = prepare(
    new MigratingStore(() => {
      throw storeError("reconnect");
    }),
    60_000,
  );
  await time.tickAsync(1_000);
  stop.abort();
  assertEquals(await prepared, false);
  assertEquals(time.timers, 0);
});

Deno.test("prepareMonitorStore() tries again what fails after the migration while the database is away", async () => {
  using time = new FakeTime();
  const { stop, log, lines } = setting();
  const asked: string[] = [];
  /** Fails twice. */
  const ask = (name: string) => {
    asked.push(name);
    if (asked.filter((once) => once === name).length < 3) throw storeError("reconnect", `${name}: connection lost`);
  };
  await using store = new class extends SqliteStore {
    override async rehearse() {
      ask("rehearse");
      await super.rehearse();
    }
    override async facts() {
      ask("facts");
      return await super.facts();
    }
  }({ kind: "sqlite", path: ":memory:" }, {
    access: "create",
    onWarning: () => {},
    instance: { name: "lms", version: "" },
    minuteServices: 1,
  });
  const prepared = prepareMonitorStore(store, { timeoutMs: 60_000, stop: stop.signal, log });
  await time.tickAsync(30_000);
  assertEquals((await prepared)?.strict, true);
  assertEquals(asked, ["rehearse", "rehearse", "rehearse", "facts", "rehearse", "facts", "rehearse", "facts"]);
  assertEquals(lines.some((line) => line.includes("connection lost")), true);
});
