/**
 * Statements that read `service_logs`.
 *
 * @module
 */
import type { Instant, MessageKey, Severity } from "../../entry/entry.ts";
import { type KeySpan, type Pair, type RowsQuestion, SCANNED_MAX, type ScanQuestion, type Way } from "../log_reader.ts";
import type { ReadEntry } from "../log_rows.ts";
import { keyOrder, rowConditions, spanConditions, timeOrder, where } from "./conditions.ts";
import type { Dialect } from "./dialect.ts";

/** Rows of the question, unless it is by pairs. */
export function selectRows(dialect: Dialect, { span, way, limit, by }: RowsQuestion): string {
  return `SELECT ${columns(dialect)} ${found(dialect, { span, way, by })}${keyOrder(way)} LIMIT ${limit}`;
}

/** `FROM …` and `WHERE …` of a span, by the key or an index. */
function found(
  dialect: Dialect,
  { span, way, by, further = [] }: Pick<RowsQuestion, "span" | "way" | "by"> & { readonly further?: readonly string[] },
): string {
  const conditions = [...spanConditions(dialect, { span, way }), ...further];
  if (by !== undefined && "batches" in by) conditions.unshift(`batch IN (${by.batches.join(", ")})`);
  if (by !== undefined && "unadopted" in by) conditions.unshift("batch IS NULL");
  return `FROM service_logs${by === undefined ? dialect.useKey : dialect.useIndex("by_batch")}${where(conditions)}`;
}

/** A question by pairs. */
export type PairsQuestion = Omit<RowsQuestion, "by"> & { readonly pairs: readonly Pair[] };

/**
 * The keys of a question by pairs. Each pair is a short range of the index, which holds the keys; the rows are fetched
 * for those that remain of all: with 100 pairs and a limit of 100 that is 100 rows and not 10,000.
 *
 * Of the keys that share the last moment it is any, and not all: MySQL and MariaDB read the range in the order of moments,
 * and would sort all of it to have ids in order too.
 */
export function selectPairKeys(dialect: Dialect, { pairs, ...question }: PairsQuestion): string {
  return unitedKeys(pairs.map((pair) => ofPair(dialect, { pair, ...question })), { dialect, ...question });
}

/** The keys of one moment, in order. */
export function selectPairKeysAt(
  dialect: Dialect,
  { pairs, ...question }: PairsQuestion & { readonly moment: Instant },
): string {
  return unitedKeys(pairs.map((pair) => ofPair(dialect, { pair, ...question })), { dialect, ...question });
}

function unitedKeys(
  selects: readonly string[],
  { dialect, way, limit }: Pick<RowsQuestion, "way" | "limit"> & { readonly dialect: Dialect },
): string {
  const parts = selects.map((select, i) => dialect.part(select, `p${i}`)).join(" UNION ALL ");
  return `SELECT publish_time, message_id FROM (${parts}) AS k${keyOrder(way)} LIMIT ${limit}`;
}

/** The newest key of each pair in its span, beside the pair's place in the list. */
export function selectNewest(dialect: Dialect, pairs: readonly (Pair & { readonly span: KeySpan })[]): string {
  return pairs.map((pair, i) =>
    dialect.part(
      ofPair(dialect, { pair, span: pair.span, way: "older", limit: 1, select: `${i}, publish_time` }),
      `p${i}`,
    )
  ).join(" UNION ALL ");
}

interface OfPair extends Omit<RowsQuestion, "by"> {
  readonly pair: Pair;
  readonly select?: string;
  readonly moment?: Instant;
}

function ofPair(
  dialect: Dialect,
  { pair, span, way, limit, select = "publish_time, message_id", moment }: OfPair,
): string {
  const conditions = [
    `service_name = ${dialect.text(pair.serviceName)}`,
    `severity = ${dialect.text(pair.severity)}`,
    ...moment === undefined ? [] : [`publish_time = ${dialect.text(moment)}`],
    ...spanConditions(dialect, { span, way }),
  ];
  const order = moment === undefined ? timeOrder(way) : keyOrder(way);
  const index = dialect.useIndex("by_service_severity_time");
  return `SELECT ${select} FROM service_logs${index}${where(conditions)}${order} LIMIT ${limit}`;
}

