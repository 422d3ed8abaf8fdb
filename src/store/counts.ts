/**
 * How many entries a transaction stores: of each service and severity, in all, by the hour and by the minute.
 *
 * @module
 */
import { type LogEntry, SEVERITIES, type Severity } from "../entry/entry.ts";
import type { SeverityCount } from "./store.ts";

/** A count of one minute or hour. */
export interface TimeCount extends SeverityCount {
  /** Where it begins: `YYYY-MM-DD HH:MM:SS`, in UTC. */
  readonly time: string;
}

/** The counts of the same entries three times; each list sorted by its table's key. */
export interface Counts {
  readonly minutes: readonly TimeCount[];
  readonly hours: readonly TimeCount[];
  readonly totals: readonly SeverityCount[];
}

/** The services of a day that its minutes name by default, each instance by itself; further ones count as {@linkcode OTHERS}. */
export const MINUTE_SERVICES_MAX = 2_000;

/** In place of the services that a day's minutes do not name. No service has this name. */
export const OTHERS = "";

/** Days whose services are remembered: messages may be days old, and most are of today. */
const DAYS_MAX = 32;

/** The services that the minutes of each day name. */
export class MinuteServices {
  readonly #most: number;
  readonly #days = new Map<string, Set<string>>();

  /** @param most How many a day. */
  constructor(most: number = MINUTE_SERVICES_MAX) {
    this.#most = most;
  }

  /** The name under which a service's entries of a day count by the minute. */
  nameOf(day: string, service: string): string {
    let names = this.#days.get(day);
    if (names === undefined) {
      if (this.#days.size >= DAYS_MAX) this.#days.delete(this.#days.keys().next().value!);
      this.#days.set(day, names = new Set());
    }
    if (names.has(service)) return service;
    if (names.size >= this.#most) return OTHERS;
    names.add(service);
    return service;
  }
}

const RANK: Readonly<Record<Severity, number>> = Object.fromEntries(
  SEVERITIES.map((severity, rank) => [severity, rank]),
) as Record<Severity, number>;

/** Counts of each service, by the severity's rank. */
type ByService = Map<string, number[]>;

/**
 * Counts entries.
 *
 * @param entries Sorted by publish time.
 */
export function countByTime(entries: readonly LogEntry[], services: MinuteServices): Counts {
  const byMinute = new Map<string, ByService>();
  let minute = "";
  let counts: ByService = new Map();
  for (const { publishTime, serviceName, severity } of entries) {
    if (minute === "" || !publishTime.startsWith(minute)) {
      minute = publishTime.slice(0, "YYYY-MM-DD HH:MM".length);
      byMinute.set(minute, counts = new Map());
    }
    bump(counts, serviceName, RANK[severity], 1);
  }
  const byHour = new Map<string, ByService>();
  const totals: ByService = new Map();
  const minutes: TimeCount[] = [];
  for (const [minute, counts] of byMinute) {
    const hour = minute.slice(0, "YYYY-MM-DD HH".length);
    const day = minute.slice(0, "YYYY-MM-DD".length);
    let ofHour = byHour.get(hour);
    if (ofHour === undefined) byHour.set(hour, ofHour = new Map());
    const named: ByService = new Map();
    for (const [service, ranks] of counts) {
      const name = services.nameOf(day, service);
      for (let rank = 0; rank < ranks.length; rank++) {
        const count = ranks[rank]!;
        if (count === 0) continue;
        bump(named, name, rank, count);
        bump(ofHour, service, rank, count);
        bump(totals, service, rank, count);
      }
    }
    for (const count of sorted(named)) minutes.push({ time: `${minute}:00`, ...count });
  }
  const hours = [...byHour].flatMap(([hour, counts]) =>
    sorted(counts).map((count) => ({ time: `${hour}:00:00`, ...count }))
  );
  return { minutes, hours, totals: sorted(totals) };
}

/** By service and rank, in the order in which every writer changes counters: unsorted upserts deadlock by the thousand. */
function sorted(counts: ByService): SeverityCount[] {
  return [...counts.keys()].sort().flatMap((serviceName) =>
    counts.get(serviceName)!.flatMap((count, rank) =>
      count === 0 ? [] : [{ serviceName, severity: SEVERITIES[rank]!, count }]
    )
  );
}

function bump(counts: ByService, service: string, rank: number, by: number): void {
  let ranks = counts.get(service);
  if (ranks === undefined) counts.set(service, ranks = [0, 0, 0, 0, 0]);
  ranks[rank]! += by;
}
