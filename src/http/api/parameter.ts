/**
 * Parameters of requests: how each is read, and how the document describes it, from one definition.
 *
 * @module
 */
import { parseEntryId } from "../../entry/entry_id.ts";
import type { MessageKey } from "../../entry/entry.ts";
import { nearest } from "../../ops/nearest.ts";
import { failure, type Result, success } from "../../ops/result.ts";
import { oneLine } from "../../ops/safe_text.ts";

/** What is wrong with a text, reading on after the parameter's name, and what to write instead. */
export interface Wrong {
  readonly problem: string;
  readonly remedy: string;
}

/** A parameter. */
export interface Parameter<T> {
  readonly description: string;
  /** In JSON Schema; of several values that of each. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** What it is where it is not given. */
  readonly absent: T;
  readonly read: (text: string) => Result<T, Wrong>;
}

/** Parameters by name. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** What they are read as. */
export type ValuesOf<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };

/** A text as it is. */
export function text(lengthMax: number, description: string): Parameter<string | undefined> {
  return {
    description,
    schema: { type: "string", maxLength: lengthMax },
    absent: undefined,
    read: (value) =>
      value.length <= lengthMax ? success(value) : failure({
        problem: `has ${value.length} characters, over ${lengthMax}`,
        remedy: `write at most ${lengthMax}`,
      }),
  };
}

/** A whole number from `min` to `max`, which has a default. */
export function integer(
  bounds: { readonly min: number; readonly max: number; readonly default: number },
  description: string,
): Parameter<number> {
  const { min, max } = bounds;
  return {
    description,
    schema: { type: "integer", minimum: min, maximum: max, default: bounds.default },
    absent: bounds.default,
    read: (given) => {
      const value = /^\d{1,15}$/.test(given) ? Number(given) : NaN;
      return value >= min && value <= max ? success(value) : failure({
        problem: `is no whole number from ${min} to ${max}`,
        remedy: `write one, such as ${bounds.default}`,
      });
    },
  };
}

/** The same without a default. */
export function optional<T>(of: Parameter<T>): Parameter<T | undefined> {
  const { default: _, ...schema } = of.schema;
  return { ...of, schema, absent: undefined };
}

/** One of some words; absent: the first. */
export function oneOf<const W extends string>(words: readonly [W, ...W[]], description: string): Parameter<W> {
  return {
    description,
    schema: { type: "string", enum: words, default: words[0] },
    absent: words[0],
    read: (given) => {
      const value = words.find((word) => word === given);
      return value === undefined ? noWord(given, words) : success(value);
    },
  };
}

/** Some words of a list, parted by commas; absent: nothing is asked. */
export function someOf<const W extends string>(
  words: readonly W[],
  description: string,
): Parameter<readonly W[] | undefined> {
  const word = words.map((word) => word.replaceAll(/\W/g, "\\$&")).join("|");
  return {
    description,
    schema: { type: "string", pattern: `^(?:${word})(?:,(?:${word}))*$` },
    absent: undefined,
    read: (given) => {
      const parts = [...new Set(given.split(","))];
      const wrong = parts.find((part) => !words.includes(part as W));
      return wrong === undefined ? success(parts as W[]) : noWord(wrong, words);
    },
  };
}

/** `true` or `false`. */
export function yesNo(description: string): Parameter<boolean> {
  return {
    description,
    schema: { type: "boolean", default: false },
    absent: false,
    read: (given) =>
      given === "true" || given === "false"
        ? success(given === "true")
        : failure({ problem: "is neither true nor false", remedy: "write one of them" }),
  };
}

/** The id of an entry or dead letter. Of one in the path `absent` never counts. */
export function entryId<T extends MessageKey | undefined>(absent: T, description: string): Parameter<MessageKey | T> {
  return {
    description,
    schema: { type: "string", examples: ["20261124T100000.123456Z-77"] },
    absent,
    read: (given) => {
      const value = parseEntryId(given);
      return value === undefined
        ? failure({
          problem: "is no id of this kind",
          remedy: "send an id as it was in an answer, such as 20261124T100000.123456Z-77",
        })
        : success(value);
    },
  };
}

/** A number of 63 bits, such as a batch's id. */
export function bigId(description: string): Parameter<bigint | undefined> {
  return {
    description,
    schema: { type: "string", pattern: "^\\d{1,19}$" },
    absent: undefined,
    read: (given) => {
      const value = /^\d{1,19}$/.test(given) ? BigInt(given) : -1n;
      return value >= 0n && value < 2n ** 63n
        ? success(value)
        : failure({ problem: "is no batch's id", remedy: "send an id as it was in an answer" });
    },
  };
}

/** A text that a function of its own reads. */
export function readBy<T>(
  read: (text: string) => Result<T, Wrong>,
  { description, schema }: Pick<Parameter<T>, "description" | "schema">,
): Parameter<T | undefined> {
  return { description, schema, absent: undefined, read };
}

function noWord(given: string, words: readonly string[]): Result<never, Wrong> {
  const close = nearest(given, words);
  return failure({
    problem: `is none of ${words.join(", ")}`,
    remedy: close === undefined ? "write one of them" : `did you mean ${close}?`,
  });
}

/** What is wrong with the parameters of a request. */
export interface WrongParameter extends Wrong {
  readonly field: string;
}

/** The texts of a URL's query, by name. Every name once, and nothing that is not UTF-8. */
export function searchOf(url: string): Result<ReadonlyMap<string, string>, WrongParameter> {
  const search = /\?([^#]*)/.exec(url)?.[1] ?? "";
  const texts = new Map<string, string>();
  for (const pair of search.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decoded(at < 0 ? pair : pair.slice(0, at));
    const value = decoded(at < 0 ? "" : pair.slice(at + 1));
    const field = oneLine((name ?? "").slice(0, 100));
    if (name === undefined || value === undefined) {
      return failure({
        field,
        problem: "is not percent-encoded UTF-8",
        remedy: "encode it as encodeURIComponent does",
      });
    }
    if (texts.has(name)) return failure({ field, problem: "is given twice", remedy: "give it once" });
    texts.set(name, value);
  }
  return success(texts);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** Reads all of a route's parameters, from the path and from the query. */
export function readParameters<P extends Parameters>(
  parameters: P,
  { path, search }: { readonly path: Readonly<Record<string, string>>; readonly search: ReadonlyMap<string, string> },
): Result<ValuesOf<P>, WrongParameter> {
  const values: Record<string, unknown> = {};
  for (const name of search.keys()) {
    if (Object.hasOwn(parameters, name) && !Object.hasOwn(path, name)) continue;
    const known = Object.keys(parameters).filter((name) => !Object.hasOwn(path, name));
    const close = nearest(name, known);
    const remedy = close !== undefined
      ? `did you mean ${close}?`
      : known.length > 0
      ? `there are ${known.join(", ")}`
      : "there are none here";
    return failure({ field: oneLine(name.slice(0, 100)), problem: "is no parameter here", remedy });
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    const given = path[name] ?? search.get(name);
    if (given === undefined) {
      values[name] = parameter.absent;
      continue;
    }
    const read = parameter.read(given);
    if (!read.ok) return failure({ field: name, ...read.problem });
    values[name] = read.value;
  }
  return success(values as ValuesOf<P>);
}
