/**
 * Keeps a number of streams open, and reopens those that end.
 *
 * @module
 */
import { Backoff } from "../ops/backoff.ts";
import type { ReceivedMessage } from "./delivery.ts";
import {
  type CallStatus,
  isTransient,
  type PullStream,
  type PullTransport,
  type StreamRequest,
  type SubscriptionProperties,
} from "./transport.ts";

/** How often a stream asks the server for a sign of life; the official clients do the same. */
const PING_EVERY_MS = 30_000;

/** How long a stream may be silent after a ping before it counts as dead. */
const SILENT_AFTER_PING_MS = 15_000;

/**
 * How long a half-closed stream may take to deliver what is on its way. Google's emulator needs 50 ms; what does not
 * arrive in time comes again when its lease lapses.
 */
const FINISH_WITHIN_MS = 2_000;

/** What a stream keeper needs. */
export interface StreamKeeperOptions {
  readonly transport: PullTransport;
  /** Streams to keep open. */
  readonly count: number;
  readonly request: StreamRequest;
  readonly onResponse: (
    messages: readonly ReceivedMessage[],
    properties: SubscriptionProperties | undefined,
  ) => void;
  /** A stream ended by itself and is opened again in `retryInMs`. */
  readonly onEnd: (status: CallStatus, retryInMs: number) => void;
  /** A stream ended with a status that trying again does not cure. */
  readonly onFailure: (status: CallStatus) => void;
}

/**
 * One stream's place. Its states: *empty*, *open*, *finishing* (half-closed, still delivering), *waiting* (to be
 * opened again). An ended or cancelled stream's late events are ignored because its place no longer holds it.
 */
interface Slot {
  state: "empty" | "open" | "finishing" | "waiting";
  stream: PullStream | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  openedAt: number;
  /** When its stream last answered; `-Infinity` before that. */
  heardAt: number;
  readonly backoff: Backoff;
}

/**
 * Whether a stream is open and has shown that it is: by an answer, or by its age. A connection that does not come up
 * fails in less than the time to the first ping (gRPC gives it 20 s), and some servers say nothing while they are idle.
 */
function works({ state, openedAt, heardAt }: Slot): boolean {
  return state === "open" && (heardAt >= openedAt || performance.now() - openedAt >= PING_EVERY_MS);
}

/** Streams over one subscription: all wanted, or none. */
export class StreamKeeper {
  readonly #options: StreamKeeperOptions;
  readonly #slots: readonly Slot[];
  #wanted = false;
  /** When streams were last seen to work, or were first wanted. */
  #workedAt = 0;
  #onQuiet: (() => void) | undefined;

  constructor(options: StreamKeeperOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.count }, () => ({
      state: "empty",
      stream: undefined,
      timer: undefined,
      openedAt: 0,
      heardAt: -Infinity,
      backoff: new Backoff({ firstMs: 100, maxMs: 30_000 }),
    }));
  }

  /** Whether streams are kept open. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Streams that may deliver more of what the server has waiting. */
  get open(): number {
    return this.#slots.filter((slot) => slot.state === "open").length;
  }

  /**
   * For how long streams have been wanted and none worked, in milliseconds; 0 while one works, or none is wanted.
   * {@linkcode StreamKeeper.open} cannot tell: a stream counts as open from its first try to connect.
   */
  get withoutStreamMs(): number {
    if (!this.#wanted || this.#slots.some(works)) return 0;
    return performance.now() - this.#workedAt;
  }

  /** Whether no stream can deliver anything any more. */
  get quiet(): boolean {
    return this.#slots.every((slot) => slot.state === "empty" || slot.state === "waiting");
  }

  /** Opens every stream, and keeps them open. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#workedAt = performance.now();
    for (const slot of this.#slots) if (slot.state === "empty") this.#open(slot);
  }

  /**
   * Half-closes every stream: nothing new is pulled, what is on its way still arrives.
   *
   * @param onQuiet Called once when the last stream has ended.
   */
  finish(onQuiet?: () => void): void {
    this.#wanted = false;
    this.#onQuiet = onQuiet;
    for (const slot of this.#slots) {
      if (slot.state === "open") {
        clearTimeout(slot.timer);
        slot.state = "finishing";
        slot.timer = setTimeout(() => this.#vacate(slot), FINISH_WITHIN_MS);
        slot.stream!.finish();
      } else if (slot.state === "waiting") {
        clearTimeout(slot.timer);
        slot.state = "empty";
      }
    }
    this.#checkQuiet();
  }

  /** Ends every stream now. */
  cancel(): void {
    this.#wanted = false;
    for (const slot of this.#slots) this.#vacate(slot);
  }

  #open(slot: Slot): void {
    const stream = this.#options.transport.open(this.#options.request, {
      response: (messages, properties) => {
        if (slot.stream !== stream) return;
        slot.heardAt = performance.now();
        slot.backoff.reset();
        this.#options.onResponse(messages, properties);
      },
      end: (status) => {
        if (slot.stream === stream) this.#ended(slot, status);
      },
    });
    slot.stream = stream;
    slot.state = "open";
    slot.openedAt = performance.now();
    slot.heardAt = -Infinity;
    this.#pingLater(slot);
  }

  #pingLater(slot: Slot): void {
    slot.timer = setTimeout(() => {
      const pingedAt = performance.now();
      slot.stream!.ping();
      slot.timer = setTimeout(() => {
        if (slot.heardAt >= pingedAt) return this.#pingLater(slot);
        slot.stream!.cancel();
        // It opened and lived: a server that answers no pings (some emulators) must not be pulled from less and less.
        slot.backoff.reset();
        this.#ended(slot, { code: 14, details: "no sign of life after a ping" });
      }, SILENT_AFTER_PING_MS);
    }, PING_EVERY_MS);
  }

  #ended(slot: Slot, status: CallStatus): void {
    const finishing = slot.state === "finishing";
    if (works(slot)) this.#workedAt = performance.now();
    clearTimeout(slot.timer);
    slot.timer = undefined;
    slot.stream = undefined;
    slot.state = "empty";
    if (finishing || !this.#wanted) {
      // It may have been wanted again while it was finishing.
      if (this.#wanted) this.#open(slot);
      return this.#checkQuiet();
    }
    if (status.code !== 0 && !isTransient(status.code)) return this.#options.onFailure(status);
    const retryInMs = slot.backoff.next();
    slot.state = "waiting";
    slot.timer = setTimeout(() => this.#open(slot), retryInMs);
    this.#options.onEnd(status, retryInMs);
  }

  #vacate(slot: Slot): void {
    clearTimeout(slot.timer);
    slot.timer = undefined;
    const { stream } = slot;
    slot.stream = undefined;
    slot.state = "empty";
    stream?.cancel();
    if (this.#wanted) this.#open(slot);
    else this.#checkQuiet();
  }

  #checkQuiet(): void {
    if (!this.quiet) return;
    const onQuiet = this.#onQuiet;
    this.#onQuiet = undefined;
    onQuiet?.();
  }
}
