/**
 * What a simulation published: the account that a monitor's tables are checked against.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { InvalidReason } from "../entry/decode.ts";
import { type Instant, SEVERITIES, type Severity } from "../entry/entry.ts";
import type { Expected } from "./traffic.ts";

/** How many messages of each severity. */
export type SeverityCounts = Readonly<Record<Severity, number>>;

/** One published message: of a valid one the entry, its payload as {@linkcode payloadDigest}; else the reason. */
export type ManifestMessage =
  | readonly [messageId: string, serviceName: string, severity: Severity, digest: string]
  | readonly [messageId: string, reason: InvalidReason];

/** The account of one simulation, or of several merged ones. */
export interface Manifest {
  readonly seeds: readonly number[];
  /** All messages; the sum of `valid` and of `malformed`. */
  readonly published: number;
  /** By service, sorted by name. */
  readonly valid: ReadonlyMap<string, SeverityCounts>;
  readonly malformed: ReadonlyMap<InvalidReason, number>;
  /** When the first publish began, by the simulator's clock; `null` where nothing was published. */
  readonly firstAt: Instant | null;
  /** When the last one ended; likewise. */
  readonly lastAt: Instant | null;
  /** Every message, where it was asked for: `published` of them, publish by publish as they succeeded. */
  readonly messages?: readonly ManifestMessage[];
}

/** Counts messages as they are published. */
export class ManifestRecorder {
  readonly #seed: number;
  readonly #messages: ManifestMessage[] | undefined;
  readonly #valid = new Map<string, Record<Severity, number>>();
  readonly #malformed = new Map<InvalidReason, number>();
  #published = 0;
  #firstAt: Instant | null = null;
  #lastAt: Instant | null = null;

  /** @param options.listMessages Also keeps a record of every message, about 200 bytes each. */
  constructor(seed: number, options: { readonly listMessages: boolean }) {
    this.#seed = seed;
    this.#messages = options.listMessages ? [] : undefined;
  }

  /** Messages so far. */
  get published(): number {
    return this.#published;
  }

  /** Adds a message that the server accepted under this id. */
  add(messageId: string, expected: Expected): void {
    this.#published++;
    if (expected.state === "malformed") {
      this.#malformed.set(expected.reason, (this.#malformed.get(expected.reason) ?? 0) + 1);
      this.#messages?.push([messageId, expected.reason]);
      return;
    }
    const { serviceName, severity, payload } = expected;
    let counts = this.#valid.get(serviceName);
    if (counts === undefined) this.#valid.set(serviceName, counts = noCounts());
    counts[severity]++;
    this.#messages?.push([messageId, serviceName, severity, payloadDigest(payload)]);
  }

  /** Notes that a successful publish began and ended then. */
  spanned(from: Instant, to: Instant): void {
    this.#firstAt = earlier(this.#firstAt, from);
    this.#lastAt = later(this.#lastAt, to);
  }

  /** The account so far. */
  manifest(): Manifest {
    return {
      seeds: [this.#seed],
      published: this.#published,
      valid: new Map(sorted(this.#valid).map(([name, counts]) => [name, { ...counts }])),
      malformed: new Map(sorted(this.#malformed)),
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      ...(this.#messages === undefined ? {} : { messages: [...this.#messages] }),
    };
  }
}

/** The first 16 hexadecimal digits of the SHA-256 of a payload's UTF-8: tells payloads apart without holding them. */
export function payloadDigest(payload: string): string {
  return createHash("sha256").update(payload, "utf8").digest("hex").slice(0, 16);
}

/** Zero of each severity, least serious first. */
export function noCounts(): Record<Severity, number> {
  return { debug: 0, info: 0, warn: 0, error: 0, fatal: 0 };
}

/**
 * Adds accounts of simulations that published to the same topic. The result lists messages only where every one of
 * them does: an incomplete list would look like lost messages.
 */
export function mergeManifests(manifests: readonly Manifest[]): Manifest {
  const valid = new Map<string, Record<Severity, number>>();
  const malformed = new Map<InvalidReason, number>();
  let published = 0;
  let firstAt: Instant | null = null;
  let lastAt: Instant | null = null;
  for (const manifest of manifests) {
    published += manifest.published;
    for (const [name, counts] of manifest.valid) {
      let sum = valid.get(name);
      if (sum === undefined) valid.set(name, sum = noCounts());
      for (const severity of SEVERITIES) sum[severity] += counts[severity];
    }
    for (const [reason, count] of manifest.malformed) malformed.set(reason, (malformed.get(reason) ?? 0) + count);
    firstAt = earlier(firstAt, manifest.firstAt);
    lastAt = later(lastAt, manifest.lastAt);
  }
  const lists = manifests.map((manifest) => manifest.messages);
  return {
    seeds: manifests.flatMap((manifest) => manifest.seeds),
    published,
    valid: new Map(sorted(valid)),
    malformed: new Map(sorted(malformed)),
    firstAt,
    lastAt,
    ...(lists.every((list) => list !== undefined) ? { messages: lists.flat() } : {}),
  };
}

/** The map's entries in order of their keys, by UTF-16 units: the same on every machine. */
export function sorted<K extends string, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || (b !== null && b > a) ? b : a;
}
