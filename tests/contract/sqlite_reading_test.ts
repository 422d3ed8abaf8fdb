import { DatabaseSync } from "node:sqlite";
import { StoredLogQueries } from "../../src/reading/stored_log_queries.ts";
import { openLogReader } from "../../src/store/open_log_reader.ts";
import { openStore } from "../../src/store/open_store.ts";
import { SQLITE_DIALECT } from "../../src/store/sqlite/log_statements.ts";
import { exerciseReading } from "./reading_contract.ts";
import type { ReadingFixture } from "./reading_fixture.ts";

const options = {
  writers: 1,
  onWarning: (message: string) => {
    throw new Error(message);
  },
};

async function fresh(): Promise<ReadingFixture> {
  const folder = await Deno.makeTempDir({ prefix: "lms-reading-" });
  const address = { kind: "sqlite", path: `${folder}/lms.db` } as const;
  const store = openStore(address, options);
  await store.migrate({ dryRun: false });
  const queries = new StoredLogQueries(openLogReader(address, options));
  const db = new DatabaseSync(address.path);
  return {
    dialect: SQLITE_DIALECT,
    queries,
    transact: (statements) => {
      db.exec("BEGIN IMMEDIATE");
      for (const sql of statements) db.exec(sql);
      db.exec("COMMIT");
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: async () => {
      await queries[Symbol.asyncDispose]();
      db.close();
      await store[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

exerciseReading("SQLite", fresh);
