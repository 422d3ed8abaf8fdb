/**
 * Asks the API for what a component shows.
 *
 * @module
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Failure, failureFrom } from "./api/failure.ts";
import { useObservable } from "./observable.ts";
import { usePage } from "./page_context.ts";

/** What is known of an answer. What was there before stays until there is more: nothing jumps. */
export interface Answer<T> {
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  readonly again: () => void;
}

/** How an answer is asked for. */
export interface AnswerOptions {
  /** Asked again after so long, while the page is seen. Default: not. */
  readonly everyMs?: number | undefined;
  /** Whether another key's answer is shown until the new one is there. Default: true. */
  readonly keep?: boolean;
}

const OFFLINE_MS = 3_000;

/** Asks whenever the key changes. @param key All that the answer depends on. */
export function useAnswer<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  { everyMs, keep = true }: AnswerOptions = {},
): Answer<T> {
  const { kept, tokenWanted } = usePage();
  const token = useObservable(kept.token);
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<Omit<Answer<T>, "again"> & { readonly key: string }>({
    key,
    value: undefined,
    failure: undefined,
    loading: true,
  });
  const asked = useRef("");
  const again = () => setTurn((last) => last + 1);

  // Asked before the page is drawn, not after.
  useLayoutEffect(() => {
    const ending = new AbortController();
    const fresh = asked.current !== key;
    asked.current = key;
    setState((last) => ({ ...last, key, loading: true, ...fresh && !keep ? { value: undefined } : {} }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (ms: number) => {
      // A page that nobody sees asks nothing.
      timer = setTimeout(() => document.hidden ? later(ms) : again(), ms);
    };
    ask(ending.signal).then((value) => {
      if (ending.signal.aborted) return;
      setState({ key, value, failure: undefined, loading: false });
      if (everyMs !== undefined) later(everyMs);
    }, (error) => {
      if (ending.signal.aborted) return;
      const failure = failureFrom(error);
      if (failure.kind === "token") tokenWanted.set(failure);
      setState((last) => ({ ...last, key, failure, loading: false }));
      if (failure.kind === "offline" || failure.kind === "busy") later(OFFLINE_MS);
    });
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [key, turn, token]);

  return { ...state, again };
}
