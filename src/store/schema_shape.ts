/**
 * What the tables must look like for this program, whatever somebody did to them by hand.
 *
 * @module
 */
import { DEAD_LETTER_REASONS, DEAD_LETTER_STATUSES, SEVERITIES } from "../entry/entry.ts";
import { DETAIL_MAX, PAYLOAD_BYTES_MAX, SERVICE_NAME_MAX } from "../entry/limits.ts";
import { BATCH_CAUSES } from "./log_rows.ts";
import { StoreError } from "./store.ts";

/** What a column must be able to hold. */
export type Kind =
  /** `count` is a whole number of 64 bits, `number` one of as many as its column needs. */
  | { readonly kind: "instant" | "second" | "day" | "count" | "number" | "json" }
  /** Text that compares exactly where it is part of a key. */
  | { readonly kind: "text"; readonly bytes: number; readonly ascii?: true; readonly exact?: true }
  | { readonly kind: "bytes"; readonly bytes: number }
  /** One of these words, which sort by their rank; further ones may follow. */
  | { readonly kind: "words"; readonly words: readonly string[] };

interface Column {
  readonly holds: Kind;
  /** Whether LMS writes it, so that it needs no default. */
  readonly written: boolean;
}

interface Shape {
  readonly columns: Readonly<Record<string, Column>>;
  readonly key: readonly string[];
}

const written = (holds: Kind): Column => ({ holds, written: true });
const filledIn = (holds: Kind): Column => ({ holds, written: false });

const INSTANT: Kind = { kind: "instant" };
const KEY = {
  publish_time: written(INSTANT),
  message_id: written({ kind: "text", bytes: 128, ascii: true, exact: true }),
};
// Characters of up to 4 bytes.
const SERVICE_NAME: Kind = { kind: "text", bytes: 4 * SERVICE_NAME_MAX, exact: true };
const DETAIL: Kind = { kind: "text", bytes: 4 * DETAIL_MAX };
const SEVERITY: Kind = { kind: "words", words: SEVERITIES };
const COUNT: Kind = { kind: "count" };
const NUMBER: Kind = { kind: "number" };
const LANE = { lane: filledIn(NUMBER) };

const COUNTED = {
  service_name: written(SERVICE_NAME),
  severity: written(SEVERITY),
  ...LANE,
  count: written(COUNT),
};

/** The tables that are read and written, as the newest migration of this program leaves them. */
const SHAPES: Readonly<Record<string, Shape>> = {
  service_logs: {
    columns: {
      ...KEY,
      service_name: written(SERVICE_NAME),
      payload: written({ kind: "text", bytes: PAYLOAD_BYTES_MAX }),
      severity: written(SEVERITY),
      timestamp: written(INSTANT),
      created_at: filledIn(INSTANT),
      batch: written(COUNT),
      attributes: written({ kind: "json" }),
      ...LANE,
    },
    key: ["publish_time", "message_id"],
  },
  service_severity: {
    columns: {
      ...COUNTED,
      created_at: filledIn(INSTANT),
      updated_at: filledIn(INSTANT),
    },
    key: ["service_name", "severity", "lane"],
  },
  service_severity_minutes: {
    columns: { minute: written({ kind: "second" }), ...COUNTED },
    key: ["minute", "service_name", "severity", "lane"],
  },
  service_severity_hours: {
    columns: { hour: written({ kind: "second" }), ...COUNTED },
    key: ["hour", "service_name", "severity", "lane"],
  },
  batches: {
    columns: {
      id: written(COUNT),
      ...LANE,
      instance: written(NUMBER),
      created_at: filledIn(INSTANT),
      cause: written({ kind: "words", words: BATCH_CAUSES }),
      entries: written(NUMBER),
      dead_letters: written(NUMBER),
      duplicates: written(NUMBER),
      bytes: written(COUNT),
      write_ms: written(NUMBER),
      publish_time_first: written(INSTANT),
      publish_time_last: written(INSTANT),
      word_filter: written(COUNT),
    },
    key: ["id"],
  },
  word_filters: {
    columns: {
      day: written({ kind: "day" }),
      level: written(NUMBER),
      chunk: written(NUMBER),
      batch: written(COUNT),
      ...LANE,
      bits: written({ kind: "bytes", bytes: 256 }),
    },
    key: ["day", "level", "chunk", "batch"],
  },
  instances: {
    columns: {
      number: written(NUMBER),
      owner: written({ kind: "text", bytes: 64, ascii: true, exact: true }),
      name: written({ kind: "text", bytes: 255 }),
      version: written({ kind: "text", bytes: 64 }),
      started_at: written(INSTANT),
      seen_at: written(INSTANT),
      held: written(COUNT),
      held_bytes: written(COUNT),
      oldest_publish_time: written(INSTANT),
    },
    key: ["number"],
  },
  lms_settings: {
    columns: {
      name: written({ kind: "text", bytes: 64, ascii: true, exact: true }),
      value: written({ kind: "text", bytes: 255 }),
    },
    key: ["name"],
  },
  dead_letters: {
    columns: {
      ...KEY,
      reason: written({ kind: "words", words: DEAD_LETTER_REASONS }),
      detail: written(DETAIL),
      data: written({ kind: "bytes", bytes: 10_000_000 }),
      attributes: written({ kind: "json" }),
      status: filledIn({ kind: "words", words: DEAD_LETTER_STATUSES }),
      created_at: filledIn(INSTANT),
      updated_at: filledIn(INSTANT),
      ...LANE,
    },
    key: ["lane", "publish_time", "message_id"],
  },
};

