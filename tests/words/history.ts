/**
 * What may happen to the messages of a database, as data: histories that find out whether a word is ever missed.
 *
 * @module
 */
import fc from "fast-check";
import { type LogEntry, SEVERITIES } from "../../src/entry/entry.ts";
import { attributes } from "../support/entries.ts";

/** What happens with some of the messages. */
export type Step = { readonly entries: readonly LogEntry[]; readonly draw: number } & {
  readonly kind:
    /** One writer, or the other by the draw, stores them in one batch. */
    | "write"
    /** Each in a batch of its own, as flushes of every second make them. */
    | "flush"
    /** The database takes so few rows at once that the batch is halved. */
    | "halve"
    /** Both writers store them at once. */
    | "race"
    /** The database is lost while they are written, and they are written again, by the other writer too. */
    | "outage"
    /** What does not decode: they become dead letters. */
    | "park"
    /** Dead letters among them become entries. */
    | "replay"
    /** The version before stores them. */
    | "before"
    /** Rows of the version before get a batch. */
    | "adopt"
    /** Hours pass, and the filters of the small batches are merged. */
    | "merge";
};

/** Everything that happens to a database. */
export interface History {
  readonly messages: readonly LogEntry[];
  readonly steps: readonly Step[];
  /** Which rows of the index are damaged in the end. */
  readonly damage: readonly number[];
}

/** Words that repeat, fold and compose. */
const WORDS = [
  "timeout",
  "TIMEOUT",
  "Größe",
  "GRÖSSE",
  "日本語",
  "x_1",
  "K",
  "İ",
  "ı",
  "ﬁ",
  "e\u0301tat",
  "ΣΊΣΥΦΟΣ",
  "9",
];
const SEPARATORS = [" ", ", ", "/", "-", "\n", "→", "\u200d", "\0", "'", "\\", "\u{1f600}"];

/** Payloads of any characters, those that mean something to words more often than chance has it. */
function payloads(): fc.Arbitrary<string> {
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 4 }) },
    { weight: 2, arbitrary: fc.nat(99_999).map((n) => `id${n}`) },
  );
  const line = fc.array(fc.tuple(word, fc.constantFrom(...SEPARATORS)), { maxLength: 7 })
    .map((parts) => parts.flat().join(""));
  const numbered = (count: fc.Arbitrary<number>) =>
    fc.tuple(fc.nat(5_000), count).map(([from, n]) => Array.from({ length: n }, (_, i) => `n${from + i}`).join(" "));
  return fc.oneof(
    { weight: 60, arbitrary: line },
    // Enough for each form of a filter, and, some of them together, for none.
    { weight: 3, arbitrary: numbered(fc.nat(900)) },
    { weight: 1, arbitrary: fc.nat(9).map((n) => Array.from({ length: 9_000 }, (_, i) => `${n}${i}`).join(" ")) },
  );
}

/** Publish times around three midnights, most of them on one day. */
function publishTimes(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.nat(86_399_999).map((ms) => new Date(Date.UTC(2026, 10, 24) + ms).toISOString()) },
    { weight: 3, arbitrary: fc.nat(259_199_999).map((ms) => new Date(Date.UTC(2026, 10, 23) + ms).toISOString()) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "2026-11-23T23:59:59.999Z",
        "2026-11-24T00:00:00.000Z",
        "2026-11-24T23:59:59.999Z",
        "2026-11-25T00:00:00.000Z",
      ),
    },
  ).chain((time) => fc.constantFrom("000", "999").map((micros) => time.replace("T", " ").replace("Z", micros)));
}

/** By default most lists are short. */
const LONG = { minLength: 1, size: "max" } as const;

function messages(): fc.Arbitrary<LogEntry[]> {
  return fc.uniqueArray(
    fc.record({
      publishTime: publishTimes(),
      // Ids repeat at other times: a server may count from 1 again.
      messageId: fc.integer({ min: 1, max: 500 }).map(String),
      serviceName: fc.constantFrom("alpha", "bravo", "ünï"),
      severity: fc.constantFrom(...SEVERITIES),
      payload: payloads(),
      attributes: fc.option(attributes(), { freq: 2, nil: undefined }),
    }).map(({ attributes, ...entry }): LogEntry => ({
      ...entry,
      timestamp: entry.publishTime,
      ...attributes === undefined ? {} : { attributes },
    })),
    { ...LONG, maxLength: 30, selector: ({ publishTime, messageId }) => `${publishTime} ${messageId}` },
  );
}

const KINDS: readonly (readonly [weight: number, kind: Step["kind"]])[] = [
  [6, "write"],
  [5, "flush"],
  [2, "halve"],
  [2, "race"],
  [1, "outage"],
  [3, "park"],
  [3, "replay"],
  [4, "before"],
  [2, "adopt"],
  [3, "merge"],
];

/** Histories; what fails in one is shown by a shorter one. */
export function histories(): fc.Arbitrary<History> {
  return messages().chain((messages) =>
    fc.record({
      messages: fc.constant(messages),
      steps: fc.array(
        fc.record({
          kind: fc.oneof(...KINDS.map(([weight, kind]) => ({ weight, arbitrary: fc.constant(kind) }))),
          // In any order, as redeliveries come.
          entries: fc.shuffledSubarray(messages),
          draw: fc.nat(1_000),
        }),
        { ...LONG, maxLength: 12 },
      ),
      damage: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 3 }),
    })
  );
}
