/**
 * What the cases of reading work with: a fresh database, readers on it, and a way to land batches past the program.
 *
 * @module
 */
import { assert } from "@std/assert";
import { compareKeys } from "../../src/entry/entry.ts";
import type { Cursor } from "../../src/reading/cursor.ts";
import type { LogQueries, Order, Page, ReadOptions } from "../../src/reading/log_queries.ts";
import { matcherOf } from "../../src/reading/match_query.ts";
import { isWithin, type TimeRange } from "../../src/reading/moment.ts";
import { parseQuery } from "../../src/reading/parse_query.ts";
import type { Query } from "../../src/reading/query.ts";
import { batchIdAt } from "../../src/reading/tail_point.ts";
import type { BatchId, ReadEntry } from "../../src/store/log_rows.ts";
import type { Dialect } from "../../src/store/reading/dialect.ts";
import { adoptingStatements, type Landing, landingStatements } from "../support/landing.ts";

/** One fresh, migrated database; disposing ends it. */
export interface ReadingFixture extends AsyncDisposable {
  readonly dialect: Dialect;
  /** Readers, disposed with the fixture. */
  readonly queries: LogQueries;
  /** Runs statements in one transaction, past the program. */
  transact(statements: readonly string[]): Promise<void>;
}

/** Makes a fixture. */
export type MakeReading = () => Promise<ReadingFixture>;

/** The batches of a test, with ids that the clock of now gives. */
export class Landed {
  readonly entries: ReadEntry[] = [];
  readonly #fixture: ReadingFixture;
  #next: BatchId;

  constructor(fixture: ReadingFixture, nowMs = Date.now()) {
    this.#fixture = fixture;
    this.#next = batchIdAt(nowMs);
  }

  /** An id that none had, of now. */
  nextId(): BatchId {
    return this.#next++;
  }

  /** Lands entries as one batch, and returns them as they are read. */
  async land(entries: readonly ReadEntry[], landing: Partial<Landing> = {}): Promise<ReadEntry[]> {
    const id = "id" in landing ? landing.id : this.nextId();
    await this.#fixture.transact(landingStatements(this.#fixture.dialect, { ...landing, entries, id }));
    const landed = entries.map((entry) => ({ ...entry, batch: id }));
    this.entries.push(...landed);
    return landed;
  }

  /** Adopts rows that were landed without a batch. */
  async adopt(entries: readonly ReadEntry[]): Promise<void> {
    const id = this.nextId();
    await this.#fixture.transact(adoptingStatements(this.#fixture.dialect, { entries, id }));
    for (const entry of entries) {
      const at = this.entries.findIndex((row) => compareKeys(row, entry) === 0);
      this.entries[at] = { ...entry, batch: id };
    }
  }

  /** What a query finds by the plainest way, oldest first. */
  matching(query: Query, range: TimeRange = {}): ReadEntry[] {
    const matches = matcherOf(query);
    return this.entries.filter((entry) => isWithin(entry.publishTime, range) && matches(entry)).sort(compareKeys);
  }
}

/** A query from its text. */
export function queryOf(text: string): Query {
  const parsed = parseQuery(text, Date.UTC(2026, 10, 24));
  assert(parsed.state === "query", text);
  return parsed.query;
}

/** A walk. */
export interface WalkOptions {
  readonly query: Query;
  readonly range?: TimeRange;
  readonly order?: Order;
  readonly limit?: number;
  readonly options?: ReadOptions;
  /** Runs between pages. */
  readonly between?: (page: Page) => Promise<void>;
}

/** More pages than any walk of a test has. */
const PAGES_MAX = 1_000;

/** Walks to the end; the pages. */
export async function walk(queries: LogQueries, walkOptions: WalkOptions): Promise<Page[]> {
  const { query, range = {}, order = "newest_first", limit = 7, options = {}, between } = walkOptions;
  const pages: Page[] = [];
  let cursor: Cursor | undefined;
  do {
    const page = await queries.page({ query, range, order, limit, cursor }, options);
    pages.push(page);
    cursor = page.next;
    assert(pages.length < PAGES_MAX, "the walk does not end");
    if (cursor !== undefined) await between?.(page);
  } while (cursor !== undefined);
  return pages;
}

/** The entries of pages, in their order. */
export function entriesOf(pages: readonly Pick<Page, "entries">[]): ReadEntry[] {
  return pages.flatMap(({ entries }) => entries);
}
