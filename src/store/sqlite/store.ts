/**
 * The store in an SQLite database, a file or memory, through the runtime's own `node:sqlite`.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { LogEntry, MessageKey } from "../../entry/entry.ts";
import { sleep } from "../../ops/sleep.ts";
import { MinuteServices } from "../counts.ts";
import { describeAddress, type SqliteAddress } from "../database_url.ts";
import { LedgerIds } from "../ledger_id.ts";
import type { BatchId } from "../log_rows.ts";
import type {
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterPage,
  DeadLetterSummary,
  MaintainedStore,
  Progress,
  ReplayResult,
  StoredDeadLetter,
  StoreFacts,
  Verification,
} from "../maintenance.ts";
import { dropAll, replayAll } from "../replay.ts";
import {
  type AppliedMigration,
  type HeldState,
  type SeverityCount,
  type StoredEntry,
  StoreError,
  type Totals,
  type WriteBatch,
  type WriteResult,
} from "../store.ts";
import { planWrite, writeResult } from "../write_plan.ts";
import { adoptRows } from "./adopt.ts";
import {
  countDeadLetters,
  deadLettersByKey,
  dropDeadLetters,
  groupDeadLetters,
  listDeadLetters,
  replayEntries,
} from "./dead_letters.ts";
import { isBusy, isSqliteError, sqliteStoreError } from "./errors.ts";
import { InstanceClaim } from "./instances.ts";
import { mergeHour } from "./merge.ts";
import { applyMigrations, plannedMigrations } from "./migrate.ts";
import { readEntries, readSeverityCounts, readTotals } from "./read.ts";
import { Records } from "./record.ts";
import { checkSchema, checkVersion } from "./schema.ts";
import { execute, inTransaction } from "./transaction.ts";
import { readFacts, readVerification, repairCounters } from "./verify.ts";
import { SqliteWriter } from "./write.ts";

/** The path of a database that is gone with its connection. */
const MEMORY = ":memory:";

/** How long to wait for another process's transaction; then it is `retry`. */
const BUSY_TIMEOUT_MS = 2_000;

/** How often to look whether it is over, in milliseconds. SQLite's own wait would block this process. */
const BUSY_POLL_MS = 20;

/**
 * What is done with a database's files: `create` makes them where they are missing; `change` and `read` refuse that;
 * `plan` reads them, and takes a missing file for an empty one. Neither of the last two changes or leaves anything.
 */
export type FileAccess = "create" | "change" | "read" | "plan";

/** How a database is opened. */
export interface SqliteOptions {
  readonly access: FileAccess;
  /** How this instance is told of in `instances`. */
  readonly instance: { readonly name: string; readonly version: string };
  /** Services of a day that the counts by minute name. */
  readonly minuteServices: number;
  /** Told of what is not in order and stops nothing. */
  readonly onWarning: (message: string) => void;
}

/**
 * Works synchronously inside, one call after the other. Several processes may use one file. `created_at` has
 * milliseconds, the precision of SQLite's clock.
 */
export class SqliteStore implements MaintainedStore {
  readonly address: string;
  readonly #db: DatabaseSync;
  /** Prepared at the first write: before `migrate` there are no tables. */
  #writer: SqliteWriter | undefined;
  #records: Records | undefined;
  readonly #claim: InstanceClaim;
  readonly #ids = new LedgerIds();
  readonly #services: MinuteServices;
  /** Where merging came to: what was not worth it is not looked at again. */
  #mergedUntil: BatchId | undefined;
  #versionChecked = false;
  readonly #onWarning: (message: string) => void;

  /**
   * Opens the database.
   *
   * @throws {StoreError} `fatal` when the path cannot be opened, is not a database, or nothing is there and none is made.
   */
  constructor(address: SqliteAddress, { access, onWarning, instance, minuteServices }: SqliteOptions) {
    this.#services = new MinuteServices(minuteServices);
    this.#onWarning = onWarning;
    this.address = describeAddress(address);
    try {
      this.#db = openDatabase(address.path, access);
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      const reason = cause instanceof Deno.errors.NotFound
        ? "there is no such file; lms mon and lms migrate make one"
        : cause.message;
      throw new StoreError(`Cannot open ${this.address}: ${reason}`, { disposition: "fatal", cause });
    }
    this.#claim = new InstanceClaim(this.#db, instance);
  }

