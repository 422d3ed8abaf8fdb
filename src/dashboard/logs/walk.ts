/**
 * A walk through pages of entries, both ways, of which so many stay in memory.
 *
 * @module
 */
import type { Entry, Page } from "../api/answers.ts";
import { type Failure, failureFrom } from "../api/failure.ts";

/** What a walk is made of. */
export interface WalkOptions {
  /** Asks for a page: the first one without a cursor. */
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page>;
  readonly onChange: () => void;
  /** Pages at the far end go where there are more. Default: {@linkcode PAGES_MAX}. */
  readonly pagesMax?: number;
}

/** Of 500 entries each: 125,000 rows. */
export const PAGES_MAX = 250;

/** Which way, in the order of the list. */
export type Way = "next" | "previous";

/** A walk. It begins with {@linkcode begin}, and ends with {@linkcode end}. */
export class Walk {
  readonly #options: WalkOptions;
  readonly #ending = new AbortController();
  #pages: Page[] = [];
  #entries: Entry[] = [];
  #reading: Way | "first" | undefined;
  #failure: Failure | undefined;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** What is loaded, in the list's order. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** What is being read now. */
  get reading(): Way | "first" | undefined {
    return this.#reading;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** The first page, while it is loaded; what it says of the query holds for all. */
  first: Page | undefined;

  /** Whether there is more that way. */
  has(way: Way): boolean {
    return this.#cursor(way) !== null;
  }

  /** Whether what was read last had no entries, though there is more to look at. */
  lastEmpty = false;

  /** How far the pages looked that are loaded. */
  get last(): Page | undefined {
    return this.#pages.at(-1);
  }

  begin(): Promise<void> {
    return this.#read("first", undefined);
  }

  /** Reads on, where there is more and nothing is being read. */
  async more(way: Way): Promise<void> {
    const cursor = this.#cursor(way);
    if (cursor === null || this.#reading !== undefined || this.#pages.length === 0) return;
    await this.#read(way, cursor);
  }

  end(): void {
    this.#ending.abort();
  }

  #cursor(way: Way): string | null {
    return (way === "next" ? this.#pages.at(-1)?.next : this.#pages[0]?.previous) ?? null;
  }

  async #read(way: Way | "first", cursor: string | undefined): Promise<void> {
    const { signal } = this.#ending;
    this.#reading = way;
    this.#options.onChange();
    try {
      const page = await this.#options.read(cursor, signal);
      if (signal.aborted) return;
      this.#failure = undefined;
      this.#take(way, page);
    } catch (error) {
      if (signal.aborted) return;
      this.#failure = failureFrom(error);
    }
    this.#reading = undefined;
    this.#options.onChange();
  }

  #take(way: Way | "first", page: Page): void {
    const { pagesMax = PAGES_MAX } = this.#options;
    this.lastEmpty = page.entries.length === 0;
    if (way === "first") {
      this.#pages = [page];
      this.first = page;
    } else if (way === "next") {
      // A page may be empty and yet have a next one; of the other end the cursor counts.
      this.#pages = page.entries.length === 0 ? [...this.#pages.slice(0, -1), { ...this.last!, next: page.next }] : [
        ...this.#pages,
        page,
      ].slice(-pagesMax);
    } else {
      this.#pages = page.entries.length === 0
        ? [{ ...this.#pages[0]!, previous: page.previous }, ...this.#pages.slice(1)]
        : [page, ...this.#pages].slice(0, pagesMax);
    }
    this.#entries = this.#pages.flatMap(({ entries }) => entries);
  }
}
