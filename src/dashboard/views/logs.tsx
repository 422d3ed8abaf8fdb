/**
 * What was said: a query over a range, as a histogram and a list.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Page } from "../api/answers.ts";
import { nowMs } from "../clock.ts";
import { columnsOf } from "../logs/columns.ts";
import { EntryList } from "../logs/entry_list.tsx";
import { LogHistogram } from "../logs/histogram.tsx";
import { useNews } from "../logs/news.ts";
import { NoEntries } from "../logs/no_entries.tsx";
import { OpenedEntry } from "../logs/opened_entry.tsx";
import { QueryBar } from "../logs/query_bar.tsx";
import { QueryRemarks } from "../logs/remarks.tsx";
import { Walk } from "../logs/walk.ts";
import { useObservable } from "../observable.ts";
import { usePage, useParameters } from "../page_context.ts";
import { Button, FailureNote, Loading } from "../parts/controls.tsx";
import { count } from "../text/numbers.ts";
import { rangeOf, type RangeParameters, wholeRange } from "../text/range.ts";

/** Entries of a page: two or three screens, and few enough to come at once. */
const FIRST_LIMIT = 200;
const LIMIT = 500;

/** Draws it. */
export function LogsView() {
  const [parameters, change] = useParameters();
  const { query = "", open, order = "newest_first" } = parameters;
  const range = rangeOf(parameters);
  const columns = columnsOf(parameters);
  const { walk, again } = useWalk({ query, range, order });
  const { entries, first } = walk;
  const attributes = useMemo(() => attributeNames(walk), [entries.length > 0 ? entries[0] : undefined]);
  const follows = range.to === undefined && order === "newest_first";
  const news = useNews({
    query,
    position: follows ? first?.tail ?? undefined : undefined,
    known: first?.entries.map(({ id }) => id) ?? [],
  });
  const entry = open === undefined ? undefined : entries.find(({ id }) => id === open);
  const failed = walk.failure;
  // Where there is nothing to read, nothing is moved by what lands.
  useEffect(() => {
    if (news > 0 && first !== undefined && entries.length === 0) again();
  }, [news > 0, first]);

  return (
    <div class={open === undefined ? "view logs" : "view logs has-detail"}>
      <QueryBar
        query={query}
        range={range}
        order={order}
        attributes={attributes}
        onQuery={(query) => (change({ query, open: "" }), again())}
        onChange={(changed) => change({ ...changed, open: "" })}
        onAgain={again}
      />
      {failed?.kind === "query" && <FailureNote failure={failed} />}
      {first && <QueryRemarks page={first} onQuery={(query) => change({ query })} />}
      <LogHistogram
        query={query}
        range={range}
        onZoom={(from, to) => change({ since: "", from, to, open: "" })}
      />
      <div class="split">
        <div class="list-box">
          <Loading on={walk.reading !== undefined} />
          {news > 0 && (
            <div class="news" role="status">
              <Button picture="up" kind="main" onClick={again}>{`${count(news)} new`}</Button>
            </div>
          )}
          {failed !== undefined && failed.kind !== "query" && <FailureNote failure={failed} onAgain={again} />}
          {first !== undefined && entries.length === 0 && walk.reading === undefined && failed === undefined
            ? <NoEntries page={first} query={query} walk={walk} />
            : (
              <EntryList
                label="Entries"
                entries={entries}
                columns={columns}
                open={open}
                onOpen={(id) => change({ open: id ?? "" }, { replace: open !== undefined && id !== undefined })}
                onNearEnd={() => walk.lastEmpty || walk.more("next")}
                onNearStart={() => walk.more("previous")}
                footer={<ListEnd walk={walk} />}
              />
            )}
        </div>
        {open !== undefined && <OpenedEntry id={open} entry={entry} searches />}
      </div>
    </div>
  );
}

/** Walks anew whenever the question changes. */
function useWalk({ query, range, order }: {
  readonly query: string;
  readonly range: RangeParameters;
  readonly order: string;
}) {
  const { client, kept, tokenWanted } = usePage();
  const token = useObservable(kept.token);
  const [turn, setTurn] = useState(0);
  const [, redraw] = useState({});
  const shown = useRef<Walk | undefined>(undefined);
  const walk = useMemo(() => {
    const made: Walk = new Walk({
      read: (cursor, signal) =>
        client.get<Page>("v1/logs", {
          query,
          ...wholeRange(range, nowMs()),
          order,
          cursor,
          limit: cursor === undefined ? FIRST_LIMIT : LIMIT,
        }, signal),
      onChange: () => {
        if (made.first !== undefined || made.failure !== undefined) shown.current = made;
        if (made.failure?.kind === "token") tokenWanted.set(made.failure);
        redraw({});
      },
    });
    return made;
  }, [query, JSON.stringify(range), order, turn, token]);
  // Asked before the page is drawn, not after.
  useLayoutEffect(() => {
    void walk.begin();
    return () => walk.end();
  }, [walk]);
  // A server that is away is asked again.
  const waiting = walk.failure?.kind === "offline" || walk.failure?.kind === "busy";
  useEffect(() => {
    if (!waiting || walk.first !== undefined) return;
    const timer = setTimeout(() => setTurn((last) => last + 1), 3_000);
    return () => clearTimeout(timer);
  }, [waiting, walk]);
  // What was there before stays until there is more: nothing jumps.
  return { walk: walk.first === undefined ? shown.current ?? walk : walk, again: () => setTurn((last) => last + 1) };
}

function ListEnd({ walk }: { readonly walk: Walk }) {
  if (walk.first === undefined) return null;
  const text = walk.reading === "next"
    ? "Reading on…"
    : walk.has("next")
    ? ""
    : `${count(walk.entries.length)} ${
      walk.entries.length === 1 ? "entry" : "entries"
    }; there are no more in this range`;
  return (
    <div class="list-end">
      {text}
      {walk.lastEmpty && walk.has("next") && walk.reading === undefined &&
        <Button onClick={() => walk.more("next")}>Look further</Button>}
    </div>
  );
}

function attributeNames({ entries }: Walk): string[] {
  const names = new Set<string>();
  for (const { attributes } of entries.slice(0, 200)) for (const name in attributes) names.add(name);
  return [...names].filter((name) => /^[\w.-]+$/.test(name)).toSorted();
}
