/**
 * What lands, as it lands. New lines never move what is being read.
 *
 * @module
 */
import { useMemo, useState } from "preact/hooks";
import type { Entry } from "../api/answers.ts";
import { columnsOf } from "../logs/columns.ts";
import { EntryList } from "../logs/entry_list.tsx";
import { OpenedEntry } from "../logs/opened_entry.tsx";
import { WrapButton } from "../logs/query_bar.tsx";
import { useTail } from "../logs/use_tail.ts";
import { useParameters } from "../page_context.ts";
import { Button, Empty, FailureNote, ViewLink } from "../parts/controls.tsx";
import { QueryBox } from "../parts/query_box.tsx";
import { count, rate } from "../text/numbers.ts";

/** Draws it. */
export function LiveView() {
  const [parameters, change] = useParameters();
  const { query = "", open } = parameters;
  const columns = columnsOf(parameters);
  const [paused, setPaused] = useState(false);
  const [atEnd, setAtEnd] = useState(true);
  const { buffer, failure, perSecond, away } = useTail({ query, flows: !paused && atEnd && open === undefined });
  const lines = buffer.shown;
  const entries = useMemo(() => lines.map((line) => "entry" in line ? line.entry : gapEntry(line)), [lines]);
  const entry = open === undefined ? undefined : entries.find(({ id }) => id === open);
  const onward = () => {
    setPaused(false);
    setAtEnd(true);
    if (open !== undefined) change({ open: "" });
    buffer.show();
  };
  const attributes = useMemo(() => [...new Set(entries.slice(-200).flatMap((one) => Object.keys(one.attributes)))], [
    entries.at(-1),
  ]);

  return (
    <div class={open === undefined ? "view" : "view has-detail"}>
      <div class="bar" role="search">
        <QueryBox query={query} onQuery={(query) => change({ query, open: "" })} attributes={attributes} />
        <Button
          picture={paused ? "play" : "pause"}
          pressed={paused}
          onClick={() => paused ? onward() : setPaused(true)}
        >
          {paused ? "Go on" : "Pause"}
        </Button>
        <Button onClick={() => (buffer.clear(), change({ open: "" }))}>Clear</Button>
        <WrapButton />
        <ViewLink view="logs" parameters={{ query }} class="button is-plain">Search</ViewLink>
      </div>
      <div class="live-line" role="status">
        <span class={failure === undefined ? "dot is-on" : "dot"} />
        <span>
          {failure !== undefined
            ? failure.title
            : away
            ? "Not followed while nobody looks"
            : paused
            ? "Paused"
            : "Following"}
        </span>
        <span class="number">{rate(perSecond)}</span>
        <span class="faint">{count(lines.length)} lines</span>
      </div>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="split">
        <div class="list-box">
          {lines.length === 0
            ? (
              <Empty title={failure === undefined ? "Waiting for what lands" : "Nothing is followed"}>
                <p>New entries{query === "" ? "" : " of this query"} are here as soon as they are stored.</p>
              </Empty>
            )
            : (
              <EntryList
                label="Entries as they land"
                entries={entries}
                columns={columns}
                open={open}
                onOpen={(id) => change({ open: id ?? "" }, { replace: open !== undefined && id !== undefined })}
                atEnd={!paused && atEnd && open === undefined}
                onAtEnd={setAtEnd}
              />
            )}
          {buffer.waiting > 0 && (
            <div class="news at-end" role="status">
              <Button picture="down" kind="main" onClick={onward}>{`${count(buffer.waiting)} new`}</Button>
            </div>
          )}
        </div>
        {open !== undefined && <OpenedEntry id={open} entry={entry} searches />}
      </div>
    </div>
  );
}

/** A gap, where its entries would be. */
function gapEntry(
  { key, gap }: { readonly key: string; readonly gap: { readonly dropped: number; readonly reason: string } },
): Entry {
  const text = gap.reason === "too_old"
    ? "Away for over an hour: what landed meanwhile is found by searching"
    : `${count(gap.dropped)} entries are left out here, more than could be shown; searching finds them`;
  const moment = new Date(0).toISOString();
  return {
    id: key,
    publish_time: moment,
    message_id: "",
    service_name: "gap",
    severity: "warn",
    payload: text,
    timestamp: moment,
    created_at: moment,
    attributes: {},
    batch: null,
  };
}
