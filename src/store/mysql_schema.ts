/**
 * Finds in a MySQL or MariaDB database what somebody changed by hand.
 *
 * @module
 */
import { escape } from "mysql2";
import type { MysqlSession, Row } from "./mysql_session.ts";
import { checkVersions, MIGRATIONS, SELECT_VERSIONS } from "./schema.ts";
import { checkShapes, type FoundColumn, type FoundTable, type Kind, TABLES } from "./schema_shape.ts";

/** Checks the tables of a migrated database. @throws {StoreError} `fatal` with everything that does not fit. */
export async function checkSchema(session: MysqlSession): Promise<void> {
  const version = checkVersions(await session.rows(SELECT_VERSIONS));
  const ours = `table_schema = DATABASE() AND table_name IN (${TABLES.map((table) => escape(table)).join(", ")})`;
  const tables = await session.rows(`SELECT table_name AS t, engine AS e FROM information_schema.tables WHERE ${ours}`);
  const columns = await session.rows(
    `SELECT table_name AS t, column_name AS c, column_type AS type, data_type AS data, is_nullable AS nullable, \
column_default AS preset, extra, character_octet_length AS bytes, character_set_name AS charset, collation_name AS coll, \
datetime_precision AS digits FROM information_schema.columns WHERE ${ours}`,
  );
  const indexes = await session.rows(
    `SELECT table_name AS t, index_name AS i, column_name AS c FROM information_schema.statistics \
WHERE ${ours} AND non_unique = 0 ORDER BY table_name, index_name, seq_in_index`,
  );
  const found = new Map(tables.map(({ t, e }): [string, FoundTable] => {
    const unique = indexes.filter((row) => row.t === t);
    return [String(t), {
      columns: new Map(columns.filter((row) => row.t === t).map((row) => [String(row.c), column(row)])),
      key: unique.filter(({ i }) => i === "PRIMARY").map(({ c }) => String(c)),
      unique: [...new Set(unique.map(({ i }) => String(i)))].filter((name) => name !== "PRIMARY"),
      transactional: String(e).toLowerCase() === "innodb",
    }];
  }));
  checkShapes(found, { own: version <= MIGRATIONS.length });
}

function column(row: Row): FoundColumn {
  const fills = /auto_increment|generated/i.test(String(row.extra));
  return {
    type: `${row.type}${row.coll === null ? "" : ` COLLATE ${row.coll}`}`,
    needsValue: row.nullable === "NO" && row.preset === null && !fills,
    holds: (kind) => holds(row, kind),
  };
}

/** As far as both servers say the same of one type: `int` is `int(11)` in MariaDB, and JSON is LONGTEXT. */
function holds(row: Row, kind: Kind): boolean {
  const [type, data, bytes] = [String(row.type), String(row.data), Number(row.bytes)];
  switch (kind.kind) {
    case "instant":
      return data === "datetime" && Number(row.digits) === 6;
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
      const charset = row.charset === "utf8mb4" || ascii;
      return /text|varchar/.test(data) && bytes >= kind.bytes && charset && (!exact || /_bin$/.test(String(row.coll)));
    }
  }
}
