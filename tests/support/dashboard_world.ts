/**
 * Logs as a few services write them, the same each time, for the dashboard to show.
 *
 * @module
 */
import type { Severity } from "../../src/entry/entry.ts";
import { instantOfDate } from "../../src/entry/instant.ts";
import { batchIdAt } from "../../src/reading/tail_point.ts";
import type { ReadEntry } from "../../src/store/log_rows.ts";
import { ledgerBatch, type MemoryLogQueries, readEntry } from "./memory_log_queries.ts";

const SERVICES = ["api-gateway", "billing", "checkout", "inventory", "mailer", "search", "sessions"];

const TEXTS: Readonly<Record<Severity, readonly string[]>> = {
  debug: ["cache miss for key user:{n}", "pool has {n} idle connections", "GET /healthz 200 in 1 ms"],
  info: [
    "POST /v1/orders 201 in {n} ms",
    '{"event":"order placed","order":"ord_{n}","items":3,"total":{"amount":59.9,"currency":"EUR"}}',
    "session renewed for user {n}",
    "mail sent to customer {n} through relay-2",
  ],
  warn: ["slow query: {n} ms, SELECT … FROM orders", "retrying connection to billing-db, attempt {n}"],
  error: [
    "connection refused: billing-db:5432 after {n} ms",
    '{"error":"card declined","order":"ord_{n}","provider":"acme-pay","code":"insufficient_funds"}',
    "unhandled rejection: TypeError: Cannot read properties of undefined (reading 'sku')\n    at price (cart.js:{n}:17)\n    at total (cart.js:88:9)",
  ],
  fatal: ["out of memory, worker {n} stops"],
};

/** Numbers that look random and never change: xorshift of 32 bits. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** An entry as a service writes it then. */
export function worldEntry(ms: number, { n, roll }: { readonly n: number; readonly roll: () => number }): ReadEntry {
  const chance = roll();
  const severity: Severity = chance < 0.25
    ? "debug"
    : chance < 0.86
    ? "info"
    : chance < 0.95
    ? "warn"
    : chance < 0.995
    ? "error"
    : "fatal";
  const texts = TEXTS[severity];
  const number = Math.floor(roll() * 9_000) + 17;
  const payload = texts[Math.floor(roll() * texts.length)]!.replaceAll("{n}", String(number));
  const publishTime = instantOfDate(new Date(ms)).replace(/\d{3}$/, String(n % 1000).padStart(3, "0"));
  return readEntry({
    publishTime,
    timestamp: instantOfDate(new Date(ms - Math.floor(roll() * 900))),
    createdAt: instantOfDate(new Date(ms + 400 + Math.floor(roll() * 400))),
    messageId: String(10_000_000 + n),
    serviceName: SERVICES[Math.floor(roll() ** 1.6 * SERVICES.length)]!,
    severity,
    payload,
    attributes: { trace: `t-${(number * 7919).toString(16)}`, pod: `pod-${number % 5}`, region: "eu-west-1" },
  });
}

/** Fills queries with entries that end at a time, and the batches that brought them. */
export function fillWorld(
  queries: MemoryLogQueries,
  { count, endMs, spanMs, seed = 42 }: {
    readonly count: number;
    readonly endMs: number;
    readonly spanMs: number;
    readonly seed?: number;
  },
): void {
  const roll = dice(seed);
  const steps = Array.from({ length: count }, () => roll() + (roll() < 0.02 ? 6 : 0));
  const sum = steps.reduce((all, step) => all + step, 0);
  let ms = endMs - spanMs;
  for (const [n, step] of steps.entries()) {
    ms += step / sum * spanMs;
    queries.entries.push(worldEntry(Math.floor(ms), { n, roll }));
  }
  queries.nowMs = endMs;
}

/** Stores some entries now, as a batch does. */
export function landWorld(
  queries: MemoryLogQueries,
  { count, nowMs, n, roll }: {
    readonly count: number;
    readonly nowMs: number;
    readonly n: number;
    readonly roll: () => number;
  },
): ReadEntry[] {
  queries.nowMs = nowMs;
  const id = batchIdAt(nowMs);
  const entries = Array.from({ length: count }, (_, i) => ({
    ...worldEntry(nowMs - count + i, { n: n + i, roll }),
    batch: id,
  }));
  queries.entries.push(...entries);
  queries.batches.push(ledgerBatch({
    id,
    createdAt: instantOfDate(new Date(nowMs)),
    entries: count,
    bytes: count * 180,
    writeMs: 3 + roll() * 9,
    publishTimeFirst: entries[0]!.publishTime,
    publishTimeLast: entries.at(-1)!.publishTime,
  }));
  return entries;
}

const LETTERS = [
  ["not_json", "Unexpected token 'h', \"hello wor\"... is not valid JSON", "hello world, this is a plain line"],
  ["missing_field", "severity is missing", '{"service_name":"legacy-cron","payload":"nightly export done"}'],
  [
    "bad_field",
    'severity is "critical", not one of debug, info, warn, error, fatal',
    '{"service_name":"billing","severity":"critical","payload":"disk full","timestamp":"2026-11-24T10:00:00Z"}',
  ],
  ["not_utf8", "the data is no UTF-8 at byte 3", "\u00ff\u00fe\u0000\u0001binary"],
] as const;

/** Parks some messages. */
export function parkLetters(
  queries: MemoryLogQueries,
  { count, endMs }: { readonly count: number; readonly endMs: number },
) {
  for (let i = 0; i < count; i++) {
    const [reason, detail, text] = LETTERS[i % LETTERS.length]!;
    const data = reason === "not_utf8"
      ? Uint8Array.from(text, (char) => char.charCodeAt(0))
      : new TextEncoder().encode(text);
    const publishTime = instantOfDate(new Date(endMs - i * 47_000));
    queries.deadLetterRows.push({
      publishTime,
      messageId: String(20_000_000 + i),
      reason,
      detail,
      data,
      attributes: { origin: "cron-3" },
      status: "open",
      bytes: data.length,
      createdAt: publishTime,
      updatedAt: publishTime,
    });
  }
}

/** Monitors that tell of themselves now. */
export function seeMonitors(queries: MemoryLogQueries, nowMs: number): void {
  const at = (ms: number) => instantOfDate(new Date(ms));
  queries.monitors.splice(0, Infinity, {
    number: 0,
    name: "lms-mon-7c9f",
    version: "1.2.3",
    startedAt: at(nowMs - 86_400_000),
    seenAt: at(nowMs - 2_000),
    heldMessages: 12,
    heldBytes: 3_400,
    oldestUnsettled: at(nowMs - 700),
  }, {
    number: 1,
    name: "lms-mon-b21e",
    version: "1.2.3",
    startedAt: at(nowMs - 86_400_000),
    seenAt: at(nowMs - 95_000),
    heldMessages: 0,
    heldBytes: 0,
  });
}
