/**
 * Walks through pages, with what is held in memory bounded.
 *
 * @module
 */
import type { Cursor } from "../../reading/cursor.ts";
import { type LogQueries, type Order, type Page, PAGE_MAX, type Remark } from "../../reading/log_queries.ts";
import type { ReadEntry } from "../../store/log_rows.ts";
import type { Asked } from "../reading/asked.ts";
import { nothingLines, remarkLines } from "../reading/told.ts";

/** So much text of entries is held to be shown the other way round, in characters. */
const HELD_MAX = 64 * 1024 * 1024;

/** A page of a walk, and what has to be told of it that no page before told. */
export interface ToldPage extends Page {
  readonly told: readonly string[];
}

/** All pages, one after the other; each goes on where the one before ended, though that was not complete. */
export async function* walk(
  queries: Pick<LogQueries, "page">,
  { query, range, order, limit = PAGE_MAX, signal }: Asked & {
    readonly order: Order;
    readonly limit?: number;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<ToldPage> {
  const told = new Set<string>();
  let cursor: Cursor | undefined;
  do {
    const page: Page = await queries.page({ query, range, order, limit, cursor }, { signal });
    const lines = [...remarkLines(page.remarks), ...nothingLines(page)].filter((line) => !told.has(line));
    lines.forEach((line) => told.add(line));
    yield { ...page, told: lines };
    signal.throwIfAborted();
    cursor = page.next;
  } while (cursor !== undefined);
}

/** The newest entries. */
export interface Newest extends Omit<Page, "entries" | "next" | "previous"> {
  /** Oldest first. */
  readonly entries: readonly ReadEntry[];
  /** Whether there are, or may be, older ones. */
  readonly more: boolean;
}

/** The newest entries, at most `limit`; ends at the first page that is not complete, or with much text. */
export async function newest(
  queries: Pick<LogQueries, "page">,
  { limit, ...asked }: Asked & { readonly limit: number; readonly signal: AbortSignal },
): Promise<Newest> {
  const entries: ReadEntry[] = [];
  const remarks = new Set<Remark>();
  let [held, examined] = [0, 0];
  let first: Page | undefined;
  let last: Page | undefined;
  for await (const page of walk(queries, { ...asked, order: "newest_first", limit: Math.min(limit, PAGE_MAX) })) {
    first ??= page;
    last = page;
    examined += page.examined;
    page.remarks.forEach((remark) => remarks.add(remark));
    entries.push(...page.entries.slice(0, limit - entries.length));
    held += page.entries.reduce((sum, { payload }) => sum + payload.length, 0);
    if (entries.length >= limit || !page.complete || held > HELD_MAX) break;
  }
  const { complete, covered, unknownWords, nothing, next } = last!;
  return {
    entries: entries.reverse(),
    complete,
    covered,
    examined,
    remarks: [...remarks],
    unknownWords,
    ...nothing === undefined ? {} : { nothing },
    ...first!.tail === undefined ? {} : { tail: first!.tail },
    more: next !== undefined,
  };
}
