/**
 * How many entries of a query have landed since its page was read.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { follow } from "../api/tail.ts";
import { usePage } from "../page_context.ts";

/** What is followed. */
export interface NewsOptions {
  readonly query: string;
  /** The page's `tail`; `undefined`: nothing is followed. */
  readonly position: string | undefined;
  /** Ids that the page has. */
  readonly known: readonly string[];
}

/** Counted no further: who is so far behind reads anew. */
const NEWS_MAX = 10_000;

/** Counts while the page is seen. */
export function useNews({ query, position, known }: NewsOptions): number {
  const { client } = usePage();
  const [count, setCount] = useState(0);
  useEffect(() => {
    setCount(0);
    if (position === undefined) return;
    let ending: AbortController | undefined;
    let news = 0;
    const start = () => {
      ending?.abort();
      if (document.hidden || news >= NEWS_MAX) return;
      ending = new AbortController();
      const { signal } = ending;
      // From the page on each time: what was counted before is counted again.
      news = 0;
      void follow({
        client,
        query,
        begin: () => Promise.resolve({ position, known }),
        signal,
        onEntries: (entries) => {
          news += entries.length;
          setCount(news);
          if (news >= NEWS_MAX) ending?.abort();
        },
        onGap: ({ dropped }) => setCount(news += dropped),
        onState: () => {},
      });
    };
    start();
    document.addEventListener("visibilitychange", start);
    return () => {
      document.removeEventListener("visibilitychange", start);
      ending?.abort();
    };
  }, [query, position]);
  return count;
}
