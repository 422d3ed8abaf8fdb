/**
 * The thread of a {@linkcode StallWatch}.
 *
 * @module
 */
import type { StallRequest } from "./stall_watch.ts";

/** Between an answer and the next question: a stall that is longer cannot be missed, and asking costs next to nothing. */
const PAUSE_MS = 20;

const thread = globalThis as unknown as {
  onmessage: (event: MessageEvent<StallRequest>) => void;
  postMessage(longestMs: number): void;
};
let longestMs = 0;
let over = false;

async function watch(address: string): Promise<void> {
  while (!over) {
    const askedAt = performance.now();
    await (await fetch(`http://${address}/livez`)).text();
    longestMs = Math.max(longestMs, performance.now() - askedAt);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  thread.postMessage(longestMs);
}

thread.onmessage = ({ data }) => {
  if (data === "end") over = true;
  else watch(data.address);
};
