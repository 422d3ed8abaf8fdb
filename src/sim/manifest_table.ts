/**
 * Counts and manifests as text for people.
 *
 * @module
 */
import { SEVERITIES } from "../entry/entry.ts";
import { rfc3339Of } from "../entry/instant.ts";
import { alignedRows, type TableOptions } from "../ops/table.ts";
import { type Manifest, noCounts, type SeverityCounts } from "./manifest.ts";

/** How much a table shows, and on what. */
export interface CountsOptions extends TableOptions {
  /** How many services get a row, default 30; the sums are always of all. */
  readonly servicesMax?: number;
}

/** The lines of a table of counts: a row per service in the order given, then the sums. */
export function severityTable(counts: ReadonlyMap<string, SeverityCounts>, options: CountsOptions = {}): string[] {
  const sums = noCounts();
  for (const ofService of counts.values()) {
    for (const severity of SEVERITIES) sums[severity] += ofService[severity];
  }
  const shown = [...counts].slice(0, options.servicesMax ?? 30);
  const rows = [...shown.map(([name, ofService]) => row(name, ofService)), row("all services", sums)];
  const lines = alignedRows([["service", ...SEVERITIES, "total"], ...rows], options);
  const hidden = counts.size - shown.length;
  if (hidden > 0) lines.splice(rows.length, 0, `... and ${hidden} more`);
  return lines;
}

/** A manifest as lines, the last one without its end: the table, what was malformed, when and by what seed. */
export function manifestTable(manifest: Manifest, options: CountsOptions = {}): string {
  const malformed = [...manifest.malformed].map(([reason, count]) => `${count} ${reason}`).join(", ");
  const span = manifest.firstAt === null || manifest.lastAt === null
    ? "nothing"
    : `${manifest.published} from ${rfc3339Of(manifest.firstAt)} to ${rfc3339Of(manifest.lastAt)}`;
  return [
    ...severityTable(manifest.valid, options),
    `malformed: ${malformed || "none"}`,
    `published: ${span}, seed ${manifest.seeds.join(", ") || "none"}`,
  ].join("\n");
}

function row(name: string, counts: SeverityCounts): (string | number)[] {
  const numbers = SEVERITIES.map((severity) => counts[severity]);
  return [name, ...numbers, numbers.reduce((sum, number) => sum + number, 0)];
}
