/**
 * What a migration is.
 *
 * @module
 */

/** One step of the schema. */
export interface Migration {
  /** Counts from 1 without gaps. */
  readonly version: number;
  readonly name: string;
  /** The lowest version that a program must know to write beside it; programs that know less refuse the database. */
  readonly needs: number;
  /**
   * The statements that are still to be run. MySQL commits every DDL statement by itself, and has no `IF NOT EXISTS` for
   * columns and indexes: what an earlier run came to is told, and not done again.
   */
  readonly mysql: (found: MysqlSchema) => readonly string[];
  /** Run in one transaction. */
  readonly sqlite: readonly string[];
}

/** What a MySQL database has, as far as migrations look at it. */
export interface MysqlSchema {
  /** Now by the database's clock, in milliseconds since 1970, for the partitions. */
  readonly nowMs: number;
  /** The columns of each table, in any order. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** The indexes of each table, `PRIMARY` among them, with their columns in order. */
  readonly indexes: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Whether `service_logs` holds a row, so that an index takes time to build. */
  readonly rows: boolean;
}

/** A MySQL database without tables. */
export function emptySchema(nowMs: number): MysqlSchema {
  return { nowMs, columns: new Map(), indexes: new Map(), rows: false };
}
