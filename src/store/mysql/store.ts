/**
 * The store in a MySQL (8.0 or newer) or MariaDB (10.6 or newer) database.
 *
 * @module
 */
import type { LogEntry, MessageKey } from "../../entry/entry.ts";
import type { WallClock } from "../../ops/clock.ts";
import { MinuteServices } from "../counts.ts";
import { describeAddress, type MysqlAddress } from "../database_url.ts";
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
import { ER_BAD_DB_ERROR } from "./error_numbers.ts";
import { isDriverError, isServerAnswer, serverErrorNumber, toStoreError } from "./errors.ts";
import { batchIndex, buildIndexes, isIndexed } from "./indexes.ts";
import { InstanceClaim, type InstanceName } from "./instances.ts";
import type { Elsewhere } from "./lock.ts";
import { mergeHour } from "./merge.ts";
import { allMigrations, applyMigrations, createDatabase, createDatabaseAdvice, plannedMigrations } from "./migrate.ts";
import { dayNumber } from "./partition_plan.ts";
import { keepPartitions } from "./partitions.ts";
import { readEntries, readSeverityCounts, readTotals } from "./read.ts";
import { alterRight, grantAdvice } from "./rights.ts";
import { checkSchema } from "./schema.ts";
import type { Recorder } from "./record.ts";
import type { MysqlSession } from "./session.ts";
import { MysqlSessions } from "./sessions.ts";
import { readFacts, readVerification, repairCounters } from "./verify.ts";
import { rehearse, writePlan } from "./write.ts";

/** How a {@linkcode MysqlStore} behaves. */
export interface MysqlStoreOptions {
  /** How many writes the caller runs at once; one more connection is kept for readers. */
  readonly writers: number;
  /** Asked for the password at every connection, in place of the address' own. */
  readonly password?: (() => Promise<string>) | undefined;
  /** Milliseconds for a connection to come up. */
  readonly connectTimeoutMs: number;
  /** Milliseconds that a transaction may take before its connection is given up, as for a server that fell silent. */
  readonly writeTimeoutMs: number;
  /** Milliseconds after which an idle connection is ended. */
  readonly idleMs: number;
  /** How this instance is told of in `instances`. */
  readonly instance: InstanceName;
  /** Services of a day that the counts by minute name. */
  readonly minuteServices: number;
  /** Told of what is not in order and stops nothing. */
  readonly onWarning: (message: string) => void;
  /** This machine's clock, in milliseconds since 1970: when to look after partitions again. */
  readonly nowMs: WallClock;
}

/** Short of the server's default of 50 s, so that the messages' leases do not get old. */
const LOCK_WAIT_SECONDS_MAX = 10;

/** Connects when it is first used. */
export class MysqlStore implements MaintainedStore {
  readonly address: string;
  readonly #address: MysqlAddress;
  readonly #options: MysqlStoreOptions;
  readonly #sessions: MysqlSessions;
  /** The UTC day, counted from 1970, on which partitions were last looked after. */
  #partitionsDay = -1;
  #partitionsKept: Promise<void> = Promise.resolve();
  #disposed = false;
  readonly #claim: InstanceClaim;
  readonly #ids = new LedgerIds();
  readonly #services: MinuteServices;
  #reporting = false;
  /** Where merging came to: what was not worth it is not looked at again. */
  #mergedUntil: BatchId | undefined;

