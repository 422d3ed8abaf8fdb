/**
 * What `lms verify --json` prints.
 *
 * @module
 */
import type { Severity } from "../../entry/entry.ts";
import type { Manifest } from "../../sim/manifest.ts";
import type { DamagedFilter } from "../../store/filter_check.ts";
import type { CountDifference, Verification } from "../../store/maintenance.ts";
import type { TimeDifference } from "../../store/time_check.ts";

/** A count that is not what the manifests say. */
export interface AgainstDifference {
  /** A service and severity, or the reason of dead letters. */
  readonly of: { readonly service_name: string; readonly severity: Severity } | { readonly reason: string };
  readonly published: number;
  readonly stored: number;
}

/** What was found. */
export interface Report {
  readonly database: string;
  readonly found: Verification;
  /** What `--repair` put right. */
  readonly repaired: Verification | undefined;
  readonly manifest: Manifest | undefined;
  readonly against: readonly AgainstDifference[];
  readonly agrees: boolean;
}

/** The report as one JSON object. */
export function reportJson({ database, found, repaired, manifest, against, agrees }: Report): Record<string, unknown> {
  const shown = (list: readonly CountDifference[]) =>
    list.map(({ serviceName, severity, stored, counted }) => ({
      service_name: serviceName,
      severity,
      stored,
      counted,
    }));
  const shownTimes = (list: readonly TimeDifference[]) =>
    list.map(({ serviceName, ...rest }) => ({ ...rest, service_name: serviceName }));
  const shownFilters = (list: readonly DamagedFilter[]) => list.map((row) => ({ ...row, batch: String(row.batch) }));
  return {
    database,
    agrees,
    entries: found.entries,
    counted: found.counted,
    dead_letters: found.deadLetters,
    reasons: found.reasons,
    differences: shown(found.differences),
    times: shownTimes(found.times),
    filters: found.filters === undefined ? null : shownFilters(found.filters),
    unadopted: found.unadopted,
    in_both: found.inBoth,
    repaired: shown(repaired?.differences ?? []),
    repaired_times: shownTimes(repaired?.times ?? []),
    repaired_filters: shownFilters(repaired?.filters ?? []),
    ...(manifest === undefined ? {} : { published: manifest.published, against }),
  };
}
