/**
 * Tells many clients what lands, with one poll of the database for all of them.
 *
 * @module
 */
import { Backoff } from "../../ops/backoff.ts";
import { sleep } from "../../ops/sleep.ts";
import type { LogQueries, TailPoint, TailRequest, TailStep } from "../../reading/log_queries.ts";
import { matcherOf } from "../../reading/match_query.ts";
import type { Query } from "../../reading/query.ts";
import { msOfBatchId, tailPointAt } from "../../reading/tail_point.ts";
import type { BatchId, ReadEntry } from "../../store/log_rows.ts";
import { eventBytes } from "./events.ts";
import { TailFeed } from "./feed.ts";
import { type Chunk, chunkOf, TailMemory } from "./memory.ts";

/** What a hub works with. */
export interface TailHubOptions {
  readonly queries: LogQueries;
  /** An entry as clients get it. */
  readonly entryJson: (entry: ReadEntry) => unknown;
  /** Told of a failure of the poll, which is tried again. */
  readonly onFailed: (error: unknown) => void;
}

/** Who wants to be told. */
export interface TailWish {
  readonly query: Query;
  /** The query as text, in one form. */
  readonly selects: string;
  /** Where it was before; absent: from now on. */
  readonly position?: BatchId | undefined;
}

/** Between two looks: half of what a person takes for "at once". */
const POLL_MS = 500;
/** What waits for all clients together, in bytes: one step of the largest batches, and as much again. */
const MEMORY_BYTES_MAX = 64 * 1024 * 1024;
/** A client that was away for longer reads pages. */
const RESUMABLE_MS = 3_600_000;
/** A client that comes again may be told by both of what it missed and what all get; the poll's looks back are a minute apart. */
const OVERLAP_MS = 180_000;
/** What fan-out may take of the loop before others have their turn. */
const TURN_MS = 10;

/** A client, and where it stands. */
interface Member {
  readonly feed: TailFeed;
  /** While it is told what it missed: what came meanwhile. */
  held?: Chunk[] | undefined;
  heldBytes: number;
  /** Batches that it was told of as missed, until when the poll might tell of them too. */
  seen?: { readonly batches: ReadonlySet<BatchId>; readonly untilMs: number } | undefined;
  /** Ends its own looks. */
  readonly gone: AbortController;
}

/**
 * The hub. It polls while there are clients. A client that comes again is told what it missed by looks of its own, and
 * joins the others when it has caught up: at least once over both connections, exactly once within one.
 */
export class TailHub implements AsyncDisposable {
  readonly #options: TailHubOptions;
  readonly #memory = new TailMemory();
  readonly #members = new Map<TailFeed, Member>();
  #run: { readonly end: AbortController; readonly ready: Promise<TailPoint>; readonly done: Promise<void> } | undefined;
  readonly #catchingUp = new Set<Promise<void>>();
  /** The looks of those that catch up, one after the other: they must not add up. */
  #looks: Promise<unknown> = Promise.resolve();

  constructor(options: TailHubOptions) {
    this.#options = options;
  }

  /** Clients that are told. */
  get clients(): number {
    return this.#members.size;
  }

