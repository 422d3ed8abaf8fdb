/**
 * Waiting that can be called off.
 *
 * @module
 */
import { TIMER_MS_MAX } from "./durations.ts";

/**
 * Resolves after `ms` milliseconds, or rejects with `signal.reason` as soon as the signal is aborted. Either way
 * neither the timer nor the listener is left behind.
 *
 * @param ms At least 0; above 2,147,483,647 (24 days) timers would fire at once, so it is cut to that.
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abandon);
      resolve();
    }, Math.min(ms, TIMER_MS_MAX));
    function abandon() {
      clearTimeout(timer);
      reject(signal!.reason);
    }
    signal?.addEventListener("abort", abandon, { once: true });
  });
}
