/**
 * The entries that a run stored, to be printed when it ends.
 *
 * @module
 */
import { CSV_HEADER, csvRecord } from "../entry/csv.ts";
import type { LogEntry, MessageKey } from "../entry/entry.ts";
import { oneLine } from "../ops/safe_text.ts";
import type { EntryReader } from "../store/store.ts";
import type { Context } from "./context.ts";

/** Rows read from the store at once. */
const READ_AT_ONCE = 1_000;

/**
 * Remembers which entries were stored, not what is in them: about 100 bytes each. What is printed is read back, so that
 * it is what the database says.
 */
export class EntryLog {
  readonly #most: number;
  readonly #keys: MessageKey[] = [];

  /** @param most How many entries to remember; the first ones count. */
  constructor(most: number | "all") {
    this.#most = most === "all" ? Infinity : most;
  }

  /** Remembers entries, in the order they are given. */
  add(entries: readonly LogEntry[]): void {
    for (const { publishTime, messageId } of entries) {
      if (this.#keys.length >= this.#most) return;
      this.#keys.push({ publishTime, messageId });
    }
  }

  /**
   * Prints the entries as CSV, then, on stderr, how many records this run stored; only the number, if no entry was to be
   * remembered. Into a pipe each record is exact; on a terminal it is one safe line.
   *
   * @param stored Records of this run, remembered or not.
   */
  async print(
    store: EntryReader,
    { print, interactive, terminal }: Pick<Context, "print" | "interactive" | "terminal">,
    stored: number,
  ): Promise<void> {
    if (this.#most > 0) print(CSV_HEADER.trimEnd());
    for (let i = 0; i < this.#keys.length; i += READ_AT_ONCE) {
      for (const entry of await store.entriesByKey(this.#keys.slice(i, i + READ_AT_ONCE))) {
        const record = csvRecord(entry).replace(/\r?\n$/, "");
        print(interactive ? oneLine(record) : record);
      }
    }
    if (this.#keys.length < stored && this.#most > 0) {
      terminal.line(`(the first ${this.#keys.length}; --print-log all prints every one)`);
    }
    terminal.line(`${stored} record(s)`);
  }
}
