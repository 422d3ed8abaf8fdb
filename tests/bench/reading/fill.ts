/**
 * Fills tables as LMS itself does: through its store, batch by batch.
 *
 * @module
 */
import { parseDatabaseUrl } from "../../../src/store/database_url.ts";
import { openStore } from "../../../src/store/open_store.ts";
import type { TestDatabase } from "../../support/database.ts";
import type { Bench } from "../scenario.ts";
import { readingRows, type RowsOptions } from "./rows.ts";

const BATCH = 5_000;
/** As many as a monitor has by default. */
const WRITERS = 2;
/** Between two lines that tell how far it is. */
const SAY_EVERY = 1_000_000;

/**
 * Stores all rows, the oldest first, so that their counts, their words and the ledger are as a monitor leaves them.
 *
 * @throws {Error} When rows were there before.
 */
export async function fill(
  { say, signal }: Pick<Bench, "say" | "signal">,
  database: TestDatabase,
  rows: RowsOptions,
): Promise<void> {
  const parsed = parseDatabaseUrl(database.url);
  if (!parsed.ok) throw new Error(`the database's address ${parsed.problem}`);
  await using store = openStore(parsed.value, { writers: WRITERS, onWarning: say });
  let next = 0;
  let stored = 0;
  const writer = async () => {
    while (next < rows.rows) {
      const from = next;
      next += BATCH;
      const entries = readingRows(rows, { from, count: BATCH });
      const result = await store.write({ entries, deadLetters: [] }, { signal });
      if (stored % SAY_EVERY > (stored + result.stored) % SAY_EVERY) {
        say(`    stored ${stored + result.stored} of ${rows.rows} rows`);
      }
      stored += result.stored;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  if (stored !== rows.rows) throw new Error(`${stored} of ${rows.rows} rows are new`);
}
