/**
 * What one client of a tail gets: a bounded queue, and what is said of what did not fit.
 *
 * @module
 */
import { encodeTail } from "../../reading/cursor.ts";
import type { Query } from "../../reading/query.ts";
import type { BatchId } from "../../store/log_rows.ts";
import { commentBytes, eventBytes, idBytes } from "./events.ts";
import type { Chunk, TailMemory } from "./memory.ts";

/** How much may wait for one client, beside one step that is larger. */
const QUEUE = { chunks: 10_000, bytes: 8 * 1024 * 1024 };
/** As much is sent at once. */
const SEND_BYTES = 64 * 1024;
/** Silence for longer, and what lies between may take the client for gone. */
const KEEP_ALIVE_MS = 15_000;

/** Why entries are missing. */
export type GapReason = "slow" | "too_old";

/** A client's feed. */
export class TailFeed {
  readonly query: Query;
  /** What tells the query from others, for clients that ask the same. */
  readonly selects: string;
  readonly #memory: TailMemory;
  readonly #onLeave: (feed: TailFeed) => void;
  #queue: Chunk[] = [];
  #sent = 0;
  #queuedBytes = 0;
  #gap: { dropped: number; reason: GapReason } | undefined;
  #position: BatchId | undefined;
  /** Whether something was sent since the position was told; then it is told again as soon as it has moved on. */
  #moved = true;
  #due = false;
  #left = false;
  #wake: (() => void) | undefined;

  constructor(
    { query, selects }: Pick<TailFeed, "query" | "selects">,
    { memory, onLeave }: { readonly memory: TailMemory; readonly onLeave: (feed: TailFeed) => void },
  ) {
    this.query = query;
    this.selects = selects;
    this.#memory = memory;
    this.#onLeave = onLeave;
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#queuedBytes;
  }

  get left(): boolean {
    return this.#left;
  }

  /** Adds what came at once. Where it does not fit beside what waits, that goes: what is new counts. */
  push(chunks: readonly Chunk[]): void {
    if (this.#left || chunks.length === 0) return;
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    const count = this.#queue.length - this.#sent + chunks.length;
    if (this.#queuedBytes + bytes > QUEUE.bytes || count > QUEUE.chunks) this.skip("slow");
    for (const chunk of chunks) this.#memory.hold(chunk);
    this.#queue.push(...chunks);
    this.#queuedBytes += bytes;
    this.#wake?.();
  }

  /** Lets go of what waits, which the client is told. @param dropped Besides that. */
  skip(reason: GapReason, dropped = 0): void {
    const waiting = this.#queue.length - this.#sent;
    this.#clear();
    if (waiting + dropped === 0 && reason === "slow") return;
    this.#gap = { dropped: (this.#gap?.dropped ?? 0) + waiting + dropped, reason: this.#gap?.reason ?? reason };
    this.#wake?.();
  }

  /** All that was committed before is in the queue, or sent: from here a client goes on that comes again. */
  reach(position: BatchId): void {
    this.#position = position;
    if (!this.#moved) return;
    this.#due = true;
    this.#wake?.();
  }

  /** Resolves once everything is sent, or the client has gone. */
  async drained(): Promise<void> {
    while (!this.#left && this.#queue.length > 0) {
      await new Promise<void>((resolve) => this.#drained = resolve);
    }
  }
  #drained: (() => void) | undefined;

  /** What to send next, as soon as there is something; `undefined`: the feed has ended. One caller at a time. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      if (this.#left) return undefined;
      const bytes = this.#take();
      if (bytes !== undefined) return bytes;
      if (!await this.#woken()) return this.#position === undefined ? commentBytes("") : this.#id();
    }
  }

  /** Ends it, whoever wants that. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#clear();
    this.#wake?.();
    this.#onLeave(this);
  }

  #take(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#gap !== undefined) {
      const gap = this.#gap;
      this.#gap = undefined;
      this.#moved = true;
      return eventBytes("gap", gap);
    }
    const taken: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    while (this.#sent < this.#queue.length && (bytes === 0 || bytes < SEND_BYTES)) {
      const chunk = this.#queue[this.#sent++]!;
      taken.push(chunk.bytes);
      bytes += chunk.bytes.length;
      this.#memory.release(chunk);
    }
    this.#queuedBytes -= bytes;
    if (this.#sent === this.#queue.length) this.#clear();
    if (taken.length > 0) {
      this.#moved = true;
      return taken.length === 1 ? taken[0] : joined(taken, bytes);
    }
    return this.#due ? this.#id() : undefined;
  }

  #id(): Uint8Array<ArrayBuffer> {
    this.#moved = false;
    this.#due = false;
    return idBytes(encodeTail(this.#position!));
  }

  /** Whether something came before it was time to show a sign of life. */
  #woken(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), KEEP_ALIVE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(true);
      };
    });
  }

  #clear(): void {
    for (const chunk of this.#queue.slice(this.#sent)) this.#memory.release(chunk);
    this.#queue = [];
    this.#sent = 0;
    this.#queuedBytes = 0;
    this.#drained?.();
    this.#drained = undefined;
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
