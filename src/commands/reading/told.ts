/**
 * What an answer owes, told to a person: how far it looked, and what to do about it.
 *
 * @module
 */
import { rfc3339Of } from "../../entry/instant.ts";
import { oneLine } from "../../ops/safe_text.ts";
import { formatTerm } from "../../reading/format_query.ts";
import type { Looked, Page, Remark } from "../../reading/log_queries.ts";
import type { IndexedWord } from "../../reading/plan_query.ts";

const REMARKS: Readonly<Record<Remark, string>> = {
  no_index: "the index of services is not built yet, so rows were read instead; lms migrate builds it",
  unadopted: "a part of that time was stored by an older version and is not in the indexes and counts yet; " +
    "lms migrate --adopt brings it in",
  unfiltered: "some batches have too many different words for the word index, and were read whole",
  hours_only: "some services are counted by the hour only: their counts stand where their hour begins",
};

/** A line for each remark. */
export function remarkLines(remarks: readonly Remark[]): string[] {
  return remarks.map((remark) => REMARKS[remark]);
}

/** How far an answer that is not complete looked; none where it is. @param remedy How to go on. */
export function incompleteLines({ complete, covered, examined }: Looked, remedy: string): string[] {
  if (complete) return [];
  const { from, to } = covered;
  const ends = [
    ...from === undefined ? [] : [`from ${rfc3339Of(from)}`],
    ...to === undefined ? [] : [`to ${rfc3339Of(to)}`],
  ];
  const where = ends.length === 0 ? "a part of it" : ends.join(" ");
  return [`not all of it was looked at, but only ${where} (${examined} rows read); ${remedy}`];
}

/** Why nothing was found, where that is known, and what may find it. */
export function nothingLines({ unknownWords, nothing }: Pick<Page, "unknownWords" | "nothing">): string[] {
  return [
    ...nothing === undefined ? [] : [`there can be no entry: ${nothing}`],
    ...unknownWords.map((word) =>
      oneLine(`no entry of that time has the word "${word.word}"; to look within words, write ${withinWords(word)}`)
    ),
  ];
}

function withinWords({ term }: IndexedWord): string {
  return formatTerm(
    term.kind === "text" || term.kind === "attribute" ? { ...term, openStart: true, openEnd: true } : term,
  );
}
