/**
 * The conditions of statements that read.
 *
 * @module
 */
import type { KeySpan, PairFilter, RowFilter, Way } from "../log_reader.ts";
import type { Dialect } from "./dialect.ts";

/** `WHERE …`, or nothing. */
export function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

/** The conditions of a span: one range of the key, from which rows that share the moment of `beyond` are left out. */
export function spanConditions(
  dialect: Dialect,
  { span, way }: { readonly span: KeySpan; readonly way: Way },
): string[] {
  const { from, to, beyond } = span;
  const conditions: string[] = [];
  if (from !== undefined) conditions.push(`publish_time >= ${dialect.text(from)}`);
  if (to !== undefined) conditions.push(`publish_time < ${dialect.text(to)}`);
  if (beyond !== undefined) {
    const [time, id] = [dialect.text(beyond.publishTime), dialect.text(beyond.messageId)];
    const sign = way === "older" ? "<" : ">";
    conditions.push(
      `publish_time ${sign}= ${time} AND (publish_time ${sign} ${time} OR message_id ${sign} ${id})`,
    );
  }
  return conditions;
}

/** `ORDER BY …`, by key. */
export function keyOrder(way: Way): string {
  const sign = way === "older" ? " DESC" : "";
  return ` ORDER BY publish_time${sign}, message_id${sign}`;
}

/** `ORDER BY …`, by moment only. */
export function timeOrder(way: Way): string {
  return ` ORDER BY publish_time${way === "older" ? " DESC" : ""}`;
}

/** A list of literals in parentheses; of none, one that nothing is in. */
export function listOf(dialect: Dialect, texts: readonly string[]): string {
  return texts.length === 0 ? "(NULL)" : `(${texts.map((text) => dialect.text(text)).join(", ")})`;
}

/** The conditions of a filter, on the table's own columns. */
export function pairConditions(dialect: Dialect, { services, exceptServices, severities }: PairFilter): string[] {
  const conditions: string[] = [];
  if (services !== undefined) conditions.push(`service_name IN ${listOf(dialect, services)}`);
  if (exceptServices !== undefined && exceptServices.length > 0) {
    conditions.push(`service_name NOT IN ${listOf(dialect, exceptServices)}`);
  }
  if (severities !== undefined) conditions.push(`severity IN ${listOf(dialect, severities)}`);
  return conditions;
}

/** The conditions of a scan's filter: cheap ones first. */
export function rowConditions(dialect: Dialect, { contains = [], ...pairs }: RowFilter): string[] {
  const conditions = pairConditions(dialect, pairs);
  if (contains.length === 0) return conditions;
  const notAscii = dialect.notAscii("payload");
  // What folds to anything but ASCII was no ASCII.
  if (!contains.every((text) => /^[ -~]*$/.test(text))) return [...conditions, notAscii];
  const containing = contains.map((text) => dialect.containsText("payload", text)).join(" AND ");
  return [...conditions, `((${containing}) OR (${notAscii} AND ${dialect.hasAsciiFolding("payload")}))`];
}
