/**
 * One unary Pull.
 *
 * @module
 */
import type { Caller } from "./calls.ts";
import type { StatusError } from "./status_error.ts";
import type { Consumer, Subscription } from "./subscription.ts";

/** How long a pull waits for a message before it answers with none, in milliseconds. */
const WAIT_MS = 20_000;

/** How long before its caller's deadline it answers: this share of the time left, and at most so many milliseconds. */
const MARGIN_SHARE = 0.2;
const MARGIN_MS_MAX = 1000;

const NONE = new Uint8Array();

/** What a pull asks for. */
export interface PullOptions {
  /** 1 or more. */
  readonly messagesMax: number;
  /** Answer with none at once, if none waits. */
  readonly returnImmediately: boolean;
  /** When its signal is aborted, the pull takes nothing any more. */
  readonly caller: Caller;
}

/**
 * Waits for messages, up to 20 seconds and less than its caller waits: an empty answer is none that fails.
 *
 * @returns The encoded response: with what waited, at least one message, or with none.
 * @throws {StatusError} When the subscription is deleted meanwhile; the signal's reason when it is aborted.
 */
export function pullOnce(subscription: Subscription, options: PullOptions): Promise<Uint8Array> {
  const { messagesMax, returnImmediately, caller: { signal, deadline } } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  if (returnImmediately && !subscription.ready) return Promise.resolve(NONE);
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
  }, waitMs(deadline - Date.now()));
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  else subscription.attach(consumer);
  return promise;
}

function waitMs(leftMs: number): number {
  return Math.max(0, Math.min(WAIT_MS, leftMs - Math.min(MARGIN_MS_MAX, MARGIN_SHARE * leftMs)));
}
