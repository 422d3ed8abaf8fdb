/**
 * Which dead letters an action is for, a page at a time: never more of them in memory.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import type { Condition } from "../../config/settings/dead_letters.ts";
import { UsageError } from "../../config/usage_error.ts";
import { failure, type Result, success } from "../../ops/result.ts";
import type { DeadLetterFilter, DeadLetterSummary, MaintainedStore } from "../../store/maintenance.ts";
import type { ConfigOf } from "../command.ts";
import { momentOf } from "../reading/times.ts";
import type { DEAD_LETTERS } from "./command.ts";
import { findDeadLetters, fullId, readNames } from "./ids.ts";
import { letterHas, ofSummary, summaryHas } from "./where.ts";

/** The settings of the command. */
export type Settings = ConfigOf<typeof DEAD_LETTERS>;

/** An action at work. */
export interface Work {
  readonly store: MaintainedStore;
  readonly config: Settings;
  readonly context: Context;
  /** Names of dead letters; {@linkcode STDIN} alone stands for those that come in. */
  readonly ids: readonly string[];
}

/** Some dead letters of those that were chosen. */
export interface Page {
  readonly letters: readonly DeadLetterSummary[];
  /** How many were looked at to find them. */
  readonly seen: number;
  /** Lines about names that fit none. */
  readonly problems: readonly string[];
}

/** What was chosen. */
export interface Choice {
  readonly pages: AsyncIterable<Page> | Iterable<Page>;
  /** How many dead letters they have; `undefined` where nobody knows yet. */
  readonly total: number | undefined;
}

/** In the place of ids: they come in on stdin. */
export const STDIN = "-";

/** Dead letters that are held in memory at once, in number and in bytes of data. */
const PAGE = { letters: 500, bytes: 16 * 1024 * 1024 };

/** Chooses by the names that were given, by those that come in, or by the filter; of a filter those with `statuses`. */
export async function choose({ store, config, context, ids }: Work, filter: DeadLetterFilter): Promise<Result<Choice>> {
  if (ids.length === 0) {
    const { where } = config;
    const pages = filteredPages(store, { filter, where, cut: true });
    return success({ pages, total: await store.countDeadLetters(filter) });
  }
  if (ids.includes(STDIN)) return success({ pages: incoming(store, context), total: undefined });
  const { letters, problems } = await findDeadLetters(store, ids);
  if (problems.length > 0) return failure(problems[0]!);
  return success({ pages: named(letters), total: letters.length });
}

/** Refuses names beside a filter, and `-` beside names: one of them would be left out without a word. */
export function checkIds(ids: readonly string[], config: Settings): void {
  if (ids.includes(STDIN) && ids.length > 1) throw new UsageError("Cannot use both ids and -: take one of them away");
  const [restriction] = restrictions(config);
  if (ids.length > 0 && restriction !== undefined) {
    throw new UsageError(`Cannot use both ids and --${restriction}: take one of them away`);
  }
}

/** The flags that were given of those that choose. */
export function restrictions({ reason, since, where }: Settings): string[] {
  return [
    ...(reason === undefined ? [] : ["reason"]),
    ...(since === undefined ? [] : ["since"]),
    ...(where.length === 0 ? [] : ["where"]),
  ];
}

/** What the database is asked for. */
export function filterOf({ reason, since }: Settings, statuses: DeadLetterFilter["statuses"]): DeadLetterFilter {
  return {
    ...(statuses === undefined ? {} : { statuses }),
    ...(reason === undefined ? {} : { reason }),
    ...(since === undefined ? {} : { since: momentOf(since, "since") }),
  };
}

/** How to go through what a filter admits. */
export interface Filtered {
  readonly filter: DeadLetterFilter;
  readonly where: readonly Condition[];
  readonly newestFirst?: boolean;
  /** Whether the data of a page has to fit into memory too; by default it is not read. */
  readonly cut?: boolean;
  /** Looked at in one go, at most; default 500. */
  readonly lettersMax?: number;
}

/** What a filter admits and has the texts that are asked for; what an action changes meanwhile is not seen again. */
export async function* filteredPages(
  store: MaintainedStore,
  { filter, where, newestFirst = false, cut = false, lettersMax = PAGE.letters }: Filtered,
): AsyncGenerator<Page> {
  const limit = Math.min(lettersMax, PAGE.letters);
  let letters: readonly DeadLetterSummary[] | undefined;
  do {
    const after = letters?.at(-1);
    letters = await store.listDeadLetters({ ...filter, newestFirst, limit, ...(after === undefined ? {} : { after }) });
    for (const part of cut ? pages(letters) : [letters]) {
      yield { letters: await having(part, { store, where }), seen: part.length, problems: [] };
    }
  } while (letters.length === limit);
}

async function having(
  letters: readonly DeadLetterSummary[],
  { store, where }: { readonly store: MaintainedStore; readonly where: readonly Condition[] },
): Promise<readonly DeadLetterSummary[]> {
  const left = letters.filter((letter) => summaryHas(letter, where.filter(ofSummary)));
  const ofMessages = where.filter((condition) => !ofSummary(condition));
  if (ofMessages.length === 0 || left.length === 0) return left;
  const fitting = new Set<string>();
  for (const part of pages(left)) {
    for (const letter of await store.deadLettersByKey(part)) {
      if (letterHas(letter, ofMessages)) fitting.add(fullId(letter));
    }
  }
  return left.filter((letter) => fitting.has(fullId(letter)));
}

async function* incoming(store: MaintainedStore, { readInput, drain }: Context): AsyncGenerator<Page> {
  let names: string[] = [];
  for await (const name of readNames(readInput(), drain)) {
    if (names.push(name) < PAGE.letters) continue;
    yield* await foundPages(store, names);
    names = [];
  }
  if (names.length > 0) yield* await foundPages(store, names);
}

async function foundPages(store: MaintainedStore, names: readonly string[]): Promise<Page[]> {
  const { letters, problems } = await findDeadLetters(store, names);
  return [...problems.length === 0 ? [] : [{ letters: [], seen: problems.length, problems }], ...named(letters)];
}

function named(letters: readonly DeadLetterSummary[]): Page[] {
  return [...pages(letters)].map((part) => ({ letters: part, seen: part.length, problems: [] }));
}

/** Cuts a list so that the data of each part fits into memory. */
function* pages(letters: readonly DeadLetterSummary[]): Generator<readonly DeadLetterSummary[]> {
  let page: DeadLetterSummary[] = [];
  let bytes = 0;
  for (const letter of letters) {
    if (page.length > 0 && (page.length >= PAGE.letters || bytes + letter.bytes > PAGE.bytes)) {
      yield page;
      [page, bytes] = [[], 0];
    }
    page.push(letter);
    bytes += letter.bytes;
  }
  if (page.length > 0) yield page;
}