  /** Begins to tell a client. */
  join(wish: TailWish): TailFeed {
    const feed = new TailFeed(wish, { memory: this.#memory, onLeave: () => this.#leave(feed) });
    const member: Member = { feed, heldBytes: 0, gone: new AbortController() };
    this.#members.set(feed, member);
    this.#run ??= this.#start();
    if (wish.position !== undefined) {
      member.held = [];
      const { position } = wish;
      const { ready } = this.#run;
      const work = this.#catchUp(member, { position, ready }).finally(() => this.#catchingUp.delete(work));
      this.#catchingUp.add(work);
    }
    return feed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const done = this.#run?.done;
    for (const feed of [...this.#members.keys()]) feed.leave();
    await Promise.all([done, ...this.#catchingUp]);
  }

  #leave(feed: TailFeed): void {
    const member = this.#members.get(feed);
    for (const chunk of member?.held ?? []) this.#memory.release(chunk);
    member?.gone.abort();
    this.#members.delete(feed);
    if (this.#members.size > 0) return;
    this.#run?.end.abort();
    this.#run = undefined;
  }

  #start() {
    const end = new AbortController();
    const { signal } = end;
    const ready = this.#until(() => this.#options.queries.tailPoint({ signal }), signal);
    const done = ready.then((point) => this.#poll(point, signal)).catch((error) => {
      if (signal.aborted) return;
      // Clients come again, and begin anew.
      this.#options.onFailed(error);
      for (const feed of [...this.#members.keys()]) feed.leave();
    });
    return { end, ready, done };
  }

  /** What it comes to, tried again until then. @throws The signal's reason. */
  async #until<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const backoff = new Backoff({ firstMs: POLL_MS, maxMs: 5_000 });
    for (;;) {
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        this.#options.onFailed(error);
        await sleep(backoff.next(), signal);
      }
    }
  }

  async #poll(first: TailPoint, signal: AbortSignal): Promise<void> {
    for (let point = first, more = false;;) {
      if (!more) await sleep(POLL_MS, signal);
      const step = await this.#until(() => this.#options.queries.tail({ from: point }, { signal }), signal);
      ({ point, more } = step);
      await this.#tellAll(step.entries);
      if (more) continue;
      for (const { feed, held } of this.#members.values()) {
        if (held === undefined) feed.reach(point.position);
      }
    }
  }

  /** Each entry becomes bytes once, and each query is asked once, however many clients have it. */
  async #tellAll(entries: readonly ReadEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const chunks = new Map<ReadEntry, Chunk>();
    const chunkFor = (entry: ReadEntry) => {
      let chunk = chunks.get(entry);
      if (chunk === undefined) chunks.set(entry, chunk = this.#chunkOf(entry));
      return chunk;
    };
    let turnAt = performance.now();
    for (const members of Map.groupBy([...this.#members.values()], ({ feed }) => feed.selects).values()) {
      if (performance.now() - turnAt >= TURN_MS) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        turnAt = performance.now();
      }
      const matching = entries.filter(matcherOf(members[0]!.feed.query)).map(chunkFor);
      for (const member of members) this.#tell(member, matching);
      this.#relieve();
    }
  }

  #chunkOf(entry: ReadEntry): Chunk {
    return chunkOf(eventBytes("entry", this.#options.entryJson(entry)), entry.batch);
  }

  #tell(member: Member, chunks: readonly Chunk[]): void {
    if (member.feed.left) return;
    if (member.held === undefined) {
      const { seen } = member;
      if (seen !== undefined && performance.now() >= seen.untilMs) member.seen = undefined;
      member.feed.push(seen === undefined ? chunks : chunks.filter(({ batch }) => !isIn(batch, seen.batches)));
      return;
    }
    for (const chunk of chunks) {
      this.#memory.hold(chunk);
      member.held.push(chunk);
      member.heldBytes += chunk.bytes.length;
    }
  }

  /** Lets go of what waits for the client that is furthest behind, where all together take too much. */
  #relieve(): void {
    while (this.#memory.bytes > MEMORY_BYTES_MAX) {
      const waiting = ({ feed, heldBytes }: Member) => feed.waiting + heldBytes;
      const [last] = [...this.#members.values()].sort((a, b) => waiting(b) - waiting(a));
      if (last === undefined || waiting(last) === 0) return;
      const held = last.held?.splice(0) ?? [];
      for (const chunk of held) this.#memory.release(chunk);
      last.heldBytes = 0;
      last.feed.skip("slow", held.length);
    }
  }

  /** Tells a client what it missed, then what came meanwhile, each once. */
  async #catchUp(
    member: Member,
    { position, ready }: { readonly position: BatchId; readonly ready: Promise<TailPoint> },
  ): Promise<void> {
    const { feed, gone: { signal } } = member;
    try {
      // Whatever is committed later, the poll tells; whatever before, the looks below.
      const now = await ready;
      if (msOfBatchId(now.position) - msOfBatchId(position) > RESUMABLE_MS) {
        feed.skip("too_old");
        return this.#joinOthers(member, now);
      }
      let point = tailPointAt(position);
      for (let more = true; more;) {
        const step = await this.#look({ from: point, query: feed.query }, signal);
        ({ point, more } = step);
        feed.push(step.entries.map((entry) => this.#chunkOf(entry)));
        this.#relieve();
        // As fast as the client reads: nothing of what it missed is let go.
        if (more) await feed.drained();
      }
      this.#joinOthers(member, point);
    } catch (error) {
      if (signal.aborted) return;
      this.#options.onFailed(error);
      feed.leave();
    }
  }

  #look(request: TailRequest, signal: AbortSignal): Promise<TailStep> {
    const look = this.#looks.then(() => this.#until(() => this.#options.queries.tail(request, { signal }), signal));
    this.#looks = look.catch(() => {});
    return look;
  }

  #joinOthers(member: Member, { position, seen }: TailPoint): void {
    if (member.feed.left) return;
    const held = member.held ?? [];
    member.held = undefined;
    member.heldBytes = 0;
    member.seen = { batches: seen, untilMs: performance.now() + OVERLAP_MS };
    this.#tell(member, held);
    for (const chunk of held) this.#memory.release(chunk);
    member.feed.reach(position);
  }
}

function isIn(batch: BatchId | undefined, seen: ReadonlySet<BatchId>): boolean {
  return batch !== undefined && seen.has(batch);
}
