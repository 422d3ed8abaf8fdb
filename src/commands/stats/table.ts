/**
 * Counts as a table for people.
 *
 * @module
 */
import { SEVERITIES } from "../../entry/entry.ts";
import { sparkline } from "../../ops/sparkline.ts";
import { alignedRows, type TableOptions } from "../../ops/table.ts";
import { bucketName } from "../../reading/histogram.ts";
import type { ServiceCounts, Stats } from "./counts.ts";

/** How much is shown, and on what. */
export interface StatsOptions extends TableOptions {
  /** The sums are of all services, shown or not. */
  readonly servicesMax: number;
}

/** As many cells as a trend may take: about a third of the row. */
export function trendWidth({ columns = 100 }: TableOptions): number {
  return Math.min(60, Math.max(8, Math.floor((columns - 56) / 2)));
}

/** A row per service, the sums, and what a cell of the trend is. Each trend is drawn by its own greatest. */
export function statsLines(stats: Stats, { servicesMax, ...options }: StatsOptions): string[] {
  const { services, sums, total, trend, bucketSeconds } = stats;
  const shown = services.slice(0, servicesMax);
  const heading = [
    "service",
    "total",
    ...SEVERITIES,
    ...trend === undefined ? [] : [`trend, ${bucketName(bucketSeconds!)} each`],
  ];
  const row = ({ serviceName, counts, total, trend: own }: ServiceCounts): (string | number)[] => [
    serviceName,
    total,
    ...SEVERITIES.map((severity) => counts[severity] ?? 0),
    ...trend === undefined ? [] : [own === undefined ? "" : sparkline(own)],
  ];
  const all: ServiceCounts = {
    serviceName: "all services",
    counts: sums,
    total,
    ...trend === undefined ? {} : { trend },
  };
  const lines = alignedRows([heading, ...shown.map(row), row(all)], options);
  const hidden = services.length - shown.length;
  if (hidden > 0) lines.splice(shown.length + 1, 0, `... and ${hidden} more`);
  return lines;
}