/** Rows by key, in the way asked for. */
export function selectByKey(
  dialect: Dialect,
  { keys, way }: { readonly keys: readonly MessageKey[]; readonly way: Way },
): string {
  return `SELECT ${columns(dialect)} FROM service_logs WHERE ${dialect.keyIn(keys)}${keyOrder(way)}`;
}

/** The last key of as many rows as a scan looks at; no row: the span has fewer. */
export function selectScanEnd(dialect: Dialect, { span, way, by, rows }: ScanQuestion): string {
  return `SELECT publish_time, message_id ${found(dialect, { span, way, by })}${keyOrder(way)} LIMIT 1 OFFSET ${
    rows - 1
  }`;
}

/** How many rows the span has. */
export function selectSpanCount(dialect: Dialect, { span, way, by }: ScanQuestion): string {
  return `SELECT COUNT(*) ${found(dialect, { span, way, by })}`;
}

/** What a scan wants of the rows up to and with the key `end`. */
export function selectScanned(
  dialect: Dialect,
  { span, way, filter, by, end }: ScanQuestion & { readonly end: MessageKey | undefined },
): string {
  const further = rowConditions(dialect, filter);
  if (end !== undefined) {
    const sign = way === "older" ? ">" : "<";
    const [time, id] = [dialect.text(end.publishTime), dialect.text(end.messageId)];
    further.unshift(`publish_time ${sign}= ${time} AND (publish_time ${sign} ${time} OR message_id ${sign}= ${id})`);
  }
  return `SELECT ${columns(dialect)} ${found(dialect, { span, way, by, further })}${
    keyOrder(way)
  } LIMIT ${SCANNED_MAX}`;
}

/** See `LogReader.unadopted`. Without an order: MariaDB would sort all of them. */
export function selectUnadopted(
  dialect: Dialect,
  { span, limit }: { readonly span: KeySpan; readonly limit: number },
): string {
  const rows = found(dialect, { span: { ...span, beyond: undefined }, way: "older", by: { unadopted: true } });
  return `SELECT COUNT(*) FROM (SELECT 1 AS one ${rows} LIMIT ${limit}) AS u`;
}

function columns(dialect: Dialect): string {
  const [publishTime, timestamp, createdAt] = ["publish_time", "`timestamp`", "created_at"].map((name) =>
    dialect.momentColumn(name)
  );
  const texts = ["service_name", "payload", "attributes"].map((name) => dialect.textColumn(name));
  return `${publishTime}, message_id, severity, ${timestamp}, ${createdAt}, batch, ${texts.join(", ")}`;
}

/** A row of {@linkcode selectRows} and the others of whole rows. */
export function readEntryOf(dialect: Dialect, row: readonly unknown[]): ReadEntry {
  const [publishTime, messageId, severity, timestamp, createdAt, batch, serviceName, payload, attributes] = row;
  return {
    publishTime: publishTime as Instant,
    messageId: messageId as string,
    serviceName: dialect.textOf(serviceName),
    payload: dialect.textOf(payload),
    severity: severity as Severity,
    timestamp: timestamp as Instant,
    createdAt: createdAt as Instant,
    attributes: attributes === null ? {} : JSON.parse(dialect.textOf(attributes)) as Record<string, string>,
    batch: batch === null ? undefined : BigInt(batch as string | number | bigint),
  };
}

/** A row of {@linkcode selectPairKeys}. */
export function keyOf([publishTime, messageId]: readonly unknown[]): MessageKey {
  return { publishTime: publishTime as Instant, messageId: messageId as string };
}
