/**
 * Statements that read `service_logs`.
 *
 * @module
 */
import type { Instant, MessageKey, Severity } from "../../entry/entry.ts";
import type { KeySpan, Pair, RowsQuestion, ScanQuestion, Way } from "../log_reader.ts";
import type { ReadEntry } from "../log_rows.ts";
import { keyOrder, pairConditions, spanConditions, where } from "./conditions.ts";
import type { Dialect } from "./dialect.ts";

/** Rows of the question, unless it is by pairs. */
export function selectRows(dialect: Dialect, { span, way, limit, by }: RowsQuestion): string {
  const conditions = spanConditions(dialect, { span, way });
  if (by !== undefined && "batches" in by) conditions.unshift(`batch IN (${by.batches.join(", ")})`);
  if (by !== undefined && "unadopted" in by) conditions.unshift("batch IS NULL");
  const index = by === undefined ? "" : dialect.useIndex("by_batch");
  return `SELECT ${columns(dialect)} FROM service_logs${index}${where(conditions)}${keyOrder(way)} LIMIT ${limit}`;
}

/**
 * The keys of a question by pairs. Each pair is a short range of the index, which holds the keys; the rows are fetched
 * for those that remain of all: with 100 pairs and a limit of 100 that is 100 rows and not 10,000.
 */
export function selectPairKeys(
  dialect: Dialect,
  { span, way, limit, pairs }: Omit<RowsQuestion, "by"> & { readonly pairs: readonly Pair[] },
): string {
  const parts = pairs.map((pair, i) => dialect.part(ofPair(dialect, { pair, span, way, limit }), `p${i}`));
  if (parts.length === 1) return parts[0]!;
  return `SELECT publish_time, message_id FROM (${parts.join(" UNION ALL ")}) AS k${keyOrder(way)} LIMIT ${limit}`;
}

/** The newest key of each pair, beside the pair's place in the list. */
export function selectNewest(dialect: Dialect, pairs: readonly Pair[]): string {
  return pairs.map((pair, i) =>
    dialect.part(ofPair(dialect, { pair, span: {}, way: "older", limit: 1, select: `${i}, publish_time` }), `p${i}`)
  ).join(" UNION ALL ");
}

function ofPair(
  dialect: Dialect,
  { pair, span, way, limit, select = "publish_time, message_id" }: Omit<RowsQuestion, "by"> & {
    readonly pair: Pair;
    readonly select?: string;
  },
): string {
  const conditions = [
    `service_name = ${dialect.text(pair.serviceName)}`,
    `severity = ${dialect.text(pair.severity)}`,
    ...spanConditions(dialect, { span, way }),
  ];
  const index = dialect.useIndex("by_service_severity_time");
  return `SELECT ${select} FROM service_logs${index}${where(conditions)}${keyOrder(way)} LIMIT ${limit}`;
}

/** Rows by key, in the way asked for. */
export function selectByKey(
  dialect: Dialect,
  { keys, way }: { readonly keys: readonly MessageKey[]; readonly way: Way },
): string {
  return `SELECT ${columns(dialect)} FROM service_logs WHERE ${dialect.keyIn(keys)}${keyOrder(way)}`;
}

/** The last key of as many rows as a scan looks at; no row: the span has fewer. */
export function selectScanEnd(dialect: Dialect, { span, way, rows }: ScanQuestion): string {
  return `SELECT publish_time, message_id FROM service_logs${where(spanConditions(dialect, { span, way }))}${
    keyOrder(way)
  } LIMIT 1 OFFSET ${rows - 1}`;
}

/** How many rows the span has. */
export function selectSpanCount(dialect: Dialect, { span, way }: ScanQuestion): string {
  return `SELECT COUNT(*) FROM service_logs${where(spanConditions(dialect, { span, way }))}`;
}

/** What a scan wants of the rows up to and with the key `end`. */
export function selectScanned(
  dialect: Dialect,
  { span, way, filter, end }: ScanQuestion & { readonly end: MessageKey | undefined },
): string {
  const conditions = spanConditions(dialect, { span, way });
  if (end !== undefined) {
    const sign = way === "older" ? ">" : "<";
    const [time, id] = [dialect.text(end.publishTime), dialect.text(end.messageId)];
    conditions.push(`publish_time ${sign}= ${time} AND (publish_time ${sign} ${time} OR message_id ${sign}= ${id})`);
  }
  conditions.push(...pairConditions(dialect, filter));
  return `SELECT ${columns(dialect)} FROM service_logs${where(conditions)}${keyOrder(way)}`;
}

/** The first and the last publish time of rows that are not adopted. */
export function selectUnadopted(dialect: Dialect, span: KeySpan): string {
  return (["newer", "older"] as const).map((way) => {
    const conditions = ["batch IS NULL", ...spanConditions(dialect, { span: { ...span, beyond: undefined }, way })];
    const index = dialect.useIndex("by_batch");
    return dialect.part(
      `SELECT publish_time FROM service_logs${index}${where(conditions)}${keyOrder(way)} LIMIT 1`,
      way,
    );
  }).join(" UNION ALL ");
}

function columns(dialect: Dialect): string {
  const texts = ["service_name", "payload", "attributes"].map((name) => dialect.textColumn(name));
  return `publish_time, message_id, severity, \`timestamp\`, created_at, batch, ${texts.join(", ")}`;
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
