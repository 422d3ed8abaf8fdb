/**
 * The ledger: what was written, a transaction each.
 *
 * @module
 */
import { useMemo, useState } from "preact/hooks";
import type { Batch, Batches } from "../api/answers.ts";
import { CAUSES, FlushDetail, lagOf } from "../flushes/flush_detail.tsx";
import { usePage, useParameters } from "../page_context.ts";
import { Chart } from "../parts/chart.tsx";
import { Button, Choice, Empty, FailureNote, Loading } from "../parts/controls.tsx";
import { RangePicker } from "../parts/range_picker.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Moment } from "../parts/text.tsx";
import { bytes, count } from "../text/numbers.ts";
import { rangeOf } from "../text/range.ts";
import { useAnswer } from "../use_answer.ts";

const LIMIT = 500;
const REFRESH_MS = 5_000;
const BARS = 120;

/** Draws it. */
export function FlushesView() {
  const { client } = usePage();
  const [parameters, change] = useParameters();
  const { cause = "", instance = "", open } = parameters;
  const range = rangeOf(parameters);
  const asked = { ...range, cause, instance, limit: LIMIT };
  const { value, failure, loading, again } = useAnswer<Batches>(
    JSON.stringify(asked),
    (signal) => client.get("v1/batches", asked, signal),
    { everyMs: range.to === undefined ? REFRESH_MS : undefined },
  );
  const [older, setOlder] = useState<
    { readonly key: string; readonly batches: readonly Batch[]; readonly next: string | null }
  >();
  const key = JSON.stringify(asked);
  const further = older?.key === key ? older : undefined;
  const first = value?.batches ?? [];
  const lastFirst = first.at(-1)?.id;
  const batches = further === undefined
    ? first
    : [...first, ...further.batches.filter(({ id }) => !first.some((one) => one.id === id))];
  const next = further === undefined ? value?.next : further.next;
  const more = async () => {
    const page = await client.get<Batches>("v1/batches", { ...asked, before: next ?? lastFirst }).catch(() =>
      undefined
    );
    if (page !== undefined) {
      setOlder({ key, batches: [...further?.batches ?? first, ...page.batches], next: page.next });
    }
  };
  const chart = useMemo(() => chartOf(batches), [batches.length, first[0]?.id, further]);

  return (
    <div class={open === undefined ? "view" : "view has-detail"}>
      <div class="bar">
        <RangePicker range={range} onRange={change} />
        <Choice
          label="Cause"
          value={cause}
          choices={[["", "Any cause"], ...Object.keys(CAUSES).map((one) => [one, one] as const)]}
          onChange={(cause) => change({ cause })}
        />
        {instance !== "" && (
          <Button picture="close" onClick={() => change({ instance: "" })}>Monitor #{instance}</Button>
        )}
        <Button picture="again" label="Read anew" onClick={again} />
        <span class="bar-note">{summaryOf(batches)}</span>
      </div>
      {failure !== undefined && <FailureNote failure={failure} onAgain={again} />}
      <div class="panel-chart">
        {chart === undefined ? <div class="chart" style={{ height: "120px" }} /> : <Chart {...chart} height={120} />}
      </div>
      <div class="split">
        <div class="list-box is-scrolling">
          <Loading on={loading && value === undefined} />
          {value !== undefined && batches.length === 0 ? <Empty title="Nothing was written in this range" /> : (
            <Table
              label="Flushes"
              columns={COLUMNS}
              rows={batches}
              keyOf={({ id }) => id}
              current={open}
              onRow={({ id }) => change({ open: id }, { replace: open !== undefined })}
            />
          )}
          {typeof next === "string" && (
            <div class="list-end">
              <Button onClick={more}>Older</Button>
            </div>
          )}
        </div>
        {open !== undefined && (
          <FlushDetail
            batch={batches.find(({ id }) => id === open)}
            onInstance={(number) => change({ instance: String(number) })}
            onClose={() => change({ open: "" })}
          />
        )}
      </div>
    </div>
  );
}

const COLUMNS: readonly Column<Batch>[] = [
  { name: "Written", cell: ({ created_at }) => <Moment moment={created_at} /> },
  { name: "Monitor", cell: ({ instance }) => `#${instance}` },
  { name: "Cause", cell: ({ cause }) => cause },
  { name: "Entries", number: true, cell: ({ entries }) => count(entries) },
  {
    name: "Dead letters",
    number: true,
    wide: true,
    cell: ({ dead_letters }) => dead_letters > 0 ? <span class="is-error">{count(dead_letters)}</span> : 0,
  },
  { name: "Duplicates", number: true, wide: true, cell: ({ duplicates }) => count(duplicates) },
  { name: "Size", number: true, cell: (batch) => bytes(batch.bytes) },
  { name: "Write", number: true, cell: ({ write_ms }) => `${write_ms.toFixed(1)} ms` },
  { name: "Lag", number: true, cell: lagOf },
  { name: "Batch", wide: true, cell: ({ id }) => <code>{id}</code> },
];

function summaryOf(batches: readonly Batch[]): string {
  if (batches.length === 0) return "";
  const sum = (of: (batch: Batch) => number) => batches.reduce((all, batch) => all + of(batch), 0);
  return `${count(batches.length)} flushes · ${count(sum(({ entries }) => entries))} entries · ` +
    `${(sum(({ write_ms }) => write_ms) / batches.length).toFixed(1)} ms each`;
}

/** Entries over time, of what is listed. */
function chartOf(batches: readonly Batch[]) {
  const times = batches.map(({ created_at }) => Date.parse(created_at) / 1000);
  const [newest, oldest] = [times[0], times.at(-1)];
  if (newest === undefined || oldest === undefined) return undefined;
  const width = Math.max((newest - oldest) / BARS, 1);
  const starts = Array.from({ length: Math.floor((newest - oldest) / width) + 1 }, (_, i) => oldest + i * width);
  const [stored, dead] = [starts.map(() => 0), starts.map(() => 0)];
  for (const [i, batch] of batches.entries()) {
    const bar = Math.min(Math.floor((times[i]! - oldest) / width), starts.length - 1);
    stored[bar]! += batch.entries;
    dead[bar]! += batch.dead_letters;
  }
  return {
    label: `Entries written over time, ${count(batches.length)} flushes`,
    starts,
    end: oldest + starts.length * width,
    series: [
      { name: "dead letters", colour: "--error-bar", values: dead },
      { name: "entries", colour: "--info-bar", values: stored },
    ],
  };
}
