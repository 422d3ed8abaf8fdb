/**
 * Groups ack ids into requests, and repeats what fails for a while.
 *
 * @module
 */
import { Backoff } from "../ops/backoff.ts";
import { sleep } from "../ops/sleep.ts";
import { STATUS } from "../wire/status_codes.ts";
import { CallError, type CallStatus, isTransient, type SettleFailures } from "./transport.ts";

/**
 * Ids of one request. The server takes requests up to 512 KiB (https://cloud.google.com/pubsub/quotas), its ids are
 * about 200 bytes: 2,500 of them are 500 KB with their framing.
 */
export const IDS_MAX = 2_500;

/** Bytes of ids in one request: 512 KiB less 12 KiB for the subscription's name and framing. */
export const ID_BYTES_MAX = 500 * 1024;

/** Tag and length of a repeated string field: 1 + at most 3 bytes. */
const FRAMING_BYTES = 4;

/**
 * Requests on their way at once. More only compete for the same connection; ids that wait meanwhile make the next
 * request larger, which is what keeps the number of requests down when batches are small.
 */
const REQUESTS_MAX = 4;

/** Where ids go and what is told of them. */
export interface AckSenderOptions {
  /** Makes one request, of at most {@linkcode IDS_MAX} ids and {@linkcode ID_BYTES_MAX} bytes. */
  readonly send: (ackIds: readonly string[]) => Promise<SettleFailures>;
  /** How long an id is tried again after transient failures, in milliseconds: no longer than its lease lasts. */
  readonly retryForMs: number;
  /** Told how many ids of a request succeeded, where any did. */
  readonly onSent?: (count: number) => void;
  /** Told of ids that will not be tried again. */
  readonly onFailed: (ackIds: readonly string[], status: CallStatus) => void;
}

interface Request {
  readonly ids: readonly string[];
  readonly backoff: Backoff;
  readonly giveUpAt: number;
}

/**
 * Sends ids in as few requests as their number allows. Ids added in one turn of the event loop share requests.
 * It never throws: an id either succeeds or is reported to `onFailed`.
 */
export class AckSender {
  readonly #options: AckSenderOptions;
  readonly #abort = new AbortController();
  #waiting: string[] = [];
  #requests = 0;
  #pending = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(options: AckSenderOptions) {
    this.#options = options;
  }

  /** Ids added and neither sent nor given up yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Takes an id; the request leaves in a microtask, or when one of those on their way has returned. */
  add(ackId: string): void {
    this.#waiting.push(ackId);
    this.#pending++;
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  /** Resolves when no id is pending. */
  idle(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Ends every wait between tries: what fails from now on, or waits to be tried again, is given up. */
  stopRetrying(): void {
    this.#abort.abort(new Error("retries are over"));
  }

  #pump(): void {
    while (this.#requests < REQUESTS_MAX && this.#waiting.length > 0) {
      const count = groupLength(this.#waiting);
      const ids = this.#waiting.slice(0, count);
      this.#waiting = this.#waiting.slice(count);
      this.#requests++;
      const request: Request = {
        ids,
        // Waits add up to about 9 s by the tenth try (0.05 to 0.1, doubling to 2): a short outage costs little more
        // than it lasts, a long one some tries a minute.
        backoff: new Backoff({ firstMs: 100, maxMs: 2_000 }),
        giveUpAt: performance.now() + this.#options.retryForMs,
      };
      this.#deliver(request).finally(() => {
        this.#requests--;
        this.#pending -= ids.length;
        this.#pump();
        if (this.#pending === 0) { for (const resolve of this.#idle.splice(0)) resolve(); }
      });
    }
  }

  /** Sends a request until each of its ids has succeeded or failed for good. */
  async #deliver({ ids, backoff, giveUpAt }: Request): Promise<void> {
    let remaining = ids;
    while (true) {
      let status: CallStatus;
      try {
        const failures = await this.#options.send(remaining);
        const sent = remaining.length - failures.permanent.length - failures.transient.length;
        if (sent > 0) this.#options.onSent?.(sent);
        if (failures.permanent.length > 0) {
          this.#options.onFailed(failures.permanent, {
            code: STATUS.FAILED_PRECONDITION,
            details: "the lease is gone",
          });
        }
        if (failures.transient.length === 0) return;
        remaining = failures.transient;
        status = { code: STATUS.UNAVAILABLE, details: "the server failed some of the ids for now" };
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        status = { code: error.code, details: error.message };
        if (!isTransient(error.code)) return this.#options.onFailed(remaining, status);
      }
      const waitMs = backoff.next();
      if (this.#abort.signal.aborted || performance.now() + waitMs > giveUpAt) {
        return this.#options.onFailed(remaining, status);
      }
      try {
        await sleep(waitMs, this.#abort.signal);
      } catch {
        return this.#options.onFailed(remaining, status);
      }
    }
  }
}

/** How many ids from the front fit into one request; at least one. */
function groupLength(ids: readonly string[]): number {
  const most = Math.min(ids.length, IDS_MAX);
  let bytes = 0;
  for (let count = 0; count < most; count++) {
    bytes += ids[count]!.length + FRAMING_BYTES;
    if (bytes > ID_BYTES_MAX) return Math.max(count, 1);
  }
  return most;
}
