/**
 * One unary Pull.
 *
 * @module
 */
import type { StatusError } from "./status_error.ts";
import type { Consumer, Subscription } from "./subscription.ts";

/** How long a pull waits for a message before it answers with none, in milliseconds. */
const WAIT_MS = 20_000;

const NONE = new Uint8Array();

/** What a pull asks for. */
export interface PullOptions {
  /** 1 or more. */
  readonly messagesMax: number;
  /** Answer with none at once, if none waits. */
  readonly returnImmediately: boolean;
  /** Aborted when the client went away; then the pull takes nothing any more. */
  readonly signal: AbortSignal;
}

/**
 * Waits for messages, up to 20 seconds.
 *
 * @returns The encoded response: with what waited, at least one message, or with none.
 * @throws {StatusError} When the subscription is deleted meanwhile; the signal's reason when it is aborted.
 */
export function pullOnce(subscription: Subscription, options: PullOptions): Promise<Uint8Array> {
  const { messagesMax, returnImmediately, signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  if (returnImmediately && subscription.waiting === 0) return Promise.resolve(NONE);
  let open = true;
  const close = () => {
    open = false;
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    subscription.detach(consumer);
  };
  const abort = () => {
    close();
    reject(signal.reason);
  };
  const consumer: Consumer = {
    leaseMs: subscription.traits.ackDeadlineSeconds * 1000,
    wantsProperties: false,
    roomBytes: Infinity,
    idle: true,
    get roomMessages() {
      return open ? messagesMax : 0;
    },
    deliver(response) {
      close();
      resolve(response);
    },
    released() {},
    fail(error: StatusError) {
      close();
      reject(error);
    },
  };
  const timer = setTimeout(() => {
    close();
    resolve(NONE);
  }, WAIT_MS);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  else subscription.attach(consumer);
  return promise;
}
