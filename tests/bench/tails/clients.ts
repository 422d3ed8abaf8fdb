/**
 * Many clients of an API's tail, in a thread of their own.
 *
 * @module
 */
import type { Arrival } from "./account.ts";

/** What the thread is told: whom to follow, then until how many entries, each in the order of the queries. */
export type ClientsRequest =
  | { readonly url: string; readonly queries: readonly string[] }
  | { readonly until: readonly number[]; readonly patienceMs: number };

/** What a client got. */
export interface Followed {
  readonly arrivals: readonly Arrival[];
  readonly entries: number;
  readonly idSum: number;
  readonly gaps: number;
  readonly dropped: number;
}

/** What the thread answers: all have their place, then what each got; or what failed. */
export type ClientsAnswer = "placed" | { readonly followed: readonly Followed[] } | { readonly failed: string };

/** Follows, one connection for each query. Disposing ends them all. */
export class TailClients implements Disposable {
  /** The bench's own thread is busy with being the Pub/Sub server. */
  readonly #worker = new Worker(new URL("./clients_worker.ts", import.meta.url), { type: "module" });
  readonly #placed = Promise.withResolvers<void>();
  readonly #followed = Promise.withResolvers<readonly Followed[]>();

  constructor(request: { readonly url: string; readonly queries: readonly string[] }) {
    const failed = (error: Error) => {
      this.#placed.reject(error);
      this.#followed.reject(error);
    };
    this.#worker.onmessage = ({ data }: MessageEvent<ClientsAnswer>) => {
      if (data === "placed") this.#placed.resolve();
      else if ("followed" in data) this.#followed.resolve(data.followed);
      else failed(new Error(data.failed));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      failed(new Error(event.message));
    };
    this.#placed.promise.catch(() => {});
    this.#followed.promise.catch(() => {});
    this.#worker.postMessage(request satisfies ClientsRequest);
  }

  /** Resolves when whatever is committed from then on reaches every one. */
  async placed(): Promise<void> {
    await this.#placed.promise;
  }

  /** Rejects when a connection ends. Never resolves before {@linkcode TailClients.followed} was asked. */
  get failure(): Promise<unknown> {
    return this.#followed.promise;
  }

  /** What each got, once it has so many entries or was told of gaps that make them up, or patience is over. */
  async followed(until: readonly number[], patienceMs: number): Promise<readonly Followed[]> {
    this.#worker.postMessage({ until, patienceMs } satisfies ClientsRequest);
    return await this.#followed.promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
