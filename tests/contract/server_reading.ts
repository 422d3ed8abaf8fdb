/**
 * Reading from a server.
 *
 * @module
 */
import { createConnection } from "mysql2/promise";
import { StoredLogQueries } from "../../src/reading/stored_log_queries.ts";
import { MYSQL_DIALECT } from "../../src/store/mysql/log_runner.ts";
import { openLogReader } from "../../src/store/open_log_reader.ts";
import type { TestServer } from "../support/database.ts";
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
}
