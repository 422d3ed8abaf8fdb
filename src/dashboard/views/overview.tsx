/**
 * Who logs, how much, what changed, and how the storing goes.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import type { Histogram, Service, Services, SeverityCounts } from "../api/answers.ts";
import { SEVERITIES } from "../api/answers.ts";
import { IngestState } from "../overview/ingest_state.tsx";
import { nowMs } from "../clock.ts";
import { usePage, useParameters } from "../page_context.ts";
import { Empty, FailureNote, Loading, ViewLink } from "../parts/controls.tsx";
import { RangePicker } from "../parts/range_picker.tsx";
import { Spark } from "../parts/spark.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Foreign, Moment } from "../parts/text.tsx";
import { change as changeOf, count, shortCount } from "../text/numbers.ts";
import { fieldTerm } from "../text/query.ts";
import { rangeBefore, rangeOf, type RangeParameters, wholeRange } from "../text/range.ts";
import { useAnswer } from "../use_answer.ts";

const REFRESH_MS = 10_000;
/** Services shown; their names complete in the query box however many there are. */
const SERVICES_MAX = 500;
const TRENDS_MAX = 50;
const TREND_BUCKETS = 61;
const SERIOUS = ["error", "fatal"];

interface Answers {
  readonly services: Services;
  readonly now: SeverityCounts;
  /** Of the range before, as long; `undefined` where there is none. */
  readonly before: SeverityCounts | undefined;
  readonly trend: Histogram;
}

/** A service with what it did in the range. */
interface Row {
  readonly service: Service;
  /** By severity. */
  readonly counts: ReadonlyMap<string, number>;
  readonly sum: number;
  readonly sumBefore: number | undefined;
  readonly serious: number;
  readonly seriousBefore: number | undefined;
  readonly trend: readonly number[] | undefined;
}

/** Draws it. */
export function OverviewView() {
  const { client } = usePage();
  const [parameters, change] = useParameters();
  const range = rangeOf(parameters);
  const { value, failure, loading, again } = useAnswer<Answers>(JSON.stringify(range), async (signal) => {
    const [asked, earlier] = [wholeRange(range, nowMs()), rangeBefore(range, nowMs())];
    const [services, now, before, trend] = await Promise.all([
      client.get<Services>("v1/services", { limit: SERVICES_MAX }, signal),
      client.get<SeverityCounts>("v1/severity", { ...asked }, signal),
      earlier && client.get<SeverityCounts>("v1/severity", { ...earlier }, signal),
      client.get<Histogram>(
        "v1/histogram",
        { ...asked, by: "service", series: TRENDS_MAX, buckets: TREND_BUCKETS },
        signal,
      ),
    ]);
    return { services, now, before, trend };
  }, { everyMs: REFRESH_MS });
  const rows = useMemo(() => value === undefined ? [] : rowsOf(value), [value]);
  const columns = useMemo(() => columnsFor(range), [JSON.stringify(range)]);

  return (
    <div class="view is-scrolling">
      <Loading on={loading && value === undefined} />
      {failure !== undefined && <FailureNote failure={failure} onAgain={again} />}
      <section class="panel" aria-label="Services">
        <header class="panel-head">
          <h2>Services</h2>
          <RangePicker range={range} onRange={change} />
          {value && (
            <span class="faint">
              {count(value.now.total)} entries
              {value.before && ` (${changeOf(value.now.total, value.before.total)} against the time before)`} ·{" "}
              {count(value.services.services.reduce((sum, { total }) => sum + total, 0))} ever
            </span>
          )}
        </header>
        {value !== undefined && rows.length === 0
          ? (
            <Empty title="No service has logged yet">
              <p>The first entry that is stored makes its service appear.</p>
            </Empty>
          )
          : <Table label="Services" columns={columns} rows={rows} keyOf={({ service }) => service.service_name} />}
        {typeof value?.services.next === "string" && <p class="faint panel-foot">The first {SERVICES_MAX} by name.</p>}
      </section>
      <IngestState />
    </div>
  );
}

