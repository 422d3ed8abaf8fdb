/**
 * Bars over time on a canvas: stacked, to be dragged over and clicked.
 *
 * @module
 */
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { usePreferences } from "../page_context.ts";
import { shortCount } from "../text/numbers.ts";

/** Bars of one kind. */
export interface ChartSeries {
  readonly name: string;
  /** A custom property of the style sheet: `--error`. */
  readonly colour: string;
  readonly values: readonly number[];
}

/** What a chart shows. */
export interface ChartProps {
  readonly label: string;
  /** Where each bar begins, in seconds since 1970, and the end of the last. */
  readonly starts: readonly number[];
  readonly end: number;
  /** From the bottom up. */
  readonly series: readonly ChartSeries[];
  readonly height: number;
  /** A part was dragged over. */
  readonly onZoom?: (fromSeconds: number, toSeconds: number) => void;
  /** A bar was clicked. */
  readonly onBar?: (index: number) => void;
  /** The bar under the pointer; `undefined`: none. */
  readonly onHover?: (index: number | undefined) => void;
}

/** Narrower than this is a click, in pixels. */
const DRAG_PX = 5;

/** Draws it. */
export function Chart(props: ChartProps) {
  const { label, series, height } = props;
  const { zone, theme } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    const element = box.current!;
    const width = () => Math.max(element.clientWidth, 100);
    const made = new uPlot(optionsOf(latest, { width: width(), zone, element }), dataOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: width(), height: latest.current.height }));
    observer.observe(element);
    // By the system's choice, other colours.
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => made.redraw();
    scheme.addEventListener("change", redraw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", redraw);
      made.destroy();
    };
  }, [zone, theme, height, series.map(({ name }) => name).join()]);

  // In the same picture as what is written beside it.
  useLayoutEffect(() => plot.current?.setData(dataOf(props)), [props.starts, props.series]);

  return <div class="chart" ref={box} role="img" aria-label={label} style={{ height: `${height}px` }} />;
}

/** Sums from the bottom up, the greatest first, so that each is drawn over the one before. */
function dataOf({ starts, series }: ChartProps): uPlot.AlignedData {
  const sums: number[][] = [];
  let last = starts.map(() => 0);
  for (const { values } of series) {
    last = last.map((sum, i) => sum + (values[i] ?? 0));
    sums.push(last);
  }
  return [[...starts], ...sums.toReversed()];
}

interface Making {
  readonly width: number;
  readonly zone: "local" | "utc";
  readonly element: HTMLElement;
}

function optionsOf(latest: { readonly current: ChartProps }, { width, zone, element }: Making): uPlot.Options {
  // A canvas knows no custom properties, and nothing that depends on light and dark.
  const colour = (name: string) => {
    element.style.color = `var(${name})`;
    return getComputedStyle(element).color;
  };
  const { series, height } = latest.current;
  const bars = uPlot.paths.bars!({ size: [0.86, 60], align: 1, gap: 0 });
  const axis = { stroke: () => colour("--faint-text"), ticks: { show: false }, font: "11px system-ui, sans-serif" };
  return {
    width,
    height,
    padding: [6, 16, 0, 0],
    legend: { show: false },
    ...zone === "utc" ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC") } : {},
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
      bind: {
        mouseup: (u, _target, handler) => (event) => {
          const clicked = u.select.width < DRAG_PX;
          handler(event);
          const bar = barAt(latest.current, u.posToVal(u.cursor.left ?? 0, "x"));
          if (clicked && bar !== undefined && event.button === 0) latest.current.onBar?.(bar);
          return null;
        },
      },
    },
    scales: {
      x: { range: () => [latest.current.starts[0] ?? 0, latest.current.end] },
      y: { range: (_u, _min, max) => [0, Math.max(max ?? 0, 1) * 1.05] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 22, gap: 2, space: 72, values: timeValues(zone) },
      {
        ...axis,
        size: 46,
        gap: 4,
        space: 28,
        grid: { stroke: () => colour("--line"), width: 1 },
        values: (_u, splits) => splits.map((value) => Number.isInteger(value) ? shortCount(value) : ""),
      },
    ],
    series: [
      {},
      ...series.toReversed().map((one) => ({
        label: one.name,
        fill: () => colour(one.colour),
        stroke: "transparent",
        width: 0,
        paths: bars,
        points: { show: false },
      })),
    ],
    hooks: {
      setSelect: [(u) => {
        const { left, width } = u.select;
        if (width < DRAG_PX) return;
        const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        latest.current.onZoom?.(from, to);
      }],
      setCursor: [(u) => {
        const left = u.cursor.left ?? -1;
        latest.current.onHover?.(left < 0 ? undefined : barAt(latest.current, u.posToVal(left, "x")));
      }],
    },
  };
}

/** The bar that a moment is in. */
function barAt({ starts, end }: ChartProps, seconds: number): number | undefined {
  const after = starts.findIndex((start) => start > seconds);
  const index = after < 0 ? starts.length - 1 : after - 1;
  return index >= 0 && seconds <= end ? index : undefined;
}

/** Times of the axis, as short as the steps between them allow. */
function timeValues(zone: "local" | "utc") {
  const two = (value: number) => String(value).padStart(2, "0");
  return (_u: uPlot, splits: number[]): string[] => {
    const step = (splits[1] ?? 0) - (splits[0] ?? 0);
    return splits.map((seconds) => {
      const date = new Date(seconds * 1000);
      const [month, day, hour, minute, second] = zone === "utc"
        ? [date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
        : [date.getMonth(), date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()];
      if (step >= 86_400 || hour === 0 && minute === 0 && second === 0) return `${two(month + 1)}-${two(day)}`;
      return step < 60 ? `${two(hour)}:${two(minute)}:${two(second)}` : `${two(hour)}:${two(minute)}`;
    });
  };
}
