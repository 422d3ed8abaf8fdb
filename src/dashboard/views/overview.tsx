/**
 * Who logs, how much, what changed, and how the storing goes.
 *
 * @module
 */
import type { Histogram, Service, Services, SeverityCounts } from "../api/answers.ts";
import { SEVERITIES } from "../api/answers.ts";
import { IngestState } from "../overview/ingest_state.tsx";
import { usePage } from "../page_context.ts";
import { Empty, FailureNote, Loading, ViewLink } from "../parts/controls.tsx";
import { Spark } from "../parts/spark.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Foreign, Moment } from "../parts/text.tsx";
import { change, count, shortCount } from "../text/numbers.ts";
import { fieldTerm } from "../text/query.ts";
import { useAnswer } from "../use_answer.ts";

const REFRESH_MS = 10_000;
/** Services shown; their names complete in the query box however many there are. */
const SERVICES_MAX = 500;
const TRENDS_MAX = 50;

interface Answers {
  readonly services: Services;
  readonly now: SeverityCounts;
  readonly before: SeverityCounts;
  readonly trend: Histogram;
}

/** A service with what it did in the last hour. */
interface Row extends Service {
  readonly hour: number;
  readonly hourBefore: number;
  readonly serious: number;
  readonly seriousBefore: number;
  readonly trend: readonly number[] | undefined;
}

/** Draws it. */
export function OverviewView() {
  const { client } = usePage();
  const { value, failure, loading, again } = useAnswer<Answers>("overview", async (signal) => {
    const [services, now, before, trend] = await Promise.all([
      client.get<Services>("v1/services", { limit: SERVICES_MAX }, signal),
      client.get<SeverityCounts>("v1/severity", { since: "-1h" }, signal),
      client.get<SeverityCounts>("v1/severity", { from: "-2h", to: "-1h" }, signal),
      client.get<Histogram>("v1/histogram", { since: "-1h", by: "service", series: TRENDS_MAX, buckets: 60 }, signal),
    ]);
    return { services, now, before, trend };
  }, { everyMs: REFRESH_MS });
  const rows = value === undefined ? [] : rowsOf(value);

  return (
    <div class="view is-scrolling">
      <Loading on={loading && value === undefined} />
      {failure !== undefined && <FailureNote failure={failure} onAgain={again} />}
      <section class="panel" aria-label="Services">
        <header class="panel-head">
          <h2>Services</h2>
          {value && (
            <span class="faint">
              {count(value.services.services.reduce((sum, { total }) => sum + total, 0))} entries ·{" "}
              {count(value.now.total)} in the last hour ({change(value.now.total, value.before.total)})
            </span>
          )}
        </header>
        {value !== undefined && rows.length === 0
          ? (
            <Empty title="No service has logged yet">
              <p>The first entry that is stored makes its service appear.</p>
            </Empty>
          )
          : <Table label="Services" columns={COLUMNS} rows={rows} keyOf={({ service_name }) => service_name} />}
        {typeof value?.services.next === "string" && <p class="faint panel-foot">The first {SERVICES_MAX} by name.</p>}
      </section>
      <IngestState />
    </div>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    name: "Service",
    cell: ({ service_name }) => (
      <ViewLink view="logs" parameters={{ query: fieldTerm("service", service_name) }}>
        <Foreign text={service_name} line />
      </ViewLink>
    ),
  },
  ...SEVERITIES.toReversed().map((severity): Column<Row> => ({
    name: severity,
    number: true,
    wide: severity === "debug" || severity === "info",
    cell: ({ service_name, severities }) =>
      severities[severity] === undefined ? <span class="faint">–</span> : (
        <ViewLink
          view="logs"
          class={`is-${severity}`}
          parameters={{ query: `${fieldTerm("service", service_name)} severity:${severity}`, since: "-24h" }}
          label={`${count(severities[severity])} of ${severity}`}
        >
          {shortCount(severities[severity])}
        </ViewLink>
      ),
  })),
  { name: "Total", number: true, cell: ({ total }) => <span title={count(total)}>{shortCount(total)}</span> },
  { name: "Last hour", number: true, cell: ({ hour }) => shortCount(hour) },
  {
    name: "Change",
    number: true,
    wide: true,
    cell: ({ hour, hourBefore }) => (
      <span title={`${count(hourBefore)} the hour before`}>{change(hour, hourBefore)}</span>
    ),
  },
  {
    name: "Errors",
    number: true,
    cell: ({ serious, seriousBefore, service_name }) => (
      <ViewLink
        view="logs"
        parameters={{ query: `${fieldTerm("service", service_name)} severity>=error` }}
        class={serious > seriousBefore ? "is-error" : ""}
        label={`${count(serious)} errors in the last hour, ${count(seriousBefore)} the hour before`}
      >
        {count(serious)} <span class="faint">({change(serious, seriousBefore)})</span>
      </ViewLink>
    ),
  },
  {
    name: "Trend",
    wide: true,
    cell: ({ trend, service_name }) => trend && <Spark values={trend} label={`The last hour of ${service_name}`} />,
  },
  { name: "Last seen", cell: ({ last_seen }) => last_seen === null ? "–" : <Moment moment={last_seen} live /> },
];

function rowsOf({ services, now, before, trend }: Answers): Row[] {
  const sumOf = ({ counts }: SeverityCounts, name: string, severities: readonly string[]) =>
    counts.reduce(
      (sum, one) => one.service_name === name && severities.includes(one.severity) ? sum + one.count : sum,
      0,
    );
  const serious = ["error", "fatal"];
  return services.services.map((service) => {
    const name = service.service_name;
    return {
      ...service,
      hour: sumOf(now, name, SEVERITIES),
      hourBefore: sumOf(before, name, SEVERITIES),
      serious: sumOf(now, name, serious),
      seriousBefore: sumOf(before, name, serious),
      trend: trend.series.find((one) => one.name === name)?.counts,
    };
  });
}
