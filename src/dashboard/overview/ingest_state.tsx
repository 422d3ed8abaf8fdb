/**
 * How the storing goes: monitors, what they hold, how late they are, whether the sums agree, dead letters.
 *
 * @module
 */
import type { Batch, Batches, Consistency, DeadLetterReasons, Instance, Instances } from "../api/answers.ts";
import { nowMs } from "../clock.ts";
import { usePage } from "../page_context.ts";
import { Empty, FailureNote, ViewLink } from "../parts/controls.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Foreign, Moment } from "../parts/text.tsx";
import { bytes, count, rate } from "../text/numbers.ts";
import { duration } from "../text/time.ts";
import { useAnswer } from "../use_answer.ts";

const REFRESH_MS = 10_000;
const WINDOW_MS = 60_000;
/** One that runs was seen within 10 s; twice that, and somebody should look. */
const SILENT_MS = 30_000;

interface Answers {
  readonly instances: Instances;
  readonly batches: Batches;
  readonly consistency: Consistency;
  readonly letters: DeadLetterReasons;
}

/** A monitor, and what the ledger says of its last minute. */
interface Row {
  readonly instance: Instance;
  readonly perSecond: number;
  readonly lagMs: number | undefined;
  readonly last: Batch | undefined;
  readonly silent: boolean;
}

/** Draws it. */
export function IngestState() {
  const { client } = usePage();
  const { value, failure, again } = useAnswer<Answers>("ingest", async (signal) => {
    const [instances, batches, consistency, letters] = await Promise.all([
      client.get<Instances>("v1/instances", {}, signal),
      client.get<Batches>("v1/batches", { since: "-10m", limit: 1_000 }, signal),
      client.get<Consistency>("v1/consistency", {}, signal),
      client.get<DeadLetterReasons>("v1/dead-letter-reasons", {}, signal),
    ]);
    return { instances, batches, consistency, letters };
  }, { everyMs: REFRESH_MS });
  if (value === undefined) {
    return failure === undefined ? <div class="panel" /> : <FailureNote failure={failure} onAgain={again} />;
  }
  const open = value.letters.reasons.reduce((sum, { count }) => sum + count, 0);
  const { agree, counted, unadopted, differences } = value.consistency;
  return (
    <section class="panel" aria-label="Storing">
      <header class="panel-head">
        <h2>Storing</h2>
      </header>
      <dl class="facts">
        <div>
          <dt>Sums</dt>
          <dd class={agree === false ? "is-error" : ""}>
            {agree === null ? "not known" : agree ? "agree" : `${count(differences.length)} differ: lms verify`}
          </dd>
        </div>
        <div>
          <dt>Entries counted</dt>
          <dd>{count(counted)}</dd>
        </div>
        <div>
          <dt>Not adopted yet</dt>
          <dd>{count(unadopted)}</dd>
        </div>
        <div>
          <dt>Open dead letters</dt>
          <dd>
            <ViewLink view="dead-letters" class={open > 0 ? "is-error" : ""}>{count(open)}</ViewLink>
          </dd>
        </div>
        <div>
          <dt>Flushes</dt>
          <dd>
            <ViewLink view="flushes">the last hour</ViewLink>
          </dd>
        </div>
      </dl>
      {value.instances.instances.length === 0
        ? (
          <Empty title="No monitor has told of itself">
            <p>A monitor that stores into this database is listed here.</p>
          </Empty>
        )
        : (
          <Table
            label="Monitors"
            columns={COLUMNS}
            rows={value.instances.instances.map((instance) => rowOf(instance, value.batches.batches))}
            keyOf={({ instance }) => String(instance.number)}
          />
        )}
    </section>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    name: "Monitor",
    cell: ({ instance }) => (
      <>
        <Foreign text={instance.name} line /> <span class="faint">#{instance.number}</span>
      </>
    ),
  },
  {
    name: "Seen",
    cell: ({ instance, silent }) => (
      <span class={silent ? "is-error" : ""}>
        <Moment moment={instance.seen_at} live />
      </span>
    ),
  },
  { name: "Rate", number: true, cell: ({ perSecond }) => rate(perSecond) },
  { name: "Lag", number: true, cell: ({ lagMs }) => lagMs === undefined ? "–" : duration(lagMs) },
  {
    name: "Held",
    number: true,
    cell: ({ instance }) => `${count(instance.held_messages)} (${bytes(instance.held_bytes)})`,
  },
  {
    name: "Oldest held",
    wide: true,
    cell: ({ instance: { oldest_unsettled: oldest } }) => oldest === null ? "–" : <Moment moment={oldest} live />,
  },
  {
    name: "Last flush",
    wide: true,
    cell: ({ last }) =>
      last === undefined ? "–" : (
        <>
          <Moment moment={last.created_at} live /> <span class="faint">{count(last.entries)} by {last.cause}</span>
        </>
      ),
  },
  { name: "Version", wide: true, cell: ({ instance }) => <Foreign text={instance.version} line /> },
];

function rowOf(instance: Instance, batches: readonly Batch[]): Row {
  const own = batches.filter((batch) => batch.instance === instance.number);
  const now = nowMs();
  const recent = own.filter(({ created_at }) => now - Date.parse(created_at) < WINDOW_MS);
  const [last] = own;
  return {
    instance,
    last,
    perSecond: recent.reduce((sum, { entries }) => sum + entries, 0) / (WINDOW_MS / 1000),
    // From the publishing of its oldest message to the commit.
    lagMs: typeof last?.publish_time_first !== "string"
      ? undefined
      : Math.max(0, Date.parse(last.created_at) - Date.parse(last.publish_time_first)),
    silent: now - Date.parse(instance.seen_at) > SILENT_MS,
  };
}
