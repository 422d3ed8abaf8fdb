/**
 * An entry among what was published before and after it.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { Context, Entry } from "../api/answers.ts";
import { columnsOf } from "../logs/columns.ts";
import { EntryList } from "../logs/entry_list.tsx";
import { OpenedEntry } from "../logs/opened_entry.tsx";
import { WrapButton } from "../logs/query_bar.tsx";
import { usePage, useParameters } from "../page_context.ts";
import { Button, Empty, FailureNote, Loading, ViewLink } from "../parts/controls.tsx";
import { Foreign, Moment } from "../parts/text.tsx";
import { useAnswer } from "../use_answer.ts";

/** Entries of each side that come at once. */
const SIDE = 50;
const SIDE_MAX = 1_000;
/** What the link back to the logs shows around the entry, each way. */
const AROUND_MS = 300_000;

/** Draws it. */
export function ContextView() {
  const { client, router } = usePage();
  const [parameters, change] = useParameters();
  const { id = "", same = "", open } = parameters;
  const columns = columnsOf(parameters);
  const [sides, setSides] = useState({ before: SIDE, after: SIDE });
  const { value, failure, loading, again } = useAnswer<Context>(
    JSON.stringify([id, same, sides]),
    (signal) =>
      client.get(`v1/logs/${encodeURIComponent(id)}/context`, {
        ...sides,
        same_service: same === "1" ? "true" : undefined,
      }, signal),
  );
  const entries: readonly Entry[] = value === undefined ? [] : [...value.before, value.entry, ...value.after];
  const grow = (side: "before" | "after") => {
    if (value === undefined || loading || value[side].length < sides[side] || sides[side] >= SIDE_MAX) return;
    setSides({ ...sides, [side]: Math.min(sides[side] * 2, SIDE_MAX) });
  };

  return (
    <div class={open === undefined ? "view" : "view has-detail"}>
      <div class="bar context-bar">
        {router.hasBefore
          ? <Button picture="back" onClick={() => router.back()}>Back</Button>
          : value && (
            <ViewLink view="logs" parameters={rangeAround(value.entry)} class="button is-plain">All logs then</ViewLink>
          )}
        <h2>
          {value
            ? (
              <>
                Around <Moment moment={value.entry.publish_time} /> of <Foreign text={value.entry.service_name} line />
              </>
            )
            : "Context"}
        </h2>
        <div class="segments" role="group" aria-label="Whose entries">
          <Button pressed={same !== "1"} onClick={() => change({ same: "" }, { replace: true })}>All services</Button>
          <Button pressed={same === "1"} onClick={() => change({ same: "1" }, { replace: true })}>This service</Button>
        </div>
        <WrapButton />
      </div>
      {failure !== undefined && <FailureNote failure={failure} onAgain={again} />}
      <div class="split">
        <div class="list-box">
          <Loading on={loading} />
          {id === ""
            ? (
              <Empty title="No entry was chosen">
                <ViewLink view="logs">To the logs</ViewLink>
              </Empty>
            )
            : value !== undefined && (
              <EntryList
                key={id}
                label="Entries around"
                entries={entries}
                columns={columns}
                open={open}
                marked={id}
                onOpen={(id) => change({ open: id ?? "" }, { replace: true })}
                onNearStart={() => grow("before")}
                onNearEnd={() => grow("after")}
              />
            )}
        </div>
        {open !== undefined && (
          <OpenedEntry
            id={open}
            entry={entries.find((entry) => entry.id === open)}
            searches={false}
            replace
          />
        )}
      </div>
    </div>
  );
}

function rangeAround({ publish_time }: Entry) {
  const ms = Date.parse(publish_time);
  return { from: new Date(ms - AROUND_MS).toISOString(), to: new Date(ms + AROUND_MS).toISOString() };
}
