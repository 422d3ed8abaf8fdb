/**
 * What one client of a tail got, counted from the bytes as they came. Pure.
 *
 * @module
 */
import { crc32 } from "node:zlib";

/** Entries of one batch that came at once. */
export interface Arrival {
  /** The transaction that brought them. */
  readonly batch: string;
  /** Milliseconds since 1970, with a fraction. */
  readonly atMs: number;
  entries: number;
}

const ENTRY = "event: entry\n";
const GAP = "event: gap\n";
const MESSAGE_ID = '"message_id":"';
/** The last field of an entry. Quotes in a payload are escaped, and so never look like it. */
const BATCH = '"batch":"';

/** The events of one client so far. */
export class TailAccount {
  readonly arrivals: Arrival[] = [];
  entries = 0;
  /** Sum of the CRC-32 of the entries' message ids. */
  idSum = 0;
  /** Gap events. */
  gaps = 0;
  /** Entries that they tell of. */
  dropped = 0;
  /** Whether it was told a position: from then on nothing passes it by. */
  placed = false;
  #rest = "";

  /** Takes what came: whole events, and parts of some. */
  take(text: string, atMs: number): void {
    const all = this.#rest + text;
    let from = 0;
    for (let end = all.indexOf("\n\n"); end >= 0; end = all.indexOf("\n\n", from)) {
      this.#event(all.slice(from, end), atMs);
      from = end + 2;
    }
    this.#rest = all.slice(from);
  }

  #event(event: string, atMs: number): void {
    if (event.startsWith(ENTRY)) {
      const id = textAfter(event, event.indexOf(MESSAGE_ID) + MESSAGE_ID.length);
      const batch = textAfter(event, event.lastIndexOf(BATCH) + BATCH.length);
      this.entries++;
      this.idSum += crc32(id);
      const last = this.arrivals.at(-1);
      if (last?.batch === batch && last.atMs === atMs) last.entries++;
      // A part of a text keeps the whole of it in memory: this is a text of its own.
      else this.arrivals.push({ batch: String(BigInt(batch)), atMs, entries: 1 });
    } else if (event.startsWith(GAP)) {
      this.gaps++;
      this.dropped += (JSON.parse(event.slice(event.indexOf("data: ") + 6)) as { dropped: number }).dropped;
    } else if (event.startsWith("id: ")) {
      this.placed = true;
    }
  }
}

function textAfter(event: string, from: number): string {
  return event.slice(from, event.indexOf('"', from));
}
