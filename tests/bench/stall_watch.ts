/**
 * The longest time that a process answered nothing, as seen from outside.
 *
 * @module
 */

/** What the thread is told: where to ask, and then that it is over. */
export type StallRequest = { readonly address: string } | "end";

/** Asks a process's `/livez` again and again until it is disposed; an answer waits for whatever holds up its event loop. */
export class StallWatch implements Disposable {
  /** A thread of its own: this one is busy with being the Pub/Sub server, and would measure itself. */
  readonly #worker = new Worker(new URL("./stall_worker.ts", import.meta.url), { type: "module" });

  /** @param address Of the process's health checks. */
  constructor(address: string) {
    this.#worker.postMessage({ address } satisfies StallRequest);
  }

  /** The longest that an answer took so far, in milliseconds. To be asked once. */
  async longestMs(): Promise<number> {
    const answer = new Promise<number>((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
      this.#worker.onerror = (event) => reject(new Error(event.message));
    });
    this.#worker.postMessage("end" satisfies StallRequest);
    return await answer;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
