/**
 * The version before goes on writing while this one migrates, beside it afterwards, restarts and comes back.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { parseDatabaseUrl } from "../../src/store/database_url.ts";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import { openStore } from "../../src/store/open_store.ts";
import { startDatabase } from "../support/database.ts";
import { entry, key } from "../support/entries.ts";
import { VersionBefore } from "../support/version_before.ts";
import { assertAccount, type Query } from "./store_account.ts";
import { writeWithRetries } from "./store_fixture.ts";

interface Place extends AsyncDisposable {
  readonly url: string;
  readonly query: Query;
}

async function onServer(kind: "mysql" | "mariadb"): Promise<Place> {
  const server = await startDatabase(kind);
  const database = await server.freshDatabase();
  return {
    url: database.url,
    query: (sql) => database.query(sql),
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function inFile(): Promise<Place> {
  const folder = await Deno.makeTempDir({ prefix: "lms-before-db-" });
  const path = `${folder}/lms.db`;
  return {
    url: `sqlite:${path}`,
    query: (sql) => {
      using db = new DatabaseSync(path);
      return Promise.resolve(db.prepare(sql).all());
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function open(url: string): MaintainedStore {
  const parsed = parseDatabaseUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  return openStore(parsed.value, { writers: 1, onWarning: () => {} });
}

/** Until the table is free for it: the version before is writing. */
async function untilDone<T>(work: () => Promise<T>, isDone: (result: T) => boolean): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      if (isDone(await work())) return;
    } catch (error) {
      if (tries > 50) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

for (
  const [kind, make] of [["SQLite", inFile], ["MySQL", () => onServer("mysql")], [
    "MariaDB",
    () => onServer("mariadb"),
  ]] as const
) {
  Deno.test(`${kind}: the version before writes while its tables are migrated and beside this version, and all is adopted`, async () => {
    await using place = await make();
    await using before = await VersionBefore.checkOut();
    const first = await before.start(place.url, { first: 0, batches: 5 }).stop();
    assertEquals(first, 50);

    const beside = before.start(place.url, { first: 1_000 });
    await beside.writing;
    await using store = open(place.url);
    await untilDone(() => store.migrate({ dryRun: false }), () => true);
    let written = 0;
    for (let n = 0; n < 10; n++) {
      const entries = Array.from({ length: 10 }, (_, i) => entry(key(n * 10 + i)));
      written += (await writeWithRetries(store, { entries })).stored;
    }
    await untilDone(() => store.buildIndexes(), (progress) => progress === "done");
    await untilDone(() => store.adopt(), (adopted) => adopted !== "busy");
    const second = await beside.stop() - 1_000;

    // It restarts, beside the tables that it does not know.
    const third = await before.start(place.url, { first: 20_000, batches: 3 }).stop() - 20_000;
    assertEquals(third, 30);
    const between = await store.verify();
    assertEquals([between.differences, between.times, between.inBoth], [[], [], 0]);
    assertGreater(between.unadopted, 29);

    await untilDone(() => store.adopt(), (adopted) => adopted === 0);
    const { entries, unadopted } = await assertAccount(place.query);
    assertEquals([entries, unadopted], [first + second + third + written, 0]);
    assertEquals((await store.verify()).deadLetters.open, (first + second + third) / 10);
  });
}
