/**
 * Opens the store that an address names.
 *
 * @module
 */
import { type WallClock, wallClock } from "../ops/clock.ts";
import { MINUTE_SERVICES_MAX } from "./counts.ts";
import { type DatabaseAddress, staysHere } from "./database_url.ts";
import type { MaintainedStore } from "./maintenance.ts";
import { MysqlStore } from "./mysql/store.ts";
import { type FileAccess, SqliteStore } from "./sqlite/store.ts";

export type { FileAccess } from "./sqlite/store.ts";

/** How the opened store behaves. */
export interface OpenStoreOptions {
  /** How many writes the caller runs at once, at least 1; a server gets so many connections and one for readers. */
  readonly writers: number;
  /** Told of what is not in order and stops nothing: a missing privilege, a small packet. Never holds a password. */
  readonly onWarning: (message: string) => void;
  /** What is done with the files of an SQLite database; default `create`. */
  readonly access?: FileAccess;
  /** Asked for the password at every connection to a server, in place of the address' own. */
  readonly password?: (() => Promise<string>) | undefined;
  /** Milliseconds for a connection to a server to come up; default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds after which a server that does not answer a write counts as lost; default 60,000. */
  readonly writeTimeoutMs?: number;
  /** Milliseconds after which an idle connection to a server is ended; default 180,000. */
  readonly idleMs?: number;
  /** The clock, in milliseconds since 1970; default: this machine's. */
  readonly nowMs?: WallClock;
  /** How the table `instances` tells of this one; default: nothing but `lms`. */
  readonly instance?: { readonly name: string; readonly version: string };
  /** Services of a day that the counts by minute name; default 2,000. Further ones are counted by the hour. */
  readonly minuteServices?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Above the lock wait of 10 s, and as long as the default lease. */
const WRITE_TIMEOUT_MS = 60_000;
/** Above the default flush interval, and short of what networks forget: Azure after 4 minutes, AWS 350 s, Google 600 s. */
const IDLE_MS = 180_000;

/**
 * Opens a store; the caller disposes it. A server is connected to at the first use, a file is opened here.
 *
 * @throws {StoreError} `fatal` when an SQLite path cannot be opened.
 * @throws {RangeError} When an option is out of its range.
 */
export function openStore(address: DatabaseAddress, options: OpenStoreOptions): MaintainedStore {
  const { writers, access = "create", onWarning, password, nowMs = wallClock } = options;
  const { instance = { name: "lms", version: "" }, minuteServices = MINUTE_SERVICES_MAX } = options;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, writeTimeoutMs = WRITE_TIMEOUT_MS, idleMs = IDLE_MS } = options;
  if (!Number.isSafeInteger(writers) || writers < 1) throw new RangeError(`Cannot open store with ${writers} writers`);
  switch (address.kind) {
    case "sqlite":
      return new SqliteStore(address, { access, onWarning, instance, minuteServices });
    case "mysql":
      if (address.tls === "disabled" && address.serverKeyPath === undefined && !staysHere(address)) {
        onWarning(
          "ssl=disabled: whoever answers in the database's place gets the password and every message; \
ssl=verify_identity prevents that",
        );
      }
      return new MysqlStore(address, {
        writers,
        onWarning,
        password,
        nowMs,
        connectTimeoutMs,
        writeTimeoutMs,
        idleMs,
        instance,
        minuteServices,
      });
  }
}