  async write(batch: WriteBatch, { signal }: { readonly signal: AbortSignal }): Promise<WriteResult> {
    return await this.#change("write batch", () => {
      signal.throwIfAborted();
      this.#writer ??= new SqliteWriter(this.#db, this.#recorded());
      const { entries, deadLetters, cause = "count", bytes = 0 } = batch;
      const recorded = { cause, bytes, items: entries.length + deadLetters.length };
      return writeResult(batch, this.#writer.write({ plan: planWrite(batch), recorded }));
    });
  }

  report(state: HeldState): void {
    if (!this.#db.isOpen) return;
    try {
      inTransaction(this.#db, () => this.#claim.beat(state));
    } catch (error) {
      this.#claim.forget();
      if (!isSqliteError(error) && !(error instanceof StoreError)) throw error;
    }
  }

  async probe(): Promise<void> {
    await this.#run("use the database", () =>
      inTransaction(this.#db, () => {
        execute(this.#db, "UPDATE schema_migrations SET version = version WHERE version = 1");
      }));
  }

  async migrate({ dryRun }: { readonly dryRun: boolean }): Promise<AppliedMigration[]> {
    const planned = await this.#run("migrate", () => plannedMigrations(this.#db));
    const steps = dryRun ? planned : await this.#applied(planned);
    const pending = dryRun && steps.some(({ version }) => version > 0);
    if (!pending) await this.#run("migrate", () => checkSchema(this.#db));
    return steps;
  }

  async entriesByKey(keys: readonly MessageKey[]): Promise<StoredEntry[]> {
    return await this.#run("read", () => readEntries(this.#db, keys));
  }

  async severityCounts(): Promise<SeverityCount[]> {
    return await this.#run("read", () => readSeverityCounts(this.#db));
  }

  async totals(): Promise<Totals> {
    return await this.#run("read", () => readTotals(this.#db));
  }

  async facts(): Promise<StoreFacts> {
    return await this.#run("read", () => readFacts(this.#db));
  }

  async rehearse(): Promise<void> {
    await this.probe();
  }

  async verify(): Promise<Verification> {
    return await this.#run("read", () => readVerification(this.#db));
  }

  async repair(): Promise<Verification> {
    return await this.#change("repair the counters", () => repairCounters(this.#db));
  }

  async listDeadLetters(page: DeadLetterPage): Promise<DeadLetterSummary[]> {
    return await this.#run("read", () => listDeadLetters(this.#db, page));
  }

  async countDeadLetters(filter: DeadLetterFilter): Promise<number> {
    return await this.#run("read", () => countDeadLetters(this.#db, filter));
  }

  async groupDeadLetters(filter: DeadLetterFilter): Promise<DeadLetterGroup[]> {
    return await this.#run("read", () => groupDeadLetters(this.#db, filter));
  }

  async deadLettersByKey(keys: readonly MessageKey[]): Promise<StoredDeadLetter[]> {
    return await this.#run("read", () => deadLettersByKey(this.#db, keys));
  }

  async replay(entries: readonly LogEntry[]): Promise<ReplayResult> {
    return await replayAll(
      entries,
      (chunk) =>
        this.#change(
          "replay dead letters",
          () => replayEntries(this.#db, { entries: chunk, records: this.#recorded() }),
        ),
    );
  }

  async drop(keys: readonly MessageKey[]): Promise<MessageKey[]> {
    return await dropAll(
      keys,
      (chunk) => this.#change("drop dead letters", () => dropDeadLetters(this.#db, chunk)),
    );
  }

  /** The migration builds them. */
  indexed(): Promise<boolean> {
    return Promise.resolve(true);
  }

  buildIndexes(): Promise<Progress> {
    return Promise.resolve("done");
  }

  async adopt(): Promise<number | "busy"> {
    return await this.#change("adopt rows", () => adoptRows(this.#db, this.#recorded()));
  }

  async mergeFilters(): Promise<number | "busy"> {
    while (true) {
      const since = this.#mergedUntil;
      const { merged, next } = await this.#change("merge word filters", () => mergeHour(this.#db, since));
      this.#mergedUntil = next ?? since;
      if (merged > 0 || next === undefined) return merged;
    }
  }

  /** Lends its connection, for a database in memory that has no other. It ends with the store. */
  share<T>(work: (db: DatabaseSync) => T): T {
    return work(this.#db);
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
    return Promise.resolve();
  }

  /** Prepared at its first use: before `migrate` there are no tables. */
  #recorded(): Records {
    return this.#records ??= new Records(this.#db, {
      claim: this.#claim,
      ids: this.#ids,
      services: this.#services,
    });
  }

  /** What is only for later versions stops no start: the file may be locked, or may not be written to. */
  async #applied(planned: readonly AppliedMigration[]): Promise<AppliedMigration[]> {
    try {
      return await this.#run("migrate", () => applyMigrations(this.#db));
    } catch (error) {
      if (!(error instanceof StoreError) || planned.some(({ version }) => version > 0)) throw error;
      this.#onWarning(`${error.message}; the schema is current and LMS goes on`);
      return [];
    }
  }

  /** For what writes, at its first use: another program may have migrated, to what needs a program that knows it. */
  #change<T>(action: string, work: () => T): Promise<T> {
    return this.#run(action, () => {
      if (!this.#versionChecked) checkVersion(this.#db);
      this.#versionChecked = true;
      return work();
    });
  }

  /** Runs work at once, or as soon as no other process is in a transaction. */
  async #run<T>(action: string, work: () => T): Promise<T> {
    const givesUpAt = performance.now() + BUSY_TIMEOUT_MS;
    while (true) {
      if (!this.#db.isOpen) {
        throw new StoreError(`Cannot ${action}: the store is closed`, { disposition: "reconnect", cause: undefined });
      }
      try {
        return work();
      } catch (error) {
        // What was rolled back may have been the claim.
        this.#claim.forget();
        if (!isSqliteError(error)) throw error;
        if (!isBusy(error) || performance.now() >= givesUpAt) throw this.#explained(sqliteStoreError(action, error));
      }
      await sleep(BUSY_POLL_MS);
    }
  }

  #explained(error: StoreError): StoreError {
    if (!/no such table/.test(error.message)) return error;
    const message = `${error.message}; run "lms migrate" on ${this.address} first`;
    return new StoreError(message, { disposition: error.disposition, cause: error.cause });
  }
}

function openDatabase(path: string, access: FileAccess): DatabaseSync {
  if (access !== "create" && path !== MEMORY) {
    try {
      Deno.statSync(path);
    } catch (error) {
      if (access !== "plan" || !(error instanceof Deno.errors.NotFound)) throw error;
      return new DatabaseSync(MEMORY);
    }
  }
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  // A reader, too, is opened for writing: SQLite's own way to read only leaves -wal and -shm files behind, since who may
  // not write may not take them away.
  if (access === "read" || access === "plan") db.exec("PRAGMA query_only = ON");
  // Readers do not stop the writer; a commit survives a crash of the machine, as with MySQL's default.
  else db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.exec("PRAGMA busy_timeout = 0");
  return db;
}
