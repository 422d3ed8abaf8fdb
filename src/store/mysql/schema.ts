/**
 * Finds in a MySQL or MariaDB database what somebody changed by hand.
 *
 * @module
 */
import { escape } from "mysql2";
import { checkVersions, MIGRATIONS, SELECT_VERSIONS } from "../schema.ts";
import {
  checkLanes,
  checkShapes,
  type FoundColumn,
  type FoundTable,
  type Kind,
  SELECT_LANES,
  TABLES,
} from "../schema_shape.ts";
import type { MysqlSession } from "./session.ts";

/** Checks the tables of a migrated database. @throws {StoreError} `fatal` with everything that does not fit. */
export async function checkSchema(session: MysqlSession): Promise<void> {
  const version = checkVersions(await session.rows(SELECT_VERSIONS));
  const ours = `table_schema = DATABASE() AND table_name IN (${TABLES.map((table) => escape(table)).join(", ")})`;
  const tables = await session.tuples(`SELECT table_name, engine FROM information_schema.tables WHERE ${ours}`);
  const columns = await session.tuples(
    `SELECT table_name, column_name, column_type, data_type, is_nullable, column_default, extra, \
character_octet_length, character_set_name, collation_name, datetime_precision FROM information_schema.columns WHERE ${ours}`,
  );
  const indexes = await session.tuples(
    `SELECT table_name, index_name, column_name FROM information_schema.statistics \
WHERE ${ours} AND non_unique = 0 ORDER BY table_name, index_name, seq_in_index`,
  );
  const found = new Map(tables.map(([table, engine]): [string, FoundTable] => {
    const unique = indexes.filter(([of]) => of === table);
    return [String(table), {
      columns: new Map(columns.filter(([of]) => of === table).map(([, name, ...row]) => [String(name), column(row)])),
      key: unique.filter(([, index]) => index === "PRIMARY").map(([, , name]) => String(name)),
      unique: [...new Set(unique.map(([, index]) => String(index)))].filter((name) => name !== "PRIMARY"),
      transactional: String(engine).toLowerCase() === "innodb",
    }];
  }));
  checkShapes(found, { own: version <= MIGRATIONS.length });
  checkLanes((await session.values(SELECT_LANES))[0]);
}

/** What information_schema says of a column's type. */
interface ColumnType {
  readonly type: string;
  readonly data: string;
  readonly bytes: number;
  readonly charset: unknown;
  readonly collation: unknown;
  readonly digits: unknown;
}

function column(row: readonly unknown[]): FoundColumn {
  const [type, data, nullable, preset, extra, bytes, charset, collation, digits] = row;
  const fills = /auto_increment|generated/i.test(String(extra));
  const described = { type: String(type), data: String(data), bytes: Number(bytes), charset, collation, digits };
  return {
    type: `${type}${collation === null ? "" : ` COLLATE ${collation}`}`,
    needsValue: nullable === "NO" && preset === null && !fills,
    holds: (kind) => holds(described, kind),
  };
}

/** As far as both servers say the same of one type: `int` is `int(11)` in MariaDB, and JSON is LONGTEXT. */
function holds({ type, data, bytes, charset, collation, digits }: ColumnType, kind: Kind): boolean {
  switch (kind.kind) {
    case "instant":
      return data === "datetime" && Number(digits) === 6;
    case "second":
      return data === "datetime";
    case "day":
      return data === "date";
    case "number":
      return /int$/.test(data);
    case "count":
      return data === "bigint" && !type.includes("unsigned");
    case "json":
      return data === "json" || data === "longtext";
    case "bytes":
      return /blob|varbinary/.test(data) && bytes >= kind.bytes;
    case "words":
      return type.startsWith(`enum(${kind.words.map((word) => `'${word}'`).join(",")}`);
    case "text": {
      const { ascii = false, exact = false } = kind;
      const stored = charset === "utf8mb4" || ascii;
      return /text|varchar/.test(data) && bytes >= kind.bytes && stored && (!exact || /_bin$/.test(String(collation)));
    }
  }
}
