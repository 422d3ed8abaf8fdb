/**
 * What a reading command is asked for, from its words and flags.
 *
 * @module
 */
import type { Config } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import { wallClock } from "../../ops/clock.ts";
import type { Terminal } from "../../ops/terminal.ts";
import { formatQuery } from "../../reading/format_query.ts";
import type { TimeRange } from "../../reading/moment.ts";
import { parseQuery } from "../../reading/parse_query.ts";
import type { Query, Term } from "../../reading/query.ts";
import { mistakeLines } from "../../reading/show_mistake.ts";
import { rangeOf } from "./times.ts";

/** A query and a range of publish time. */
export interface Asked {
  readonly query: Query;
  /** Of the flags; the query may have ends of its own. */
  readonly range: TimeRange;
}

/**
 * Reads the query's words, which a shell may have taken apart, and the flags that are short for terms.
 *
 * @throws {UsageError} With the place of each mistake.
 */
export function askedFor(
  words: readonly string[],
  { config, terminal, now = wallClock() }: {
    readonly config: Config<"since" | "from" | "to" | "service" | "severity">;
    /** Where mistakes are shown. */
    readonly terminal?: Pick<Terminal, "live" | "columns">;
    readonly now?: number;
  },
): Asked {
  const columns = terminal?.live === true ? terminal.columns : undefined;
  const { query } = parsed(words.join(" "), { name: "the query", columns, now });
  return { query: { terms: [...query.terms, ...flagTerms(config, now)] }, range: rangeOf(config, now) };
}

function flagTerms({ service, severity }: Config<"service" | "severity">, now: number): readonly Term[] {
  const place = { at: 0, length: 0 };
  const services: Term[] = service.length === 0
    ? []
    : [{ kind: "service", negated: false, place, names: [...new Set(service.map((name) => name.trim()))] }];
  if (severity === undefined) return services;
  const text = `severity${/^[:<>=]/.test(severity) ? "" : ":"}${severity}`;
  return [...services, ...parsed(text, { name: "--severity", columns: undefined, now }).query.terms];
}

function parsed(
  text: string,
  { name, columns, now }: { readonly name: string; readonly columns: number | undefined; readonly now: number },
): { readonly query: Query } {
  const result = parseQuery(text, now);
  if (result.state === "query") return result;
  const [{ problem, remedy }] = result.mistakes;
  // What is wrong with the first is the message; its lines say where.
  const lines = result.mistakes.flatMap((mistake, index) => {
    const [query, place, what] = mistakeLines(text, mistake, columns) as [string, string, string];
    return index === 0 ? [query, place] : [query, place, what];
  });
  throw new UsageError(`Cannot read ${name}: ${problem}; ${remedy}`, { lines });
}

/** The query in a few words, for a heading. */
export function titleOf({ query }: Asked): string {
  return query.terms.length === 0 ? "everything" : formatQuery(query);
}
