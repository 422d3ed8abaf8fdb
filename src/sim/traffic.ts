/**
 * The messages that simulated services send.
 *
 * @module
 */
import type { InvalidReason } from "../entry/decode.ts";
import type { Instant, Severity } from "../entry/entry.ts";
import { rfc3339Of } from "../entry/instant.ts";
import { PAYLOAD_BYTES_MAX } from "../entry/limits.ts";
import { Random } from "../ops/random.ts";
import { malformed, type WireFields } from "./malformed.ts";
import { payloadsOfSize, payloadText } from "./payloads.ts";
import { serviceNames } from "./service_names.ts";

/** What a monitor should make of a message. */
export type Expected =
  | { readonly state: "valid"; readonly serviceName: string; readonly severity: Severity; readonly payload: string }
  | { readonly state: "malformed"; readonly reason: InvalidReason };

/** A message to publish, and what should become of it. */
export interface SimMessage {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

/** Which messages; equal options give equal bytes, message by message, as long as no `now` is given. */
export interface TrafficOptions {
  /** 0 to 2^32 - 1. */
  readonly seed: number;
  /** How many services send, each as often as any other: 1 to 100,000; default 3. */
  readonly services?: number | undefined;
  /** Share of messages that are wrong on purpose, 0 to 1; default 0. */
  readonly malformedShare?: number | undefined;
  /** Exact size of every well-formed payload in bytes, 0 to 65,535; default: texts as services write them. */
  readonly payloadBytes?: number | undefined;
  /** The services' clock; default: messages have no `timestamp`, so that their publish time counts. */
  readonly now?: (() => Instant) | undefined;
}

/** An endless stream of messages. */
export interface Traffic {
  readonly seed: number;
  /** The next `count` messages. */
  take(count: number): SimMessage[];
}

/** How often each severity comes, in percent: most of a log is routine. */
const SEVERITY_PERCENT: Readonly<Record<Severity, number>> = { debug: 30, info: 50, warn: 12, error: 7, fatal: 1 };
const SEVERITY_WHEEL = Object.entries(SEVERITY_PERCENT)
  .flatMap(([severity, percent]) => Array<Severity>(percent).fill(severity as Severity));

/** One message in this many is written in another way that means the same. */
const VARIANT_EVERY = 16;

const UTF8 = new TextEncoder();
/** What goes with a message without data. */
const EMPTY_ATTRIBUTES: Readonly<Record<string, string>> = { trace: "0" };
const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Starts a stream of messages at its beginning.
 *
 * @throws {RangeError} On an option out of its range.
 */
export function traffic(options: TrafficOptions): Traffic {
  const { seed, services = 3, malformedShare = 0, payloadBytes, now } = options;
  if (!(malformedShare >= 0 && malformedShare <= 1)) {
    throw new RangeError(`Cannot make traffic: malformedShare must be from 0 to 1: ${malformedShare}`);
  }
  if (
    payloadBytes !== undefined &&
    !(Number.isInteger(payloadBytes) && payloadBytes >= 0 && payloadBytes <= PAYLOAD_BYTES_MAX)
  ) {
    throw new RangeError(`Cannot make traffic: payloadBytes must be from 0 to ${PAYLOAD_BYTES_MAX}: ${payloadBytes}`);
  }
  const random = new Random(seed);
  const names = serviceNames(services);
  const sized = payloadBytes === undefined ? undefined : payloadsOfSize(payloadBytes, random);

  function next(): SimMessage {
    const serviceName = random.pick(names);
    const severity = random.pick(SEVERITY_WHEEL);
    const payload = sized?.() ?? payloadText(severity, random);
    const plain: WireFields = { service_name: serviceName, payload, severity };
    const spelled = random.below(VARIANT_EVERY) === 0 ? variant(plain) : plain;
    const fields = now === undefined ? spelled : { ...spelled, timestamp: rfc3339Of(now()) };
    const attributes = random.below(VARIANT_EVERY) === 0 ? { trace: String(random.uint32()) } : NO_ATTRIBUTES;
    if (random.chance(malformedShare)) {
      const { reason, data } = malformed(fields, random);
      // Pub/Sub refuses a message that has neither data nor an attribute.
      if (data.length === 0) return { data, attributes: EMPTY_ATTRIBUTES, expected: { state: "malformed", reason } };
      return { data, attributes, expected: { state: "malformed", reason } };
    }
    const data = UTF8.encode(JSON.stringify(fields));
    return { data, attributes, expected: { state: "valid", serviceName, severity, payload } };
  }

  return { seed, take: (count) => Array.from({ length: count }, next) };
}

/** The same entry as a service of other habits writes it: letter case, `warning`, spaces, a field of its own. */
function variant(fields: WireFields): WireFields {
  return {
    ...fields,
    service_name: ` ${fields.service_name}\n`,
    severity: fields.severity === "warn" ? "Warning" : fields.severity.toUpperCase(),
    host: "node-7",
  };
}
