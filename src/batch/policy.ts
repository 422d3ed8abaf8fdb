/**
 * When a batch is full: pure arithmetic, no time.
 *
 * @module
 */

/** Why a batch was flushed. */
export type FlushTrigger = "count" | "bytes" | "interval" | "end";

/** Whichever limit is reached first flushes. */
export interface BatchLimits {
  /** Items in a batch, at least 1. */
  readonly countMax: number;
  /** Bytes in a batch, at least 1. An item that is larger than this goes alone. */
  readonly bytesMax: number;
  /** Age of a batch's first item, in milliseconds, at least 1; idle time before it does not count. */
  readonly intervalMs: number;
}

/** What is in the open batch. */
export interface Fill {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Whether the open batch must be flushed before an item is added: only when the item would take it over its bytes.
 *
 * @param bytes Of the item.
 */
export function flushesBefore(open: Fill, bytes: number, limits: BatchLimits): boolean {
  return open.count > 0 && open.bytes + bytes > limits.bytesMax;
}

/** Which limit the open batch has reached, with an item added last. */
export function reached(open: Fill, limits: BatchLimits): "count" | "bytes" | undefined {
  if (open.count >= limits.countMax) return "count";
  return open.bytes >= limits.bytesMax ? "bytes" : undefined;
}

/** @throws {RangeError} When a limit is not a number of at least 1. */
export function checkLimits(limits: BatchLimits): void {
  for (const name of ["countMax", "bytesMax", "intervalMs"] as const) {
    if (!(limits[name] >= 1)) throw new RangeError(`Cannot batch: ${name} must be at least 1: ${limits[name]}`);
  }
}
