/**
 * Opens the database as the settings say, and brings its schema up to date.
 *
 * @module
 */
import { type Config, nameOf } from "../config/settings.ts";
import {
  type COUNTING_SETTINGS,
  type DATABASE_SETTINGS,
  LOCAL_DATABASE,
  LOCAL_FILE,
} from "../config/settings/database.ts";
import { UsageError } from "../config/usage_error.ts";
import { Backoff } from "../ops/backoff.ts";
import type { Log } from "../ops/logger.ts";
import { sleep } from "../ops/sleep.ts";
import type { MaintainedStore, StoreFacts } from "../store/maintenance.ts";
import { isServerAnswer } from "../store/mysql/errors.ts";
import { type FileAccess, openStore } from "../store/open_store.ts";
import { type Store, StoreError } from "../store/store.ts";
import type { Context } from "./context.ts";
import { findDatabase } from "./database_address.ts";
import { checkedFacts } from "./database_facts.ts";

/** What opening needs to know. */
export interface StoreNeeds {
  /** Why the database must be named; absent: where nobody names one, a file in this folder does. */
  readonly named?: string | undefined;
  /** What is done with the files of an SQLite database; default: they are made where they are missing. */
  readonly access?: FileAccess;
  /** Connections that write at once. */
  readonly writers: number;
  /** The command's log, and what it may do with files. */
  readonly context: Pick<Context, "log" | "readFile" | "mayWrite" | "program" | "version">;
}

/** Of commands that work on a database that is there: a new one would be taken for an answer. */
export const NAMED = "this command works on the one that you name";

/**
 * Opens the store that the settings name. Files of it are read, and nothing is connected yet.
 *
 * @throws {UsageError} When the URL is missing or not understood, or when it and the password contradict each other.
 */
export async function openDatabase(
  config: Config<keyof typeof DATABASE_SETTINGS> & Partial<Config<keyof typeof COUNTING_SETTINGS>>,
  { named, access, writers, context }: StoreNeeds,
): Promise<MaintainedStore> {
  const { log, readFile } = context;
  if (config.database === undefined && config.databaseUrlFile === undefined) {
    const files = context.mayWrite(LOCAL_FILE);
    const why = named ?? (files ? undefined : "it must be named, since this program was built to write no file here");
    if (why !== undefined) {
      throw new UsageError(
        `Cannot choose a database: ${why}; set ${nameOf("database")} or ${nameOf("databaseUrlFile")}, ` +
          `such as mysql://user@host:3306/lms${files ? ` or ${LOCAL_DATABASE}` : ""}`,
      );
    }
  }
  const { address, password } = await findDatabase(
    { ...config, database: config.database ?? LOCAL_DATABASE },
    readFile,
  );
  return openStore(address, {
    writers,
    password,
    ...(access === undefined ? {} : { access }),
    ...(config.minuteServices === undefined ? {} : { minuteServices: config.minuteServices }),
    instance: { name: `${context.program} ${Deno.pid}`, version: context.version },
    onWarning: (warning) => log.warn(warning),
  });
}

/** What preparing needs to know. */
export interface PrepareOptions {
  /** How long to try, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly stop: AbortSignal;
  readonly log: Log;
}

/** How often the wait for a database is told. */
const TOLD_EVERY_MS = 10_000;

/**
 * Waits for the database and brings its schema up to date.
 *
 * @returns Whether it is ready; `false` when it was told to stop before.
 * @throws {StoreError} When the database is not there in time, or trying again does not help.
 */
export async function prepareStore(store: Store, options: PrepareOptions): Promise<boolean> {
  return await untilThere(store, options, async () => {
    await migrate(store, options.log);
    return true;
  }) ?? false;
}

/**
 * Waits for the database, brings its schema up to date, and finds out whether a monitor can work with it.
 *
 * @returns What the database says about itself; `undefined` when it was told to stop before.
 * @throws {StoreError} When the database is not there in time, lacks something, or trying again does not help.
 */
export async function prepareMonitorStore(
  store: MaintainedStore,
  options: PrepareOptions,
): Promise<StoreFacts | undefined> {
  return await untilThere(store, options, async () => {
    await migrate(store, options.log);
    await store.rehearse();
    return checkedFacts(await store.facts());
  });
}

async function migrate(store: Store, log: Log): Promise<void> {
  for (const { version, name } of await store.migrate({ dryRun: false })) {
    log.info("schema migrated", { version, name, database: store.address });
  }
}

/** What `work` comes to, which is tried again while the database is away. */
async function untilThere<T>(
  store: Store,
  { timeoutMs, stop, log }: PrepareOptions,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const startedAt = performance.now();
  const backoff = new Backoff({ firstMs: 200, maxMs: 5_000 });
  let toldAt = -Infinity;
  while (!stop.aborted) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreError) || error.disposition === "fatal") throw error;
      const now = performance.now();
      if (now - startedAt >= timeoutMs) {
        throw new StoreError(
          `Cannot reach the database within ${Math.round(timeoutMs / 1000)} s: ${store.address}: ${error.message}; ` +
            // Who answers is running.
            `${isServerAnswer(error.cause) ? "" : "is it running? "}${
              nameOf("startupTimeoutMs")
            } says how long to wait`,
          { disposition: "fatal", cause: error },
        );
      }
      if (now - toldAt >= TOLD_EVERY_MS) {
        toldAt = now;
        log.warn("waiting for the database", { database: store.address, reason: error.message });
      }
      await sleep(Math.min(backoff.next(), timeoutMs), stop).catch(() => {});
    }
  }
  return undefined;
}
