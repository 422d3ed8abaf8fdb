/**
 * Promises that are waited for no longer than a signal allows.
 *
 * @module
 */

/**
 * What the promise comes to, or a rejection with `signal.reason` as soon as that is aborted. Of what the promise comes to
 * after that nobody hears; no listener is left behind.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abandon = () => reject(signal.reason);
    signal.addEventListener("abort", abandon, { once: true });
    if (signal.aborted) abandon();
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abandon));
  });
}

/** Resolves as soon as the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}