  constructor(address: MysqlAddress, options: MysqlStoreOptions) {
    this.address = describeAddress(address);
    this.#address = address;
    this.#options = options;
    this.#claim = new InstanceClaim(options.instance);
    this.#services = new MinuteServices(options.minuteServices);
    const { password, connectTimeoutMs, idleMs, onWarning, writers, writeTimeoutMs } = options;
    // A writer behind a stuck one is to fail with `retry` well before its own time is over.
    const lockWaitSeconds = Math.min(Math.max(Math.floor(writeTimeoutMs / 4_000), 1), LOCK_WAIT_SECONDS_MAX);
    const idleMax = writers + 1;
    this.#sessions = new MysqlSessions(address, {
      idleMax,
      idleMs,
      password,
      connectTimeoutMs,
      lockWaitSeconds,
      onWarning,
    });
  }

  async write(batch: WriteBatch, { signal }: { readonly signal: AbortSignal }): Promise<WriteResult> {
    const plan = planWrite(batch);
    const { entries, deadLetters, cause = "count", bytes = 0 } = batch;
    const recorded = { cause, bytes, items: entries.length + deadLetters.length };
    const use = { action: "write batch", writes: true, timeoutMs: this.#options.writeTimeoutMs, signal };
    const landed = await this.#sessions.use(use, async (session) => {
      return await writePlan(session, { plan, recorded, recorder: await this.#recorder(session) });
    });
    this.#keepPartitionsDaily();
    return writeResult(batch, landed);
  }

  report(state: HeldState): void {
    if (this.#reporting || this.#disposed) return;
    this.#reporting = true;
    const timeoutMs = this.#options.writeTimeoutMs;
    this.#sessions.use({ action: "report", writes: true, timeoutMs }, async (session) => {
      await this.#claim.number(session);
      await this.#claim.beat(session, state);
    }).catch(() => {}).finally(() => this.#reporting = false);
  }

  async probe(): Promise<void> {
    const timeoutMs = this.#options.writeTimeoutMs;
    await this.#sessions.use({ action: "use the database", writes: true, timeoutMs }, async (session) => {
      // An idle session was checked long ago; a server that became a replica since then refuses here.
      await session.change("UPDATE schema_migrations SET version = version WHERE version = 1");
    });
  }

  async migrate({ dryRun }: { readonly dryRun: boolean }): Promise<AppliedMigration[]> {
    try {
      return await this.#migrate(dryRun);
    } catch (error) {
      if (!(error instanceof StoreError) || serverErrorNumber(error.cause) !== ER_BAD_DB_ERROR) throw error;
      if (dryRun) return this.#withDatabase(await this.#onServer("migrate", allMigrations));
      await this.#createDatabase();
      return this.#withDatabase(await this.#migrate(dryRun));
    }
  }

  async entriesByKey(keys: readonly MessageKey[]): Promise<StoredEntry[]> {
    return await this.#read((session) => readEntries(session, keys));
  }

  async severityCounts(): Promise<SeverityCount[]> {
    return await this.#read(readSeverityCounts);
  }

  async totals(): Promise<Totals> {
    return await this.#read(readTotals);
  }

  async facts(): Promise<StoreFacts> {
    return await this.#read(readFacts);
  }

  async rehearse(): Promise<void> {
    const timeoutMs = this.#options.writeTimeoutMs;
    const { database } = this.#address;
    try {
      await this.#sessions.use({ action: "try a batch", writes: true, timeoutMs }, rehearse);
    } catch (error) {
      // A lost race, a full disk or a trigger says nothing of rights, and batches wait those out.
      const answered = error instanceof StoreError && isServerAnswer(error.cause);
      if (!answered || error.disposition === "fatal") throw error;
    }
    if (await this.#read((session) => alterRight(session, database)) !== "missing") return;
    this.#options.onWarning(
      `the account may not ALTER service_logs: no partitions are added as days go by; ${grantAdvice(this.#address)}`,
    );
  }

  async verify(): Promise<Verification> {
    return await this.#read(readVerification);
  }

  async repair(): Promise<Verification> {
    return await this.#change("repair the counters", (session) => repairCounters(session, this.#elsewhere));
  }

  async listDeadLetters(page: DeadLetterPage): Promise<DeadLetterSummary[]> {
    return await this.#read((session) => listDeadLetters(session, page));
  }

  async countDeadLetters(filter: DeadLetterFilter): Promise<number> {
    return await this.#read((session) => countDeadLetters(session, filter));
  }

  async groupDeadLetters(filter: DeadLetterFilter): Promise<DeadLetterGroup[]> {
    return await this.#read((session) => groupDeadLetters(session, filter));
  }

  async deadLettersByKey(keys: readonly MessageKey[]): Promise<StoredDeadLetter[]> {
    return await this.#read((session) => deadLettersByKey(session, keys));
  }

  async replay(entries: readonly LogEntry[]): Promise<ReplayResult> {
    return await replayAll(
      entries,
      (chunk) =>
        this.#change(
          "replay dead letters",
          async (session) => await replayEntries(session, { entries: chunk, recorder: await this.#recorder(session) }),
        ),
    );
  }

  async drop(keys: readonly MessageKey[]): Promise<MessageKey[]> {
    return await dropAll(
      keys,
      (chunk) => this.#change("drop dead letters", (session) => dropDeadLetters(session, chunk)),
    );
  }

  async indexed(): Promise<boolean> {
    return await this.#read(isIndexed);
  }

  async buildIndexes(): Promise<Progress> {
    const use = { action: "build the indexes of service_logs", writes: false };
    return await this.#sessions.use(use, (session) => buildIndexes(session, this.#elsewhere));
  }

  async adopt(): Promise<number | "busy"> {
    return await this.#change("adopt rows", async (session) => {
      const index = await batchIndex(session);
      if (index === undefined) return "busy";
      return await adoptRows(session, { recorder: await this.#recorder(session), index, elsewhere: this.#elsewhere });
    });
  }

  async mergeFilters(): Promise<number | "busy"> {
    while (true) {
      const since = this.#mergedUntil;
      const options = { elsewhere: this.#elsewhere, since };
      const result = await this.#change("merge word filters", (session) => mergeHour(session, options));
      if (result === "busy") return "busy";
      this.#mergedUntil = result.next ?? since;
      if (result.merged > 0 || result.next === undefined) return result.merged;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#sessions[Symbol.asyncDispose]();
    await this.#partitionsKept;
  }

  async #recorder(session: MysqlSession): Promise<Recorder> {
    return { instance: await this.#claim.number(session), ids: this.#ids, services: this.#services };
  }

  async #read<T>(work: (session: MysqlSession) => Promise<T>): Promise<T> {
    return await this.#sessions.use({ action: "read", writes: false }, work);
  }

  /** Without a time limit: a repair reads every row first. */
  async #change<T>(action: string, work: (session: MysqlSession) => Promise<T>): Promise<T> {
    return await this.#sessions.use({ action, writes: true }, work);
  }

  async #migrate(dryRun: boolean): Promise<AppliedMigration[]> {
    const use = { action: "migrate", writes: false };
    const planned = await this.#sessions.use(use, plannedMigrations);
    const applied = dryRun ? planned : await this.#applied(planned);
    const pending = dryRun && planned.some(({ version }) => version > 0);
    if (!pending) await this.#sessions.use({ action: "use the database", writes: false }, checkSchema);
    if (!dryRun) await this.#keepPartitions(this.#options.nowMs());
    return applied;
  }

  /** What is only for later versions stops no start: an account may be without the rights, a server read-only. */
  async #applied(planned: readonly AppliedMigration[]): Promise<AppliedMigration[]> {
    if (planned.length === 0) return [];
    try {
      const use = { action: "migrate", writes: false };
      return await this.#sessions.use(use, (session) => applyMigrations(session, this.#elsewhere));
    } catch (error) {
      const needless = planned.every(({ version }) => version === 0);
      if (!needless || !(error instanceof StoreError) || !isServerAnswer(error.cause)) throw error;
      this.#options.onWarning(
        `${error.message}; the schema is current and LMS goes on; run "lms migrate" as a user that may CREATE and ALTER`,
      );
      return [];
    }
  }

  readonly #elsewhere: Elsewhere = async (work) => {
    const timeoutMs = this.#options.writeTimeoutMs;
    await this.#sessions.use({ action: "prolong a lock", writes: false, timeoutMs }, work);
  };

  /** Without timers: a store that writes nothing needs no new partitions. */
  #keepPartitionsDaily(): void {
    const nowMs = this.#options.nowMs();
    if (dayNumber(nowMs) !== this.#partitionsDay) this.#partitionsKept = this.#keepPartitions(nowMs);
  }

  /** Never rejects: entries of days without a partition go to the last one, and tomorrow is another try. */
  async #keepPartitions(nowMs: number): Promise<void> {
    this.#partitionsDay = dayNumber(nowMs);
    const use = { action: "add partitions to service_logs", writes: false };
    try {
      const { onWarning } = this.#options;
      const elsewhere = this.#elsewhere;
      await this.#sessions.use(use, (session) => keepPartitions(session, { nowMs, elsewhere, onWarning }));
    } catch (error) {
      if (this.#disposed) return;
      // An outage is the writers' to report; once it is over the next write looks again.
      if (error instanceof StoreError && error.disposition === "reconnect") this.#partitionsDay = -1;
      else this.#options.onWarning(error instanceof Error ? error.message : String(error));
    }
  }

  async #createDatabase(): Promise<void> {
    try {
      await this.#onServer("create the database", (session) => session.change(createDatabase(this.#address)));
    } catch (error) {
      if (!(error instanceof StoreError) || error.cause === undefined) throw error;
      const { message, disposition, cause } = error;
      throw new StoreError(`${message}; ${createDatabaseAdvice(this.#address)}`, { disposition, cause });
    }
  }

  /** Works on a session of the server's, outside of the database, which may not exist. */
  async #onServer<T>(action: string, work: (session: MysqlSession) => Promise<T>): Promise<T> {
    const session = await this.#sessions.open({ action, withoutDatabase: true });
    try {
      return await work(session);
    } catch (error) {
      throw isDriverError(error) ? toStoreError(action, error) : error;
    } finally {
      await session.end();
    }
  }

  /** Puts the creation of the database in front of the first migration. */
  #withDatabase(migrations: readonly AppliedMigration[]): AppliedMigration[] {
    return migrations.map((migration, i) =>
      i > 0 ? migration : { ...migration, statements: [createDatabase(this.#address), ...migration.statements] }
    );
  }
}
