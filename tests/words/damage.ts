/**
 * Damages the word index.
 *
 * @module
 */
import { SCAN_LEVEL } from "../../src/store/batch_record.ts";
import type { Place } from "./place.ts";

/** Damages some of the filters, each in one of three ways; `false` where there is none. */
export async function damage({ query }: Place, draws: readonly number[]): Promise<boolean> {
  // The mark of too many words has no bits: without it nothing is found of its batch.
  const filters = await query(
    "SELECT day, level, chunk, CAST(batch AS CHAR) AS batch FROM word_filters ORDER BY batch, day, level, chunk",
  );
  if (filters.length === 0) return false;
  for (const draw of draws) {
    const { day, level, chunk, batch } = filters[draw % filters.length]!;
    const row = `day = '${day}' AND level = ${level} AND chunk = ${chunk} AND batch = ${batch}`;
    const ways = [
      `DELETE FROM word_filters WHERE ${row}`,
      `UPDATE batches SET word_filter = NULL WHERE word_filter = ${batch}`,
      ...level === SCAN_LEVEL ? [] : [`UPDATE word_filters SET bits = x'00' WHERE ${row}`],
    ];
    await query(ways[draw % ways.length]!);
  }
  return true;
}
