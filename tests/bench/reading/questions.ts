/**
 * What the scenario of readers asks, and what of the answers has to be true.
 *
 * @module
 */
import { instantOfDate } from "../../../src/entry/instant.ts";
import { DAY_MS } from "../../../src/ops/durations.ts";
import type { ClosedRange } from "../../../src/reading/histogram.ts";
import type { LogQueries } from "../../../src/reading/log_queries.ts";
import { parseQuery } from "../../../src/reading/parse_query.ts";
import type { Query } from "../../../src/reading/query.ts";
import { ABSENT_WORD, COMMON_PHRASE, DAYS, ONCE_WORD, RARE_SEVERITY, SERVICES } from "./rows.ts";

/** Entries of a page. */
const LIMIT = 100;

/** A kind of question. */
export interface Question {
  readonly name: string;
  /** Asked in one of so many turns. */
  readonly everyTurns: number;
  /** What the 99th percentile of its answers should not be above, in milliseconds. */
  readonly msMax: number;
  /** Asks it now. Returns how many entries the answer holds, or counts, and whether it is the whole answer. */
  ask(queries: LogQueries): Promise<{ readonly entries: number; readonly complete: boolean }>;
  /** How many entries there have to be, of a table of so many rows; more may have come meanwhile. */
  readonly entries: (rows: number) => { readonly least: number; readonly most: number };
}

/** All kinds, in the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  page("newest page", { text: "", least: LIMIT }),
  page("page of a service", { text: `service:${SERVICES[7]}`, least: LIMIT }),
  page("page of a rare severity", { text: `severity:${RARE_SEVERITY}`, least: 1 }),
  histogram("histogram of a day", { days: 1 }),
  histogram("histogram of ten days", { days: DAYS }),
  {
    name: "totals",
    everyTurns: 1,
    msMax: 100,
    ask: async (queries) => {
      const { total, complete } = await queries.totals({ query: query("") });
      return { entries: total, complete };
    },
    entries: (rows) => ({ least: rows, most: Infinity }),
  },
  page("a word that occurs once", { text: ONCE_WORD, least: 1, most: 1 }),
  page("a word that does not occur", { text: ABSENT_WORD, least: 0, most: 0 }),
  page("a common phrase", { text: `"${COMMON_PHRASE}"`, least: LIMIT }),
  {
    // Of the word that occurs once, but some days ago: rows are read, until the budget is used up.
    name: "part of a word over a day",
    everyTurns: 10,
    msMax: 1_200,
    ask: async (queries) => {
      const request = {
        query: query(`*${ONCE_WORD.slice(3, 9)}*`),
        range: lastDays(1),
        order: "newest_first" as const,
      };
      const { entries } = await queries.page({ ...request, limit: LIMIT });
      // Of its first page nobody expects more.
      return { entries: entries.length, complete: true };
    },
    entries: () => ({ least: 0, most: 0 }),
  },
];

/**
 * Asks, and looks at the answer. Returns whether it is whole: one that ran out of its budget says that it is not.
 *
 * @throws {Error} When the answer is wrong.
 */
export async function asked(question: Question, queries: LogQueries, rows: number): Promise<boolean> {
  const { entries, complete } = await question.ask(queries);
  const { least, most } = question.entries(rows);
  if (complete && entries < least || entries > most) throw new Error(`${question.name}: ${entries} entries`);
  return complete;
}

/** The first page, over all that is stored. */
function page(
  name: string,
  { text, least, most = LIMIT }: { readonly text: string; readonly least: number; readonly most?: number },
): Question {
  return {
    name,
    everyTurns: 1,
    msMax: 100,
    ask: async (queries) => {
      const { entries, complete } = await queries.page({
        query: query(text),
        range: {},
        order: "newest_first",
        limit: LIMIT,
      });
      return { entries: entries.length, complete };
    },
    entries: () => ({ least, most }),
  };
}

function histogram(name: string, { days }: { readonly days: number }): Question {
  return {
    name,
    everyTurns: 1,
    msMax: 100,
    ask: async (queries) => {
      const { total, complete } = await queries.histogram({ query: query(""), range: lastDays(days) });
      return { entries: total, complete };
    },
    // The rows end a while before now, and the range does too.
    entries: (rows) => ({ least: Math.floor(rows * days / DAYS * 0.9), most: Infinity }),
  };
}

function lastDays(days: number): ClosedRange {
  const now = Date.now();
  return { from: instantOfDate(new Date(now - days * DAY_MS)), to: instantOfDate(new Date(now)) };
}

function query(text: string): Query {
  const parsed = parseQuery(text, Date.now());
  if (parsed.state === "mistaken") throw new Error(`${text}: ${parsed.mistakes[0].problem}`);
  return parsed.query;
}
