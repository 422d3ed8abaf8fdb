/**
 * Collects the words of a batch, for its filters.
 *
 * @module
 */
import { fold } from "./fold.ts";
import { FILTER_WORDS_MAX, filterOf, type FilterRow } from "./word_filter.ts";
import { attributeHash } from "./word_hash.ts";
import { eachWordHash } from "./words.ts";

/** What of an entry can be looked for by words. */
export interface WordSource {
  /** UTC, `YYYY-MM-DD…`. */
  readonly publishTime: string;
  readonly payload: string;
  readonly attributes?: Readonly<Record<string, string>> | null | undefined;
}

/** The filter of one UTC day of publish time. */
export interface DayFilter {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly words: number;
  readonly rows: readonly FilterRow[];
}

/** What the names of attributes begin with that Pub/Sub's client libraries add: they are kept, and not indexed. */
export const CLIENT_ATTRIBUTE = "googclient_";

/** Calls `visit` with the hash of each of the payload's words, and of each attribute as one; some more than once. */
export function eachHashOf({ payload, attributes }: WordSource, visit: (hash: number) => void): void {
  eachWordHash(payload, visit);
  for (const name in attributes) {
    if (!name.startsWith(CLIENT_ATTRIBUTE)) visit(attributeHash(fold(name), fold(attributes[name]!)));
  }
}

/**
 * The words of one batch by day, which go into filters once all entries are in. Entries of a day after the other cost
 * least, which the order of their keys is.
 */
export class BatchWords {
  readonly #days = new Map<string, HashList>();
  /**
   * Hashes seen lately, each in the one place that its low bits choose. Nearly all words of a log repeat within their
   * batch; what was displaced meanwhile is listed twice, and found to be so at the end. A third of a `Set`'s time.
   */
  readonly #seen = new Uint32Array(SEEN_PLACES);
  #day = "";
  #list = new HashList();
  #tooMany = false;

  /** Adds the payload's words, and each attribute as one. */
  add(entry: WordSource): void {
    if (this.#tooMany) return;
    this.#turnTo(entry.publishTime.slice(0, 10));
    eachHashOf(entry, this.#addHash);
    this.#tooMany = this.#list.overflows;
  }

  /**
   * The filters by day, none for a batch without words; `"scan"` where it has more than {@linkcode FILTER_WORDS_MAX} over
   * all its days, so that its rows are read whatever is looked for.
   */
  filters(): DayFilter[] | "scan" {
    if (this.#tooMany) return "scan";
    const days = [...this.#days].map(([day, list]) => ({ day, hashes: list.distinct() }))
      .filter(({ hashes }) => hashes.length > 0);
    if (days.reduce((sum, { hashes }) => sum + hashes.length, 0) > FILTER_WORDS_MAX) return "scan";
    return days.sort((a, b) => a.day < b.day ? -1 : 1)
      .map(({ day, hashes }) => ({ day, words: hashes.length, rows: filterOf(hashes) }));
  }

  readonly #addHash = (hash: number): void => {
    const place = hash & (SEEN_PLACES - 1);
    if (this.#seen[place] === hash) return;
    this.#seen[place] = hash;
    this.#list.push(hash);
  };

  #turnTo(day: string): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#seen.fill(0);
    let list = this.#days.get(day);
    if (list === undefined) this.#days.set(day, list = new HashList());
    this.#list = list;
  }
}

/** 32 KiB, which stays in a core's cache. */
const SEEN_PLACES = 8_192;

/** Hashes, some of them more than once; never many more than the distinct ones that a batch may have. */
class HashList {
  #hashes = new Uint32Array(64);
  #length = 0;
  /** Whether the distinct ones are too many for a filter. */
  overflows = false;

  push(hash: number): void {
    if (this.#length === this.#hashes.length) this.#makeRoom();
    this.#hashes[this.#length++] = hash;
  }

  /** Grows up to twice what a filter takes, of which half is free again once each is there once. */
  #makeRoom(): void {
    if (this.#length < 2 * FILTER_WORDS_MAX) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
      return;
    }
    const distinct = this.distinct();
    this.overflows ||= distinct.length > FILTER_WORDS_MAX;
    // What overflows is not used: it begins again, so that a payload of however many words goes on in the same room.
    this.#length = this.overflows ? 0 : distinct.length;
    this.#hashes.set(distinct.subarray(0, this.#length));
  }

  /** Each once, in order. */
  distinct(): Uint32Array {
    const sorted = this.#hashes.slice(0, this.#length).sort();
    let kept = 0;
    for (const hash of sorted) {
      if (kept === 0 || sorted[kept - 1] !== hash) sorted[kept++] = hash;
    }
    return sorted.slice(0, kept);
  }
}
