/**
 * Follows what lands, for as long as somebody looks.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Page } from "../api/answers.ts";
import type { Failure } from "../api/failure.ts";
import { follow } from "../api/tail.ts";
import { nowMs } from "../clock.ts";
import { useObservable } from "../observable.ts";
import { usePage } from "../page_context.ts";
import { LiveBuffer } from "./live_buffer.ts";

const LINES_MAX = 10_000;
/** Drawn at most so often: as quick as anybody reads. */
const DRAW_MS = 100;
/** What landed before is there to begin with. */
const [BEFORE, BEFORE_MAX] = ["-15m", 100];
/** The rate is that of the last seconds. */
const RATE_SECONDS = 5;

/** Follows while the page is seen. @param options.flows Whether what lands is shown at once. */
export function useTail({ query, flows }: { readonly query: string; readonly flows: boolean }) {
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
  useLayoutEffect(() => {
    position.current = undefined;
  }, [query]);
  useLayoutEffect(() => {
    if (away) return;
    const ending = new AbortController();
    let drawing: ReturnType<typeof setTimeout> | undefined;
    let drawnMs = -DRAW_MS;
    const draw = () => {
      drawing ??= setTimeout(() => {
        drawing = undefined;
        drawnMs = performance.now();
        if (flowing.current) buffer.show();
        redraw({});
      }, Math.max(0, drawnMs + DRAW_MS - performance.now()));
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
          position.current = tail ?? undefined;
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
