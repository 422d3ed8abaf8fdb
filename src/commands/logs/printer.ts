/**
 * Entries on stdout: as lines, JSON or CSV.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { CSV_HEADER, CSV_RECORD_END, csvRecord } from "../../entry/csv.ts";
import { oneLine, safeJson } from "../../ops/safe_text.ts";
import { entryJson } from "../../http/api/json.ts";
import type { ReadEntry } from "../../store/log_rows.ts";
import { EntryLines } from "./entry_lines.ts";

/** Prints entries in the order in which they come. */
export interface Printer {
  entries(entries: readonly ReadEntry[]): void;
  /** An entry that was found with its neighbours, apart from the group before. */
  group(entries: readonly ReadEntry[], isMatch: (entry: ReadEntry) => boolean): void;
}

/** What a printer needs of its surroundings. */
export type Output = Pick<Context, "print" | "printRows" | "results" | "interactive">;

/** The printer that the flags ask for. */
export function printerOf({ json, csv }: { readonly json: boolean; readonly csv: boolean }, output: Output): Printer {
  return json ? jsonPrinter(output) : csv ? csvPrinter(output) : linePrinter(output);
}

function jsonPrinter({ print }: Output): Printer {
  return {
    entries: (entries) => entries.forEach((entry) => print(safeJson(entryJson(entry)))),
    group: (entries, isMatch) =>
      entries.forEach((entry) => print(safeJson({ ...entryJson(entry), match: isMatch(entry) }))),
  };
}

function csvPrinter({ print, interactive }: Output): Printer {
  print(CSV_HEADER.slice(0, -CSV_RECORD_END.length));
  const record = (entry: ReadEntry) => {
    const text = csvRecord(entry).slice(0, -CSV_RECORD_END.length);
    // A program gets every byte as it is stored; a terminal one safe line.
    print(interactive ? oneLine(text) : text);
  };
  return { entries: (entries) => entries.forEach(record), group: (entries) => entries.forEach(record) };
}

function linePrinter({ printRows, results }: Output): Printer {
  const lines = new EntryLines(results);
  let first = true;
  return {
    entries: (entries) => printRows(lines.of(entries)),
    group: (entries, isMatch) => {
      printRows([...first ? [] : ["--"], ...lines.of(entries, (entry) => isMatch(entry) ? "> " : "  ")]);
      first = false;
    },
  };
}
