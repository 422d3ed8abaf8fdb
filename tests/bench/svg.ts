/**
 * Results as a picture: a bar to the median of each row, a whisker from the least to the most of its rounds. Pure.
 *
 * @module
 */
import type { Figure, Result } from "./result.ts";
import type { Spread } from "./statistics.ts";
import { short } from "./table.ts";

const WIDTH = 900;
const LABEL_WIDTH = 300;
/** For the numbers to the right of the longest whisker. */
const VALUE_WIDTH = 230;
const BAR_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const LINE = 28;
const BAR = 16;
const [BLUE, GREEN, RED, INK, GREY] = ["#4477aa", "#228833", "#cc3311", "#222222", "#888888"];

/** A bar of a panel. */
interface Bar extends Spread {
  readonly label: string;
  readonly colour: string;
  /** What follows the numbers. */
  readonly note: string;
}

/** Bars that share one scale, which begins at 0. */
interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** The picture of a scenario: a panel for each unit of its rows, then one for each unit of its figures. */
export function resultSvg({ scenario, setting, rows, ratios }: Result): string {
  const panels: Panel[] = [
    ...byUnit(rows).map(([unit, group]) => ({
      title: unit,
      bars: group.map((row) => ({ ...row, colour: BLUE!, note: "" })),
    })),
    ...byUnit(ratios).map(([unit, group]) => ({
      title: unit === "" ? "ratio within a round" : unit,
      bars: group.map((one) => ({
        ...one,
        label: one.name,
        colour: colourOf(one),
        note: one.target === undefined ? "" : `, target ${one.target}`,
      })),
    })),
  ];
  const settings = Object.entries(setting).map(([name, value]) => `${name} ${value}`).join(", ");
  const parts: string[] = [];
  let y = 24;
  parts.push(text(`LMS bench: ${scenario}`, { x: 12, y, size: 16, anchor: "start", colour: INK! }));
  y += 20;
  parts.push(text(settings, { x: 12, y, size: 11, anchor: "start", colour: GREY! }));
  for (const panel of panels) {
    y += 30;
    parts.push(text(panel.title, { x: LABEL_WIDTH, y, size: 12, anchor: "start", colour: GREY! }));
    y += 8;
    // A panel of nothing but zeros has a scale too.
    const most = Math.max(...panel.bars.map(({ max }) => max)) || 1;
    for (const bar of panel.bars) {
      parts.push(barOf(bar, { y, scale: BAR_WIDTH / most }));
      y += LINE;
    }
  }
  const height = y + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="sans-serif">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function byUnit<T extends { readonly unit: string }>(items: readonly T[]): [string, T[]][] {
  return [...Map.groupBy(items, ({ unit }) => unit)];
}

function colourOf({ holds }: Figure): string {
  return (holds === undefined ? BLUE : holds ? GREEN : RED)!;
}

function barOf(bar: Bar, { y, scale }: { readonly y: number; readonly scale: number }): string {
  const at = (value: number) => (LABEL_WIDTH + value * scale).toFixed(1);
  const middle = y + LINE / 2;
  const [from, to] = [at(bar.min), at(bar.max)];
  const whisker = [
    `M${from} ${middle - 5}V${middle + 5}`,
    `M${to} ${middle - 5}V${middle + 5}`,
    `M${from} ${middle}H${to}`,
  ];
  const numbers = `${short(bar.median)} (${short(bar.min)} to ${short(bar.max)})${bar.note}`;
  return [
    text(bar.label, { x: LABEL_WIDTH - 8, y: middle + 4, size: 12, anchor: "end", colour: INK! }),
    `<rect x="${LABEL_WIDTH}" y="${middle - BAR / 2}" width="${(bar.median * scale).toFixed(1)}" height="${BAR}" ` +
    `fill="${bar.colour}" fill-opacity="0.75"/>`,
    `<path d="${whisker.join("")}" stroke="${INK}" fill="none"/>`,
    text(numbers, { x: LABEL_WIDTH + bar.max * scale + 8, y: middle + 4, size: 11, anchor: "start", colour: INK! }),
  ].join("\n");
}

interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly anchor: "start" | "end";
  readonly colour: string;
}

function text(content: string, { x, y, size, anchor, colour }: TextPlace): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<text x="${
    x.toFixed(1)
  }" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${colour}">${escaped}</text>`;
}
