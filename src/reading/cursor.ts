/**
 * Where a walk through pages, or a tail, goes on: as text that callers hand back and do not look into.
 *
 * @module
 */
import type { Instant, MessageKey } from "../entry/entry.ts";
import { parseRfc3339, rfc3339Of } from "../entry/instant.ts";
import { wordHash } from "../words/word_hash.ts";
import { isWithin, type TimeRange } from "./moment.ts";

/** Which way a walk goes from its position. */
export type Direction = "older" | "newer";

/** Where a page ended, and what the walk's first page was asked. */
export interface Cursor {
  /** The key beyond which the next page begins. */
  readonly position: MessageKey;
  readonly direction: Direction;
  /**
   * The walk's ends, fixed by its first page: `-15m`, or an open end, would mean another range on each page.
   * The position is in it.
   */
  readonly range: TimeRange;
}

/** Why a text is no cursor or position, reading on after its name, and what to do. */
export interface CursorProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** The longest text, in characters: longer ones are not looked into. With an id of 128 it has about 315. */
export const CURSOR_MAX = 400;

/**
 * Writes a cursor: letters, digits, `.`, `-` and `_`, which a URL takes as they are.
 *
 * @param query What selects the walk's entries besides its range, such as the query's text: a cursor goes on with the
 * same only.
 */
export function encodeCursor({ position, direction, range }: Cursor, query: string): string {
  const ends = [range.from, range.to].map((end) => end === undefined ? NONE : digitsOf(end));
  return sealed(
    CURSOR,
    [
      direction,
      digitsOf(position.publishTime),
      ...ends,
      hex(wordHash(query)),
      // Last, because it may hold spaces.
      position.messageId,
    ].join(" "),
  );
}

/** Reads a cursor for a query, or says why it is none. Every value is checked as if somebody had made it up. */
export function decodeCursor(text: string, query: string): Cursor | CursorProblem {
  const body = opened(CURSOR, text);
  if (typeof body !== "string") return body;
  const fields = /^(older|newer) (\d{20}) (\d{20}|-) (\d{20}|-) ([\da-f]{8}) ([!-~](?:[ -~]{0,126}[!-~])?)$/.exec(body);
  if (fields === null) return damaged(CURSOR);
  const [, direction, time, from, to, hash, messageId] = fields as unknown as string[];
  const publishTime = instantOfDigits(time!);
  const range = {
    ...from === NONE ? {} : { from: instantOfDigits(from!) },
    ...to === NONE ? {} : { to: instantOfDigits(to!) },
  };
  if (publishTime === undefined || Object.values(range).includes(undefined)) return damaged(CURSOR);
  if (!isWithin(publishTime, range as TimeRange)) return damaged(CURSOR);
  if (hash !== hex(wordHash(query))) {
    return {
      problem: "belongs to another query",
      remedy: "send the query that it came with, or begin without a cursor",
    };
  }
  return {
    position: { publishTime, messageId: messageId! },
    direction: direction as Direction,
    range: range as TimeRange,
  };
}

/** A ledger's position: the id of a batch, from which a tail tells what was committed later. */
export type LedgerPosition = bigint;

/** The largest id that a signed column of 64 bits holds. */
const POSITION_MAX = 2n ** 63n - 1n;

/** Writes a tail's position, for a `tail` field or an event's id. @param position 0 to 2^63 - 1. */
export function encodeTail(position: LedgerPosition): string {
  if (position < 0n || position > POSITION_MAX) {
    throw new RangeError(`Cannot write position: outside 63 bits: ${position}`);
  }
  return sealed(TAIL, String(position));
}

/** Reads a tail's position, or says why it is none. */
export function decodeTail(text: string): LedgerPosition | CursorProblem {
  const body = opened(TAIL, text);
  if (typeof body !== "string") return body;
  if (!/^(?:0|[1-9]\d{0,18})$/.test(body)) return damaged(TAIL);
  const position = BigInt(body);
  return position > POSITION_MAX ? damaged(TAIL) : position;
}

/** A kind of text, and the version in which it is written and read. */
interface Kind {
  readonly letter: string;
  readonly version: string;
  readonly name: string;
  readonly remedy: string;
}

const CURSOR: Kind = {
  letter: "c",
  version: "1",
  name: "a cursor",
  remedy: "send a response's cursor as it is, or begin without one",
};
const TAIL: Kind = {
  letter: "t",
  version: "1",
  name: "a tail's position",
  remedy: "send a response's tail or an event's id as it is, or begin without one",
};

const NONE = "-";

/** The sum finds what was cut or mistyped. It is no signature: nothing is secret here, and nothing trusted. */
function sealed({ letter, version }: Kind, body: string): string {
  const text = btoa(`${hex(wordHash(body))} ${body}`);
  return `${letter}${version}.${text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

function opened(kind: Kind, text: string): string | CursorProblem {
  const { letter, version, name, remedy } = kind;
  const [, given, versionGiven, base64] = /^([a-z])(\d{1,3})\.([\w-]+)$/.exec(text.slice(0, CURSOR_MAX + 1)) ?? [];
  if (given !== letter || text.length > CURSOR_MAX) return { problem: `is not ${name}`, remedy };
  if (versionGiven !== version) return { problem: "was made by another version of LMS", remedy: "begin without one" };
  let sumAndBody: string;
  try {
    sumAndBody = atob(base64!.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return damaged(kind);
  }
  const body = sumAndBody.slice(9);
  // Written again, so that bits which base64 has no use for are not taken either.
  return sumAndBody.startsWith(`${hex(wordHash(body))} `) && sealed(kind, body) === text ? body : damaged(kind);
}

function damaged({ remedy }: Kind): CursorProblem {
  return { problem: "is cut or changed", remedy };
}

function hex(bits: number): string {
  return bits.toString(16).padStart(8, "0");
}

/** `20261124100000123456`. */
function digitsOf(instant: Instant): string {
  return instant.replaceAll(/\D/g, "");
}

function instantOfDigits(digits: string): Instant | undefined {
  const instant = digits.replace(/^(....)(..)(..)(..)(..)(..)(......)$/, "$1-$2-$3 $4:$5:$6.$7");
  const read = parseRfc3339(rfc3339Of(instant));
  return read.ok && read.value === instant ? instant : undefined;
}
