/**
 * Merges streams of rows until enough of what is looked for is found, in the order of keys.
 *
 * @module
 */
import type { MessageKey } from "../entry/entry.ts";
import type { Way } from "../store/log_reader.ts";
import type { ReadEntry } from "../store/log_rows.ts";
import type { Budget } from "./budget.ts";
import { compareOn } from "./position.ts";
import type { RowStream } from "./streams.ts";

/** How to merge. */
export interface MergeOptions<T extends MessageKey> {
  readonly way: Way;
  /** So many are enough; `Infinity`: all. */
  readonly enough: number;
  readonly budget: Budget;
  readonly matches: (entry: ReadEntry) => boolean;
  /** What is kept of an entry. */
  readonly kept: (entry: ReadEntry) => T;
}

/** What was found. */
export interface Merged<T> {
  /** In the order of the way, each once; more than enough where there are more. */
  readonly found: readonly T[];
  /** The place up to which all was looked at; absent: to the end. */
  readonly place: MessageKey | undefined;
}

/**
 * Streams of which the one that is farthest behind is read on, until no other can bring what comes before the last that is
 * wanted. A budget ends it only when it has come on.
 */
export class Merge<T extends MessageKey> {
  readonly #options: MergeOptions<T>;
  readonly #streams = new Set<RowStream>();
  /** What one stream alone has brought comes in order, and each once. */
  #found: T[] = [];
  /** By key, once there was a second stream: a row may come from two. */
  #byKey: Map<string, T> | undefined;
  #added = 0;
  /** Where the search began. */
  #start: MessageKey | undefined;

  constructor(options: MergeOptions<T>) {
    this.#options = options;
  }

  add(streams: readonly RowStream[]): void {
    for (const stream of streams) {
      if (stream.place === undefined) continue;
      this.#streams.add(stream);
      if (++this.#added === 2) this.#byKey = new Map(this.#found.map((entry) => [keyText(entry), entry]));
    }
  }

  /** May be called again after more streams were added. */
  async run(): Promise<Merged<T>> {
    const { way, enough, budget } = this.#options;
    while (true) {
      const next = this.#hindmost();
      if (next === undefined) return { found: this.#sorted(), place: undefined };
      const place = next.place!;
      this.#start ??= place;
      // Where no stream has left the start, a cursor would lead to the same page again.
      const isOver = budget.isSpent && compareOn(way, place, this.#start) > 0;
      if (isOver || this.#size >= enough) {
        const found = this.#sorted();
        const sure = this.#byKey === undefined ? found : found.filter((entry) => compareOn(way, entry, place) <= 0);
        if (isOver || sure.length >= enough) return { found: sure, place };
      }
      await this.#step(next);
    }
  }

  async #step(stream: RowStream): Promise<void> {
    const { budget, matches, kept } = this.#options;
    const { entries, streams = [] } = await stream.step(budget);
    if (stream.place === undefined) this.#streams.delete(stream);
    this.add(streams);
    for (const entry of entries) {
      if (!matches(entry)) continue;
      if (this.#byKey === undefined) this.#found.push(kept(entry));
      else this.#byKey.set(keyText(entry), kept(entry));
    }
  }

  get #size(): number {
    return this.#byKey?.size ?? this.#found.length;
  }

  #hindmost(): RowStream | undefined {
    let first: RowStream | undefined;
    for (const stream of this.#streams) {
      if (first === undefined || compareOn(this.#options.way, stream.place!, first.place!) < 0) first = stream;
    }
    return first;
  }

  #sorted(): T[] {
    if (this.#byKey === undefined) return this.#found;
    return [...this.#byKey.values()].sort((a, b) => compareOn(this.#options.way, a, b));
  }
}

function keyText({ publishTime, messageId }: MessageKey): string {
  return `${publishTime} ${messageId}`;
}
