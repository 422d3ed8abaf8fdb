/**
 * What lands, as it lands. New lines never move what is being read.
 *
 * @module
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Entry, Page } from "../api/answers.ts";
import type { Failure } from "../api/failure.ts";
import { follow } from "../api/tail.ts";
import { nowMs } from "../clock.ts";
import { EntryDetail } from "../logs/entry_detail.tsx";
import { EntryList } from "../logs/entry_list.tsx";
import { LiveBuffer } from "../logs/live_buffer.ts";
import { WrapButton } from "../logs/query_bar.tsx";
import { useObservable } from "../observable.ts";
import { usePage, useParameters } from "../page_context.ts";
import { Button, Empty, FailureNote, ViewLink } from "../parts/controls.tsx";
import { QueryBox } from "../parts/query_box.tsx";
import { count, rate } from "../text/numbers.ts";
import { withTerm } from "../text/query.ts";

const LINES_MAX = 10_000;
/** Drawn at most so often: as quick as anybody reads. */
const DRAW_MS = 100;
/** What landed before is there to begin with. */
const [BEFORE, BEFORE_MAX] = ["-15m", 100];
/** The rate is that of the last seconds. */
const RATE_SECONDS = 5;

/** Draws it. */
export function LiveView() {
  const [parameters, change] = useParameters();
  const { query = "", open } = parameters;
  const columns = (parameters.columns ?? "").split(",").filter((name) => name !== "");
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
        {open !== undefined && (
          <EntryDetail
            id={open}
            entry={entry}
            columns={columns}
            onClose={() => change({ open: "" })}
            onTerm={(term) => change({ query: withTerm(query, term), open: "" })}
            onColumn={(name) =>
              change({
                columns: (columns.includes(name) ? columns.filter((one) => one !== name) : [...columns, name]).join(
                  ",",
                ),
              })}
          />
        )}
      </div>
    </div>
  );
}

/** Follows while the page is seen. */
function useTail({ query, flows }: { readonly query: string; readonly flows: boolean }) {
  const { client, kept, tokenWanted } = usePage();
  const token = useObservable(kept.token);
  const buffer = useMemo(() => new LiveBuffer(LINES_MAX), [query]);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const [away, setAway] = useState(document.hidden);
  const [perSecond, setPerSecond] = useState(0);
  const [, redraw] = useState({});
  const landed = useRef<(readonly [atMs: number, count: number])[]>([]);
  const flowing = useRef(flows);
  flowing.current = flows;
  const position = useRef<string | undefined>(undefined);

  useEffect(() => {
    const look = () => setAway(document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  useEffect(() => {
    position.current = undefined;
  }, [query]);
  useEffect(() => {
    if (away) return;
    const ending = new AbortController();
    let drawing: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      drawing ??= setTimeout(() => {
        drawing = undefined;
        if (flowing.current) buffer.show();
        redraw({});
      }, DRAW_MS);
    };
    const { signal } = ending;
    const fail = (failure: Failure | undefined) => {
      if (failure?.kind === "token") tokenWanted.set(failure);
      setFailure(failure);
    };
    void follow({
      client,
      query,
      begin: position.current === undefined
        ? async () => {
          const asked = { query, since: BEFORE, limit: BEFORE_MAX };
          const { entries, tail } = await client.get<Page>("v1/logs", asked, signal);
          buffer.push(entries.toReversed());
          draw();
          return { position: tail ?? undefined, known: entries.map(({ id }) => id) };
        }
        : () => Promise.resolve({ position: position.current }),
      signal,
      onEntries: (entries) => {
        landed.current.push([nowMs(), entries.length]);
        buffer.push(entries);
        draw();
      },
      onGap: (gap) => (buffer.pushGap(gap), draw()),
      onPosition: (id) => position.current = id,
      onState: fail,
    });
    return () => {
      ending.abort();
      clearTimeout(drawing);
    };
  }, [query, token, away, buffer]);
  useEffect(() => {
    if (!flows) return;
    buffer.show();
    redraw({});
  }, [flows]);
  useEffect(() => {
    const timer = setInterval(() => {
      const since = nowMs() - RATE_SECONDS * 1000;
      landed.current = landed.current.filter(([atMs]) => atMs >= since);
      setPerSecond(landed.current.reduce((sum, [, count]) => sum + count, 0) / RATE_SECONDS);
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return { buffer, failure, perSecond, away };
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
