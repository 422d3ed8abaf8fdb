/**
 * How many entries over time, by severity: dragged over to look closer, clicked for one bar.
 *
 * @module
 */
import { useMemo, useState } from "preact/hooks";
import { type Histogram, SEVERITIES } from "../api/answers.ts";
import { Chart } from "../parts/chart.tsx";
import { Button, FailureNote } from "../parts/controls.tsx";
import { nowMs } from "../clock.ts";
import { SeverityMark } from "../parts/text.tsx";
import { usePage, usePreferences } from "../page_context.ts";
import { count, shortCount } from "../text/numbers.ts";
import { type RangeParameters, wholeRange } from "../text/range.ts";
import { duration, shortMoment } from "../text/time.ts";
import { useAnswer } from "../use_answer.ts";

/** What it is of. */
export interface LogHistogramProps {
  readonly query: string;
  readonly range: RangeParameters;
  readonly onZoom: (from: string, to: string) => void;
}

const HEIGHT = 112;
/** A range that ends now is drawn again so often. */
const REFRESH_MS = 5_000;

/** Draws it. */
export function LogHistogram({ query, range, onZoom }: LogHistogramProps) {
  const { client, router } = usePage();
  const { zone } = usePreferences();
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const { value, failure } = useAnswer<Histogram>(
    JSON.stringify([query, range]),
    (signal) => client.get("v1/histogram", { query, ...wholeRange(range, nowMs()), buckets: 90 }, signal),
    { everyMs: range.to === undefined ? REFRESH_MS : undefined },
  );
  const shown = useMemo(() => value && chartOf(value), [value]);
  const bucket = hovered === undefined ? undefined : value?.buckets[hovered];
  const zoom = (from: number, to: number) => onZoom(momentOf(from), momentOf(Math.max(to, from + 1)));

  return (
    <section class="histogram" aria-label="Entries over time">
      <div class="histogram-line">
        <span class="histogram-total">
          {value === undefined ? "–" : count(value.total)}{" "}
          <span class="histogram-unit">{value?.total === 1 ? "entry" : "entries"}</span>
          {value !== undefined && !value.complete && <span class="part" title="Rows or time ran out">, in part</span>}
        </span>
        <ul class="legend">
          {SEVERITIES.toReversed().map((severity) => {
            const series = value?.series.find(({ name }) => name === severity);
            const total = hovered === undefined ? series?.total : series?.counts[hovered];
            return (
              <li key={severity}>
                <SeverityMark severity={severity} /> <span class="number">{shortCount(total ?? 0)}</span>
              </li>
            );
          })}
        </ul>
        <span class="histogram-bucket">
          {bucket !== undefined
            ? shortMoment(bucket.from, zone).slice(0, -4)
            : value === undefined
            ? ""
            : `bars of ${duration(value.bucket_seconds * 1000)}`}
        </span>
        {range.since === undefined && router.hasBefore && (
          <Button
            picture="back"
            label="Back to the range before"
            onClick={() => router.back()}
          >
            Back
          </Button>
        )}
      </div>
      {failure !== undefined && failure.kind !== "query" && value === undefined && <FailureNote failure={failure} />}
      {shown === undefined ? <div class="chart" style={{ height: `${HEIGHT}px` }} /> : (
        <Chart
          {...shown}
          height={HEIGHT}
          onZoom={zoom}
          onBar={(index) => onZoom(value!.buckets[index]!.from, value!.buckets[index]!.to)}
          onHover={setHovered}
        />
      )}
    </section>
  );
}

function chartOf({ buckets, series, total }: Histogram) {
  return {
    label: `${count(total)} entries over time; by severity ${
      series.map(({ name, total }) => `${name ?? "other"} ${count(total)}`).join(", ")
    }`,
    starts: buckets.map(({ from }) => Date.parse(from) / 1000),
    end: Date.parse(buckets.at(-1)?.to ?? "") / 1000,
    // The most serious at the bottom, where a few of them are seen.
    series: SEVERITIES.toReversed().map((severity) => ({
      name: severity,
      colour: `--${severity}-bar`,
      values: series.find(({ name }) => name === severity)?.counts ?? [],
    })),
  };
}

function momentOf(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}
