/**
 * Reads single values from text: numbers, durations, sizes. Pure; bad text is a value with a reason.
 *
 * @module
 */
import { DAY_MS, TIMER_MS_MAX } from "../ops/durations.ts";
import { failure, type Result, success } from "../ops/result.ts";

/** The longest that anything is timed: whole days below {@linkcode TIMER_MS_MAX}. */
export const RUN_MS_MAX = Math.floor(TIMER_MS_MAX / DAY_MS) * DAY_MS;

/** What a text was read as, or what it must be. */
export type Read<T> = Result<T>;

/** Reads a text. The rest is for who may offer values before they are typed, such as a shell. */
export interface Reader<T> {
  (text: string): Read<T>;
  /** Words that it takes; absent where it knows none. */
  readonly words?: readonly string[];
  /** Whether it takes a file's path. */
  readonly path?: true;
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): Reader<number> {
  const allowed = `a whole number from ${min} to ${max}`;
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? success(value) : failure(allowed);
  };
}

/** A number from `min` to `max`, such as a share. */
export function decimal(min: number, max: number): Reader<number> {
  const allowed = `a number from ${min} to ${max}`;
  return (text) => {
    const value = /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? success(value) : failure(allowed);
  };
}

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  "": 1_000,
};

/** Milliseconds as a person writes them: `500ms`, `90s`, `5m`, `2h`. */
export function formatDuration(ms: number): string {
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  if (ms >= 1_000 && ms % 100 === 0) return `${ms / 1_000}s`;
  return `${ms}ms`;
}

/** A duration in seconds, or with a unit (`500ms`, `90s`, `5m`, `1h`, `2d`), as milliseconds. */
export function duration(minMs: number, maxMs: number): Reader<number> {
  const allowed = `seconds, or a number with ms, s, m, h or d, from ${formatDuration(minMs)} to ${
    formatDuration(maxMs)
  }`;
  return (text) => {
    const [, number, unit] = /^(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d|)$/.exec(text) ?? [];
    const value = number === undefined ? NaN : Math.round(Number(number) * MS_PER_UNIT[unit!]!);
    return value >= minMs && value <= maxMs ? success(value) : failure(allowed);
  };
}

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** Bytes as a person writes them: `16MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 2 ** 20 && bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20}MiB`;
  if (bytes >= 2 ** 10 && bytes % 2 ** 10 === 0) return `${bytes / 2 ** 10}KiB`;
  return `${bytes}`;
}

/** A size in bytes, or with a unit (`512KiB`, `16MiB`, `16MB`). */
export function byteSize(min: number, max: number): Reader<number> {
  const allowed = `bytes, or a number with KiB, MiB, KB or MB, from ${formatBytes(min)} to ${formatBytes(max)}`;
  return (text) => {
    const [, number, unit] = /^(\d{1,15}(?:\.\d{1,6})?)([kmg]?i?b|)$/i.exec(text) ?? [];
    const scale = BYTES_PER_UNIT[unit?.toLowerCase() ?? ""];
    const value = number === undefined || scale === undefined ? NaN : Math.round(Number(number) * scale);
    return value >= min && value <= max ? success(value) : failure(allowed);
  };
}

/** One of some words, in any letter case. */
export function oneOf<const W extends string>(words: readonly W[]): Reader<W> {
  const read = (text: string): Read<W> => {
    const word = words.find((word) => word === text.toLowerCase());
    return word === undefined ? failure(`one of ${words.join(", ")}`) : success(word);
  };
  return Object.assign(read, { words });
}

/** A `host:port`, where the host is a name, an IPv4 address or an IPv6 address in brackets. */
export function hostAndPort(): Reader<string> {
  const allowed = "host:port, such as 127.0.0.1:8085 or [::1]:8085";
  return (text) => {
    const [, port] = /^(?:\[[\da-fA-F:.]+\]|[^\s/:@]+):(\d{1,5})$/.exec(text) ?? [];
    const number = port === undefined ? NaN : Number(port);
    return number >= 1 && number <= 65_535 ? success(text) : failure(allowed);
  };
}

/** An address to listen on: a name, or an IP address; an IPv6 one may stand in brackets, and is read without them. */
export function listenAddress(): Reader<string> {
  return (text) => {
    const [, bracketed, plain] = /^(?:\[([\da-fA-F:.]+(?:%\w+)?)\]|([\w.:%-]+))$/.exec(text) ?? [];
    const address = bracketed ?? plain;
    return address === undefined ? failure("an address, such as 127.0.0.1, 0.0.0.0 or ::1") : success(address);
  };
}

/** A text of some form. */
export function matching(form: RegExp, allowed: string): Reader<string> {
  return (text) => form.test(text) ? success(text) : failure(allowed);
}

/** Any text but the empty one. */
export function anyText(allowed: string): Reader<string> {
  return (text) => text === "" ? failure(allowed) : success(text);
}

/** A file's path; whether there is such a file only shows when it is opened. */
export function filePath(): Reader<string> {
  return Object.assign(anyText("a file's path"), { path: true } as const);
}

/** The first reader that takes the text decides. */
export function either<A, B>(first: Reader<A>, second: Reader<B>): Reader<A | B> {
  const read = (text: string): Read<A | B> => {
    const a = first(text);
    if (a.ok) return a;
    const b = second(text);
    return b.ok ? b : failure(`${a.problem}, or ${b.problem}`);
  };
  return Object.assign(read, { words: [...first.words ?? [], ...second.words ?? []] });
}
