/**
 * The comparison of the two tables, from what a snapshot of any database says.
 *
 * @module
 */
import { compareCodePoints } from "../ops/code_points.ts";
import {
  DEAD_LETTER_STATUSES,
  type DeadLetterReason,
  type DeadLetterStatus,
  SEVERITIES,
  type Severity,
} from "../entry/entry.ts";
import type { CountDifference, Verification } from "./maintenance.ts";
import type { DamagedFilter } from "./filter_check.ts";
import type { SeverityCount } from "./store.ts";
import type { TimeDifference } from "./time_check.ts";

/** What one snapshot of a database says; lists in any order. */
export interface Snapshot {
  /** Rows of `service_logs`, grouped. */
  readonly stored: readonly SeverityCount[];
  /** Those that were dead letters, grouped. */
  readonly replayed: readonly SeverityCount[];
  /** `service_severity`. */
  readonly counted: readonly SeverityCount[];
  readonly deadLetters: readonly {
    readonly reason: DeadLetterReason;
    readonly status: DeadLetterStatus;
    readonly count: number;
  }[];
  readonly inBoth: number;
  readonly times: readonly TimeDifference[];
  readonly filters: readonly DamagedFilter[] | undefined;
  readonly unadopted: number;
}

/** Compares. A counter of 0 without rows is no difference: repairs leave such counters. */
export function verification(
  { stored, replayed, counted, deadLetters, inBoth, times, filters, unadopted }: Snapshot,
): Verification {
  const rows = new Map<string, { serviceName: string; severity: Severity; stored: number; counted: number }>();
  const at = ({ serviceName, severity }: SeverityCount) => {
    const key = `${severity} ${serviceName}`;
    let row = rows.get(key);
    if (row === undefined) rows.set(key, row = { serviceName, severity, stored: 0, counted: 0 });
    return row;
  };
  for (const count of stored) at(count).stored += count.count;
  for (const count of counted) at(count).counted += count.count;
  const byStatus = Object.fromEntries(DEAD_LETTER_STATUSES.map((status) => [status, 0])) as Record<
    DeadLetterStatus,
    number
  >;
  const reasons: Partial<Record<DeadLetterReason, number>> = {};
  for (const { reason, status, count } of deadLetters) {
    byStatus[status] += count;
    reasons[reason] = (reasons[reason] ?? 0) + count;
  }
  return {
    entries: total(stored),
    counted: total(counted),
    deadLetters: byStatus,
    differences: [...rows.values()].filter((row) => row.stored !== row.counted).sort(byCodePoints),
    times,
    filters,
    unadopted,
    inBoth,
    stored: stored.toSorted(byCodePoints),
    replayed: replayed.toSorted(byCodePoints),
    reasons,
  };
}

/** What has to be added to each counter, in the order in which every writer changes counters. */
export function deltas(differences: readonly CountDifference[]): SeverityCount[] {
  return differences.toSorted(byUnits).map(({ serviceName, severity, stored, counted }) => ({
    serviceName,
    severity,
    count: stored - counted,
  }));
}

type Key = Pick<SeverityCount, "serviceName" | "severity">;

/** As writers sort, `countByTime` among them. */
function byUnits(a: Key, b: Key): number {
  if (a.serviceName !== b.serviceName) return a.serviceName < b.serviceName ? -1 : 1;
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}

/** As databases sort. */
function byCodePoints(a: Key, b: Key): number {
  const order = compareCodePoints(a.serviceName, b.serviceName);
  return order !== 0 ? order : SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}

function total(counts: readonly SeverityCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
