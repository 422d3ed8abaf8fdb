/**
 * Manifests as files.
 *
 * @module
 */
import type { InvalidReason } from "../entry/decode.ts";
import { DEAD_LETTER_REASONS, type Instant, SEVERITIES, type Severity } from "../entry/entry.ts";
import { parseRfc3339, rfc3339Of } from "../entry/instant.ts";
import { failure, type Result, success } from "../ops/result.ts";
import { type Manifest, type ManifestMessage, noCounts, type SeverityCounts, sorted } from "./manifest.ts";

/**
 * Writes a manifest as JSON, ending in a line end. Equal manifests give equal text: keys come in a fixed order,
 * services and reasons sorted. Listed messages stand one to a line.
 */
export function manifestJson(manifest: Manifest): string {
  const { seeds, published, valid, malformed, firstAt, lastAt, messages } = manifest;
  const head = {
    seeds,
    published,
    first_at: firstAt === null ? null : rfc3339Of(firstAt),
    last_at: lastAt === null ? null : rfc3339Of(lastAt),
    valid: Object.fromEntries(valid),
    malformed: Object.fromEntries(malformed),
  };
  const json = JSON.stringify(head, null, 2);
  if (messages === undefined) return `${json}\n`;
  const lines = messages.map((message) => `\n    ${JSON.stringify(message)}`).join(",");
  return `${json.slice(0, -2)},\n  "messages": [${lines}${lines === "" ? "" : "\n  "}]\n}\n`;
}

/**
 * Reads what {@linkcode manifestJson} wrote, and checks that its sums agree.
 *
 * @returns The manifest, or the first problem found.
 */
export function parseManifest(text: string): Result<Manifest> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failure("is not JSON");
  }
  try {
    return success(readManifest(json));
  } catch (error) {
    if (error instanceof Malformed) return failure(error.message);
    throw error;
  }
}

/** Leaves the readers below at the first problem; never leaves this file. */
class Malformed extends Error {}

function readManifest(json: unknown): Manifest {
  const fields = record(json, "manifest");
  const valid = new Map<string, SeverityCounts>();
  let sum = 0;
  for (const [name, value] of Object.entries(record(fields.valid, "valid"))) {
    const given = record(value, `valid of ${JSON.stringify(name)}`);
    const counts = noCounts();
    for (const severity of SEVERITIES) {
      counts[severity] = count(given[severity], `${severity} of ${JSON.stringify(name)}`);
      sum += counts[severity];
    }
    valid.set(name, counts);
  }
  const malformed = new Map<InvalidReason, number>();
  for (const [name, value] of Object.entries(record(fields.malformed, "malformed"))) {
    const number = count(value, `malformed ${name}`);
    malformed.set(reason(name), number);
    sum += number;
  }
  const published = count(fields.published, "published");
  if (sum !== published) throw new Malformed(`published is ${published}, but valid and malformed sum to ${sum}`);
  const messages = fields.messages === undefined ? undefined : list(fields.messages, "messages").map(message);
  if (messages !== undefined && messages.length !== published) {
    throw new Malformed(`published is ${published}, but ${messages.length} messages are listed`);
  }
  return {
    seeds: list(fields.seeds, "seeds").map((seed) => count(seed, "seed")),
    published,
    valid: new Map(sorted(valid)),
    malformed: new Map(sorted(malformed)),
    firstAt: instant(fields.first_at, "first_at"),
    lastAt: instant(fields.last_at, "last_at"),
    ...(messages === undefined ? {} : { messages }),
  };
}

function message(value: unknown, index: number): ManifestMessage {
  const parts = list(value, `message ${index + 1}`);
  if (!parts.every((part) => typeof part === "string")) {
    throw new Malformed(`message ${index + 1} has other than texts`);
  }
  const [id, second, severity, digest] = parts as string[];
  if (parts.length === 2) return [id!, reason(second!)];
  if (parts.length !== 4) throw new Malformed(`message ${index + 1} has ${parts.length} parts, not 2 or 4`);
  if (!isSeverity(severity!)) throw new Malformed(`message ${index + 1} has an unknown severity: ${severity}`);
  if (!/^[0-9a-f]{16}$/.test(digest!)) throw new Malformed(`message ${index + 1} has a bad digest: ${digest}`);
  return [id!, second!, severity, digest!];
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Malformed(`${name} is not an object`);
}

function list(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Malformed(`${name} is not a list`);
}

function count(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new Malformed(`${name} is not a whole number from 0`);
}

function reason(name: string): InvalidReason {
  if (name !== "rejected_by_store" && (DEAD_LETTER_REASONS as readonly string[]).includes(name)) {
    return name as InvalidReason;
  }
  throw new Malformed(`unknown reason: ${name}`);
}

function isSeverity(name: string): name is Severity {
  return (SEVERITIES as readonly string[]).includes(name);
}

function instant(value: unknown, name: string): Instant | null {
  if (value === null) return null;
  if (typeof value !== "string") throw new Malformed(`${name} is not a time`);
  const parsed = parseRfc3339(value);
  if (!parsed.ok) throw new Malformed(`${name} ${parsed.problem}`);
  return parsed.value;
}
