/**
 * Reading from a server.
 *
 * @module
 */
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { createConnection } from "mysql2/promise";
import { StoredLogQueries } from "../../src/reading/stored_log_queries.ts";
import { MYSQL_DIALECT, MysqlRunner } from "../../src/store/mysql/log_runner.ts";
import { ReadTimeoutError } from "../../src/store/log_rows.ts";
import { openLogReader } from "../../src/store/open_log_reader.ts";
import type { TestServer } from "../support/database.ts";
import { exerciseReadingBesideWriters } from "./reading_beside_writers.ts";
import { exerciseReading } from "./reading_contract.ts";
import type { ReadingFixture } from "./reading_fixture.ts";
import { addressOf, migrated } from "./server_fixture.ts";

/** A fresh database on the server, with readers. */
export async function serverReading(server: TestServer): Promise<ReadingFixture> {
  const database = await migrated(server);
  const connection = await createConnection({ uri: database.plainUrl, charset: "utf8mb4_bin" });
  await connection.query("SET time_zone = '+00:00'");
  const reader = openLogReader(addressOf(database.url), {
    onWarning: (message) => {
      throw new Error(message);
    },
  });
  const queries = new StoredLogQueries(reader);
  return {
    dialect: MYSQL_DIALECT,
    queries,
    transact: async (statements) => {
      await connection.query("START TRANSACTION");
      for (const sql of statements) await connection.query(sql);
      await connection.query("COMMIT");
    },
    [Symbol.asyncDispose]: async () => {
      await queries[Symbol.asyncDispose]();
      await connection.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Registers the contract and the cases of servers. @param name Goes in front of the tests' names. */
export function exerciseServerReading(name: string, server: TestServer): void {
  exerciseReading(name, () => serverReading(server));
  exerciseReadingBesideWriters(name, server);

  Deno.test(`${name}: a statement that takes longer than its time is ended by the server`, async () => {
    await using database = await migrated(server);
    await using runner = new MysqlRunner(addressOf(database.url), {
      connectionsMax: 1,
      connectTimeoutMs: 10_000,
      idleMs: 60_000,
      onWarning: (message) => assertEquals(message, "no warning"),
    });
    const slow = "SELECT SLEEP(30) + (SELECT COUNT(*) FROM service_logs)";
    // MySQL answers a sleep that was cut short, and MariaDB refuses it.
    await runner.run(slow, { timeoutMs: 200 }).catch((error) => assertInstanceOf(error, ReadTimeoutError));
    const heavy = "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, \
information_schema.columns c";
    await assertRejects(() => runner.run(heavy, { timeoutMs: 200 }), ReadTimeoutError, "200 ms");
    // The connection is as good as before: it was the server that gave up.
    const [[id]] = await runner.run("SELECT CONNECTION_ID()", { timeoutMs: 5_000 }) as [[unknown]];
    await assertRejects(() => runner.run(heavy, { timeoutMs: 200 }), ReadTimeoutError);
    assertEquals(await runner.run("SELECT CONNECTION_ID()", { timeoutMs: 5_000 }), [[id]]);
    // Who waits for the one connection waits in its own time.
    const first = assertRejects(() => runner.run(heavy, { timeoutMs: 400 }), ReadTimeoutError);
    await assertRejects(() => runner.run("SELECT 1", { timeoutMs: 50 }), ReadTimeoutError);
    await first;
  });
}