/** Each number leads to the entries that it counts. */
function columnsFor(range: RangeParameters): readonly Column<Row>[] {
  const parametersOf = ({ service }: Row, ...terms: readonly string[]) => ({
    query: [fieldTerm("service", service.service_name), ...terms].join(" "),
    ...range,
  });
  return [
    {
      name: "Service",
      cell: (row) => (
        <ViewLink view="logs" parameters={parametersOf(row)}>
          <Foreign text={row.service.service_name} line />
        </ViewLink>
      ),
    },
    ...SEVERITIES.toReversed().map((severity): Column<Row> => ({
      name: severity,
      number: true,
      wide: severity === "debug" || severity === "info",
      cell: (row) => {
        const number = row.counts.get(severity) ?? 0;
        return number === 0 ? <span class="faint">–</span> : (
          <ViewLink
            view="logs"
            class={`is-${severity}`}
            parameters={parametersOf(row, fieldTerm("severity", severity))}
            label={`${count(number)} of ${severity}`}
          >
            {shortCount(number)}
          </ViewLink>
        );
      },
    })),
    { name: "Sum", number: true, cell: ({ sum }) => <span title={count(sum)}>{shortCount(sum)}</span> },
    {
      name: "Change",
      number: true,
      wide: true,
      cell: ({ sum, sumBefore }) =>
        sumBefore === undefined
          ? "–"
          : <span title={`${count(sumBefore)} in the time before`}>{changeOf(sum, sumBefore)}</span>,
    },
    {
      name: "Errors",
      number: true,
      cell: (row) => {
        const { serious, seriousBefore } = row;
        const before = seriousBefore === undefined ? "" : `, ${count(seriousBefore)} in the time before`;
        return (
          <ViewLink
            view="logs"
            parameters={parametersOf(row, "severity>=error")}
            class={serious > (seriousBefore ?? serious) ? "is-error" : ""}
            label={`${count(serious)} errors${before}`}
          >
            {count(serious)}
            {seriousBefore !== undefined && " "}
            {seriousBefore !== undefined && <span class="faint">({changeOf(serious, seriousBefore)})</span>}
          </ViewLink>
        );
      },
    },
    {
      name: "Trend",
      wide: true,
      cell: ({ trend, service }) => trend && <Spark values={trend} label={`The course of ${service.service_name}`} />,
    },
    {
      name: "Ever",
      number: true,
      wide: true,
      cell: ({ service }) => <span title={count(service.total)}>{shortCount(service.total)}</span>,
    },
    {
      name: "Last seen",
      cell: ({ service }) => service.last_seen === null ? "–" : <Moment moment={service.last_seen} live />,
    },
  ];
}

function rowsOf({ services, now, before, trend }: Answers): Row[] {
  const [counts, countsBefore] = [byService(now), before && byService(before)];
  const sumOf = (counts: ReadonlyMap<string, number> | undefined, severities: readonly string[]) =>
    severities.reduce((sum, severity) => sum + (counts?.get(severity) ?? 0), 0);
  const trends = new Map(trend.series.map(({ name, counts }) => [name, counts]));
  return services.services.map((service): Row => {
    const name = service.service_name;
    const own = counts.get(name) ?? new Map();
    const earlier = (severities: readonly string[]) => countsBefore && sumOf(countsBefore.get(name), severities);
    return {
      service,
      counts: own,
      sum: sumOf(own, SEVERITIES),
      sumBefore: earlier(SEVERITIES),
      serious: sumOf(own, SERIOUS),
      seriousBefore: earlier(SERIOUS),
      trend: trends.get(name),
    };
  });
}

function byService({ counts }: SeverityCounts): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const all = new Map<string, Map<string, number>>();
  for (const { service_name: name, severity, count } of counts) {
    const own = all.get(name) ?? new Map<string, number>();
    all.set(name, own.set(severity, count));
  }
  return all;
}