/** Every table of {@linkcode checkShapes}. */
export const TABLES: readonly string[] = Object.keys(SHAPES);

/** A table as the database has it. */
export interface FoundTable {
  readonly columns: ReadonlyMap<string, FoundColumn>;
  readonly key: readonly string[];
  /** Unique indexes beside the primary key. */
  readonly unique: readonly string[];
  /** Whether changes to it can be rolled back. */
  readonly transactional: boolean;
}

/** A column as the database has it. */
export interface FoundColumn {
  /** Its type, for people. */
  readonly type: string;
  /** Whether a row needs a value for it: NOT NULL without a default. */
  readonly needsValue: boolean;
  /** Whether it holds this. */
  readonly holds: (kind: Kind) => boolean;
}

/** How the tables are checked. */
export interface ShapeOptions {
  /**
   * Whether the schema is this program's own. A newer one, which says that this program may write beside it, may have
   * changed types and keys.
   */
  readonly own: boolean;
}

/**
 * Checks what is there against what the migrations made. Wider types, columns that need no value and further indexes
 * that are not unique do no harm.
 *
 * @throws {StoreError} `fatal` with everything that does not fit and the remedy.
 */
export function checkShapes(found: ReadonlyMap<string, FoundTable>, { own }: ShapeOptions): void {
  const problems = Object.entries(SHAPES).flatMap(([name, shape]) => {
    const table = found.get(name);
    if (table === undefined) return [`the table ${name} is missing`];
    const columns = columnProblems(table, shape, own).map((problem) => `${name}.${problem}`);
    return own ? [...columns, ...tableProblems(table, shape).map((problem) => `${name} ${problem}`)] : columns;
  });
  if (problems.length === 0) return;
  const remedy = problems.some((problem) => problem.includes("missing"))
    ? `restore what is missing from a backup; a table is made anew, empty, by "lms migrate" after DELETE FROM schema_migrations`
    : "undo that";
  throw new StoreError(`Cannot use the database: somebody changed its tables: ${problems.join("; ")}; ${remedy}`, {
    disposition: "fatal",
    cause: undefined,
  });
}

function columnProblems(table: FoundTable, { columns }: Shape, own: boolean): string[] {
  const ours = Object.entries(columns).flatMap(([name, { holds, written }]) => {
    const column = table.columns.get(name);
    if (column === undefined) return [`${name} is missing`];
    if (own && !column.holds(holds)) return [`${name} is ${column.type}, which does not hold what LMS stores there`];
    return column.needsValue && !written ? [`${name} has no default any more`] : [];
  });
  const added = [...table.columns].filter(([name, { needsValue }]) => needsValue && columns[name] === undefined);
  return [
    ...ours,
    ...added.map(([name]) => `${name} was added and needs a value: drop it, let it be NULL, or give it a default`),
  ];
}

function tableProblems({ key, unique, transactional }: FoundTable, shape: Shape): string[] {
  const problems = unique.map((name) => `has a unique index ${name}, by which messages would be lost: drop it`);
  if (key.join() !== shape.key.join()) {
    problems.unshift(`has the primary key (${key.join(", ")}) in place of (${shape.key.join(", ")})`);
  }
  if (!transactional) problems.push("has an engine without transactions in place of InnoDB");
  return problems;
}

/** How many lanes this program can serve. */
const LANES = 1;

/**
 * Checks what `lms_settings` says against what this program can serve.
 *
 * @param value Of the setting `lanes`; `undefined` where it is missing.
 * @throws {StoreError} `fatal`.
 */
export function checkLanes(value: unknown): void {
  if (Number(value) === LANES) return;
  throw new StoreError(
    `Cannot use the database: it was made for ${value === undefined ? "an unknown number of" : value} lanes, and this \
program serves ${LANES}; use the lms that it was made with`,
    { disposition: "fatal", cause: undefined },
  );
}

/** What the setting is read with. */
export const SELECT_LANES = "SELECT value FROM lms_settings WHERE name = 'lanes'";
