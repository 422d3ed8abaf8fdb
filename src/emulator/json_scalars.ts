/**
 * Values that are not objects in JSON, though some are messages in the protocol
 * (https://protobuf.dev/programming-guides/json/).
 *
 * @module
 */
import { camelCase, snakeCase } from "./json_types.ts";

/** How values of a type are read and written. */
export interface Scalar {
  /** @returns What an encoder takes; `undefined` where this is no such value. */
  read(value: unknown): unknown;
  /** @param value As a decoder gives it. */
  write(value: unknown): unknown;
  /** What stands for nothing, and is left out, except of messages. */
  readonly zero?: unknown;
}

interface Moment {
  readonly seconds?: unknown;
  readonly nanos?: number;
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i;
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;
/** Of 10,000 years, as the protocol has it. */
const DURATION_SECONDS_MAX = 315_576_000_000;

/** By the protocol's name of the type. */
export const SCALARS: Readonly<Record<string, Scalar>> = {
  string: {
    read: (value) => typeof value === "string" && value.isWellFormed() ? value : undefined,
    write: (value) => value,
    zero: "",
  },
  bool: {
    read: (value) => typeof value === "boolean" ? value : undefined,
    write: (value) => value,
    zero: false,
  },
  bytes: { read: readBase64, write: (value) => (value as Uint8Array).toBase64(), zero: "" },
  int32: { read: (value) => small(value, -(2n ** 31n), 2n ** 31n - 1n), write: Number, zero: 0 },
  uint32: { read: (value) => small(value, 0n, 2n ** 32n - 1n), write: Number, zero: 0 },
  int64: { read: (value) => large(value, -(2n ** 63n), 2n ** 63n - 1n), write: String, zero: "0" },
  uint64: { read: (value) => large(value, 0n, 2n ** 64n - 1n), write: String, zero: "0" },
  double: { read: readDouble, write: (value) => Number.isFinite(value) ? value : String(value), zero: 0 },
  float: { read: readDouble, write: (value) => Number.isFinite(value) ? value : String(value), zero: 0 },
  "google.protobuf.Timestamp": { read: readTimestamp, write: (value) => timestamp(value as Moment) },
  "google.protobuf.Duration": { read: readDuration, write: (value) => duration(value as Moment) },
  "google.protobuf.FieldMask": {
    read: (value) =>
      typeof value === "string" ? { paths: value.split(",").filter((path) => path !== "").map(snakeCase) } : undefined,
    write: (value) => ((value as { paths?: readonly string[] }).paths ?? []).map(camelCase).join(","),
  },
};

/** The standard alphabet or that of URLs, padded or not. */
function readBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return Uint8Array.fromBase64(value, { alphabet: /[-_]/.test(value) ? "base64url" : "base64" });
  } catch {
    return undefined;
  }
}

/** An integer within bounds, as a number or as its digits. */
function integer(value: unknown, min: bigint, max: bigint): bigint | undefined {
  const whole = typeof value === "number" ? Number.isInteger(value) : /^-?\d{1,20}$/.test(String(value));
  if (!whole || typeof value !== "number" && typeof value !== "string") return undefined;
  const read = BigInt(value);
  return read >= min && read <= max ? read : undefined;
}

function small(value: unknown, min: bigint, max: bigint): number | undefined {
  const read = integer(value, min, max);
  return read === undefined ? undefined : Number(read);
}

/** As its digits: a number has not the room. */
function large(value: unknown, min: bigint, max: bigint): string | undefined {
  return integer(value, min, max)?.toString();
}

function readDouble(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  return typeof value === "string" && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : undefined;
}

function readTimestamp(value: unknown): { seconds: number; nanos: number } | undefined {
  const [, toSecond, fraction = "", zone] = TIMESTAMP.exec(String(value)) ?? [];
  if (typeof value !== "string" || toSecond === undefined || zone === undefined) return undefined;
  const ms = Date.parse(`${toSecond}${zone}`.toUpperCase());
  return Number.isNaN(ms) ? undefined : { seconds: ms / 1000, nanos: nanosOf(fraction) };
}

function readDuration(value: unknown): { seconds: number; nanos: number } | undefined {
  const [, minus, digits, fraction = ""] = DURATION.exec(String(value)) ?? [];
  if (typeof value !== "string" || digits === undefined) return undefined;
  const sign = minus === "" ? 1 : -1;
  const seconds = Number(digits);
  return seconds > DURATION_SECONDS_MAX ? undefined : { seconds: sign * seconds, nanos: sign * nanosOf(fraction) };
}

function nanosOf(fraction: string): number {
  return Number(fraction.padEnd(9, "0"));
}

function timestamp({ seconds, nanos = 0 }: Moment): string {
  return new Date(Number(seconds ?? 0) * 1000).toISOString().replace(/\.\d+Z$/, `${fractionOf(nanos)}Z`);
}

function duration({ seconds, nanos = 0 }: Moment): string {
  const whole = Number(seconds ?? 0);
  return `${whole < 0 || nanos < 0 ? "-" : ""}${Math.abs(whole)}${fractionOf(Math.abs(nanos))}s`;
}

/** In milliseconds, microseconds or nanoseconds, whichever are enough. */
function fractionOf(nanos: number): string {
  return nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/(?:000){1,2}$/, "")}`;
}
