/**
 * The ledger as a table for people.
 *
 * @module
 */
import { rfc3339Of } from "../../entry/instant.ts";
import { alignedRows, type TableOptions } from "../../ops/table.ts";
import type { LedgerBatch } from "../../store/log_rows.ts";

/** A row per batch, in the order given; on a narrow terminal what matters least is left out first. */
export function batchLines(batches: readonly LedgerBatch[], options: TableOptions): string[] {
  if (batches.length === 0) return [];
  const rows = batches.map((batch) => {
    const { publishTimeFirst: first, publishTimeLast: last } = batch;
    return [
      // Of the transaction's beginning a second is enough for people; the id has it exactly.
      `${rfc3339Of(batch.createdAt).slice(0, 19)}Z`,
      batch.cause,
      batch.entries,
      batch.deadLetters,
      batch.duplicates,
      batch.writeMs,
      batch.bytes,
      batch.instance,
      first === undefined ? "" : rfc3339Of(first),
      last === undefined ? "" : rfc3339Of(last),
      String(batch.id),
    ];
  });
  const heading = [
    ...["made", "cause", "entries", "dead", "again", "ms", "bytes", "monitor"],
    ...["first published", "last published", "id"],
  ];
  return alignedRows([heading, ...rows], options);
}
