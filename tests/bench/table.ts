/**
 * Results as text. Pure.
 *
 * @module
 */
import type { Figure, Result, Round, Row } from "./result.ts";
import { median } from "./statistics.ts";

/** Pads cells to columns: the first to the left, the others to the right. */
export function columns(lines: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const line of lines) line.forEach((cell, at) => widths[at] = Math.max(widths[at] ?? 0, cell.length));
  return lines.map((line) =>
    line.map((cell, at) => at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)).join("  ").trimEnd()
  );
}

/** A number with as many digits as say something: 4 before the point and no others, else 3 in all. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return String(Math.round(value));
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

/** A scenario's table: rows, then figures with their targets. */
export function resultTable({ scenario, setting, rows, ratios }: Result): string {
  const settings = Object.entries(setting).map(([name, value]) => `${name} ${value}`).join(", ");
  const parts = [`${scenario}: ${settings}`];
  if (rows.length > 0) parts.push(...columns([ROW_HEAD, ...rows.map(rowCells)]));
  if (rows.length > 0 && ratios.length > 0) parts.push("");
  if (ratios.length > 0) parts.push(...columns([FIGURE_HEAD, ...ratios.map(figureCells)]));
  return `${parts.join("\n")}\n`;
}

const ROW_HEAD = ["", "unit", "median", "min", "max", "us CPU/msg", "with start", "database", "broker", "peak MB"];
const FIGURE_HEAD = ["", "unit", "median", "min", "max", "target", "holds"];

function rowCells({ label, unit, rounds, median: middle, min, max }: Row): string[] {
  return [
    label,
    unit,
    ...[middle, min, max].map(short),
    cell(rounds, (round) => round.cpuMicros),
    cell(rounds, (round) => round.cpuMicrosWithStart),
    cell(rounds, (round) => round.databaseMicros),
    cell(rounds, (round) => round.brokerMicros),
    cell(rounds, ({ peakBytes }) => peakBytes === undefined ? undefined : peakBytes / 1e6),
  ];
}

function figureCells({ name, unit, median: middle, min, max, target = "", holds }: Figure): string[] {
  return [name, unit, ...[middle, min, max].map(short), target, holds === undefined ? "" : holds ? "yes" : "NO"];
}

/** The median of what the rounds say, empty where they say nothing. */
function cell(rounds: readonly Round[], pick: (round: Round) => number | undefined): string {
  const values = rounds.flatMap((round) => pick(round) ?? []);
  return values.length === 0 ? "" : short(median(values));
}
