import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../src/store/open_store.ts";
import { StoreError } from "../../src/store/store.ts";
import { entry, key } from "../support/entries.ts";
import { exerciseStore } from "./store_contract.ts";
import { assertStored, assertWriteFails, type StoreFixture, write } from "./store_fixture.ts";

const options = { writers: 2, onWarning: (message: string) => assertEquals(message, "no warning") };

async function fresh({ migrated } = { migrated: true }): Promise<StoreFixture> {
  const folder = await Deno.makeTempDir({ prefix: "lms-sqlite-" });
  const path = `${folder}/lms.db`;
  const open: StoreFixture["open"] = (own) => openStore({ kind: "sqlite", path }, { ...options, ...own });
  if (migrated) {
    await using store = open();
    await store.migrate({ dryRun: false });
  }
  return {
    open,
    query: (sql) => {
      const db = new DatabaseSync(path);
      try {
        return Promise.resolve(db.prepare(sql).all().map((row) => ({ ...row })));
      } finally {
        db.close();
      }
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

exerciseStore("SQLite", fresh);

Deno.test({
  name: "SQLite: an in-memory store needs no permission at all",
  permissions: "none",
  fn: async () => {
    await using store = openStore({ kind: "sqlite", path: ":memory:" }, options);
    await store.migrate({ dryRun: false });
    await store.probe();
    await write(store, { entries: [entry(key(1))] });
    await assertStored(store, { entries: [entry(key(1))] });
  },
});

Deno.test("SQLite: an id of the ledger names its own instance, also where another's last is of the same time or later", async () => {
  await using fixture = await fresh();
  await using store = fixture.open();
  await write(store, { entries: [entry(key(1))] });
  // Two writers within a millisecond, as any clock may make them: the other's number is greater.
  await fixture.query("UPDATE batches SET id = id + 5000 * 2097152 + 7 * 512, instance = 7");
  await write(store, { entries: [entry(key(2))] });
  await write(store, { entries: [entry(key(3))] });
  const rows = await fixture.query("SELECT (id >> 9) & 4095 AS named, instance FROM batches ORDER BY id");
  assertEquals(rows.map(({ named, instance }) => [named, instance]), [[7, 7], [0, 0], [0, 0]]);
});

Deno.test("SQLite: a file that is no database is fatal and named", async () => {
  const path = await Deno.makeTempFile({ prefix: "lms-sqlite-" });
  await Deno.writeTextFile(path, "this is a text and longer than the header of a database, ".repeat(20));
  const error = assertThrows(() => openStore({ kind: "sqlite", path }, options), StoreError, path);
  assertEquals(error.disposition, "fatal");
  await Deno.remove(path);
});

Deno.test("SQLite: a path in a folder that does not exist is fatal and named", () => {
  const path = "/does/not/exist/lms.db";
  const error = assertThrows(() => openStore({ kind: "sqlite", path }, options), StoreError, path);
  assertEquals(error.disposition, "fatal");
});

Deno.test("SQLite: a store opened to read changes nothing, beside one that writes too", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lms-sqlite-" });
  const address = { kind: "sqlite", path: `${folder}/lms.db` } as const;
  {
    await using writing = openStore(address, options);
    await writing.migrate({ dryRun: false });
    await write(writing, { entries: [entry(key(1))] });
    await using reading = openStore(address, { ...options, access: "read" });
    await assertRejects(() => write(reading, { entries: [entry(key(2))] }), StoreError, "readonly");
    await write(writing, { entries: [entry(key(3))] });
    assertEquals((await reading.verify()).entries, 2);
  }
  assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), ["lms.db"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("SQLite: write() waits for another process's transaction, and this process goes on meanwhile", async () => {
  const path = await Deno.makeTempFile({ prefix: "lms-sqlite-" });
  {
    await using store = openStore({ kind: "sqlite", path }, options);
    await store.migrate({ dryRun: false });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const writing = write(store, { entries: [entry(key(1))] });
    // In this thread: a wait that blocks it would never see the end.
    setTimeout(() => other.exec("ROLLBACK"), 30);
    await writing;
    await assertStored(store, { entries: [entry(key(1))] });
    other.close();
  }
  for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});
});

Deno.test("SQLite: write() is `retry` while another process holds the write lock, and exact afterwards", async () => {
  const path = await Deno.makeTempFile({ prefix: "lms-sqlite-" });
  {
    await using store = openStore({ kind: "sqlite", path }, options);
    await store.migrate({ dryRun: false });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await assertWriteFails(store, { entries: [entry(key(1))] }, "retry");
    const probed = await assertRejects(() => store.probe(), StoreError);
    assertEquals(probed.disposition, "retry");
    other.exec("ROLLBACK");
    other.close();
    await store.probe();
    await write(store, { entries: [entry(key(1))] });
    await assertStored(store, { entries: [entry(key(1))] });
  }
  for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});
});
