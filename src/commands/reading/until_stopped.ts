/**
 * Reading that ends when somebody says so.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";

/**
 * Runs `work` until it is done, a signal comes, or nobody reads stdout any more: then its signal is aborted, and what it
 * rejects with for that is no failure.
 */
export async function untilStopped(
  { drain, unread }: Pick<Context, "drain" | "unread">,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const signal = AbortSignal.any([drain, unread]);
  try {
    await work(signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
}
