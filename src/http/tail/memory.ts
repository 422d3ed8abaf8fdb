/**
 * Events that wait for clients, and what they take together.
 *
 * @module
 */
import type { BatchId } from "../../store/log_rows.ts";

/** An event, made once for all who get it. */
export interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The transaction that brought it. */
  readonly batch: BatchId | undefined;
  /** In so many queues. */
  held: number;
}

/** Makes one that nobody holds yet. */
export function chunkOf(bytes: Uint8Array<ArrayBuffer>, batch: BatchId | undefined): Chunk {
  return { bytes, batch, held: 0 };
}

/** The bytes of all events that wait, each counted once. */
export class TailMemory {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  hold(chunk: Chunk): void {
    if (chunk.held++ === 0) this.#bytes += chunk.bytes.length;
  }

  release(chunk: Chunk): void {
    if (--chunk.held === 0) this.#bytes -= chunk.bytes.length;
  }
}
