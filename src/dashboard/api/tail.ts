/**
 * Follows what lands, and comes again where the connection breaks.
 *
 * @module
 */
import type { Entry } from "./answers.ts";
import type { Client } from "./client.ts";
import { EventReader } from "./events.ts";
import { type Failure, failureFrom } from "./failure.ts";

/** Entries that are missing. */
export interface Gap {
  readonly dropped: number;
  readonly reason: "slow" | "too_old";
}

/** Where a tail begins. */
export interface TailBegin {
  /** Absent: now. */
  readonly position?: string | undefined;
  /** Ids of entries that are there already, such as a page's. */
  readonly known?: readonly string[];
}

/** Who is told. */
export interface TailOptions {
  readonly client: Client;
  readonly query: string;
  /** Asked, until it answers, where to begin. */
  readonly begin: () => Promise<TailBegin>;
  readonly signal: AbortSignal;
  readonly onEntries: (entries: readonly Entry[]) => void;
  readonly onGap: (gap: Gap) => void;
  /** Told of where it could go on. */
  readonly onPosition?: (id: string) => void;
  /** `undefined`: it is connected. */
  readonly onState: (failure: Failure | undefined) => void;
}

const RETRY_MS = 2_000;
const RETRY_MAX_MS = 15_000;
/** Ids of entries that came last: after coming again, the last two minutes may be told twice. */
const KNOWN_MAX = 50_000;

/** Follows until the signal, or until the server says that it never will. */
export async function follow(options: TailOptions): Promise<void> {
  const { client, query, signal, onState } = options;
  let lastId: string | undefined;
  let begun = false;
  let retryMs = RETRY_MS;
  const known = new Set<string>();
  for (let waitMs = RETRY_MS; !signal.aborted;) {
    try {
      if (!begun) {
        const { position, known: there = [] } = await options.begin();
        signal.throwIfAborted();
        begun = true;
        lastId = position;
        for (const id of there) known.add(id);
      }
      const stream = await client.stream("v1/tail", { asked: { query }, lastId, signal });
      onState(undefined);
      waitMs = retryMs;
      for await (const read of readsOf(stream)) {
        if ("id" in read) options.onPosition?.(lastId = read.id);
        else if ("retryMs" in read) waitMs = retryMs = read.retryMs;
        else if ("gap" in read) options.onGap(read.gap);
        else tell(read.entries, { known, onEntries: options.onEntries });
      }
      onState({ kind: "offline", title: "The connection broke", detail: "The page tries again by itself" });
    } catch (error) {
      if (signal.aborted) return;
      const failure = failureFrom(error);
      onState(failure);
      if (failure.kind !== "offline" && failure.kind !== "busy") return;
    }
    await sleep(waitMs, signal);
    waitMs = Math.min(waitMs * 1.5, RETRY_MAX_MS);
  }
}

type Told = { readonly id: string } | { readonly retryMs: number } | { readonly gap: Gap } | {
  readonly entries: readonly Entry[];
};

/** What a part of the stream brings, entries that came together as one. */
async function* readsOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Told> {
  const events = new EventReader();
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    let entries: Entry[] = [];
    for (const read of events.read(part.value)) {
      if ("event" in read && read.event === "entry") {
        entries.push(JSON.parse(read.data));
        continue;
      }
      if (entries.length > 0) yield { entries };
      entries = [];
      if (!("event" in read)) yield read;
      else if (read.event === "gap") yield { gap: JSON.parse(read.data) };
    }
    if (entries.length > 0) yield { entries };
  }
}

function tell(
  entries: readonly Entry[],
  { known, onEntries }: { readonly known: Set<string>; readonly onEntries: TailOptions["onEntries"] },
): void {
  const news = entries.filter(({ id }) => !known.has(id));
  for (const { id } of news) known.add(id);
  // A set gives up the oldest first.
  for (const id of known) {
    if (known.size <= KNOWN_MAX) break;
    known.delete(id);
  }
  if (news.length > 0) onEntries(news);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
