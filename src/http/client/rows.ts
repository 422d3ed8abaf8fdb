/**
 * Rows from what an API sends.
 *
 * @module
 */
import type * as v from "valibot";
import type { Instant } from "../../entry/entry.ts";
import { parseRfc3339 } from "../../entry/instant.ts";
import type { Looked } from "../../reading/log_queries.ts";
import type { LedgerBatch, ReadEntry } from "../../store/log_rows.ts";
import type { BATCHES, ENTRY, LOOKED } from "../api/schemas.ts";

/** A moment. @throws {RangeError} Where it is none: what throws here is no API of this version. */
export function momentOf(text: string): Instant {
  const instant = parseRfc3339(text);
  if (!instant.ok) throw new RangeError(`Cannot read a moment: it ${instant.problem}`);
  return instant.value;
}

/** An entry. */
export function entryOf(json: v.InferOutput<typeof ENTRY>): ReadEntry {
  return {
    publishTime: momentOf(json.publish_time),
    messageId: json.message_id,
    serviceName: json.service_name,
    severity: json.severity,
    payload: json.payload,
    timestamp: momentOf(json.timestamp),
    createdAt: momentOf(json.created_at),
    attributes: json.attributes,
    batch: json.batch === null ? undefined : BigInt(json.batch),
  };
}

/** How far an answer looked. */
export function lookedOf(
  { complete, covered: { from, to }, examined, remarks }: {
    [K in keyof typeof LOOKED]: v.InferOutput<typeof LOOKED[K]>;
  },
): Looked {
  return {
    complete,
    covered: { ...from === null ? {} : { from: momentOf(from) }, ...to === null ? {} : { to: momentOf(to) } },
    examined,
    remarks,
  };
}

/** A row of the ledger. */
export function batchOf(json: v.InferOutput<typeof BATCHES>["batches"][number]): LedgerBatch {
  const { publish_time_first: first, publish_time_last: last } = json;
  return {
    id: BigInt(json.id),
    instance: json.instance,
    createdAt: momentOf(json.created_at),
    cause: json.cause,
    entries: json.entries,
    deadLetters: json.dead_letters,
    duplicates: json.duplicates,
    bytes: json.bytes,
    writeMs: json.write_ms,
    ...first === null ? {} : { publishTimeFirst: momentOf(first) },
    ...last === null ? {} : { publishTimeLast: momentOf(last) },
  };
}
