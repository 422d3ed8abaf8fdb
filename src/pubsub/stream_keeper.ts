/**
 * Keeps a number of streams open, and reopens those that end.
 *
 * @module
 */
import { Backoff } from "../ops/backoff.ts";
import { STATUS } from "../wire/status_codes.ts";
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

/** How long a new stream may be silent before the server is asked whether it answers at all. */
const PROBE_AFTER_MS = 1_000;

/** How long no stream works before that is told: longer than a server's routine reset of all of them. */
const TOLD_AFTER_MS = 4_000;

/** How often it is told again. */
const TOLD_EVERY_MS = 30_000;

/** How often it is looked at whether streams work. */
const LOOK_EVERY_MS = 1_000;

/** The longest wait before another stream; with gRPC's own of 4 s, pulling goes on within 10 s of a server's return. */
const RETRY_MS_MAX = 5_000;

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
  /** A stream was opened. */
  readonly onOpen?: () => void;
  /** A stream ended by itself and is opened again in `retryInMs`. */
  readonly onEnd: (status: CallStatus, retryInMs: number) => void;
  /** A stream ended with a status that trying again does not cure. */
  readonly onFailure: (status: CallStatus) => void;
  /** No stream has worked for 4 s; told again every 30 s. */
  readonly onOutage: (outage: Outage) => void;
  /** One works again, after an outage that was told. */
  readonly onRecovered: (outageMs: number) => void;
  /** So many messages of a response were not taken, because there were too many in it. */
  readonly onRefused: (count: number) => void;
  /** Whether more is held than may be. */
  readonly overfull: () => boolean;
}

/** A time without a stream that works. */
export interface Outage {
  readonly forMs: number;
  /** Streams that were opened in vain meanwhile. */
  readonly attempts: number;
  /** What the last of them ended with, where one did. */
  readonly status: CallStatus | undefined;
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
  /** Whether its stream brought something that left too much held. */
  overdrawn: boolean;
  readonly backoff: Backoff;
}

/** Streams over one subscription: all wanted, or none. */
export class StreamKeeper {
  readonly #options: StreamKeeperOptions;
  readonly #slots: readonly Slot[];
  #wanted = false;
  /** When streams were last seen to work, or were first wanted. */
  #workedAt = 0;
  /** When the server last answered a probe. */
  #answeredAt = -Infinity;
  #probing: Promise<void> | undefined;
  /** Streams that ended since one last worked, and how the last one did. */
  #attempts = 0;
  #lastEnd: CallStatus | undefined;
  #look: ReturnType<typeof setInterval> | undefined;
  /** When the outage began that was told, and when it was told last. */
  #told: { readonly since: number; at: number } | undefined;
  #onQuiet: (() => void) | undefined;

  constructor(options: StreamKeeperOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.count }, () => ({
      state: "empty",
      stream: undefined,
      timer: undefined,
      openedAt: 0,
      heardAt: -Infinity,
      overdrawn: false,
      backoff: new Backoff({ firstMs: 100, maxMs: RETRY_MS_MAX }),
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
    if (!this.#wanted || this.#slots.some((slot) => this.#works(slot))) return 0;
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
    this.#attempts = 0;
    this.#lastEnd = undefined;
    this.#look = setInterval(() => this.#lookAround(), LOOK_EVERY_MS);
    for (const slot of this.#slots) if (slot.state === "empty") this.#open(slot);
  }

  /**
   * Asks the server whether it answers, and leaves the connection when it does not. Idempotent while it asks. To be
   * called when a request is not answered; the keeper itself does so for its streams.
   */
  probe(): Promise<void> {
    return this.#probing ??= this.#probe().finally(() => this.#probing = undefined);
  }

  /**
   * Half-closes every stream: nothing new is pulled, what is on its way still arrives.
   *
   * @param onQuiet Called once when the last stream has ended.
   */
  finish(onQuiet?: () => void): void {
    this.#unwant();
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
    this.#unwant();
    for (const slot of this.#slots) this.#vacate(slot);
  }

  /**
   * Whether a stream is open and has shown that it is: by what came on it, or by the server's answer to a probe, because
   * some say nothing on a stream while it is idle. Its age shows nothing.
   */
  #works({ state, openedAt, heardAt }: Slot): boolean {
    return state === "open" && Math.max(heardAt, this.#answeredAt) >= openedAt;
  }

  #unwant(): void {
    this.#wanted = false;
    clearInterval(this.#look);
  }

  /** Tells of an outage, again and again, and of its end. */
  #lookAround(): void {
    const forMs = this.withoutStreamMs;
    const now = performance.now();
    if (forMs === 0) {
      this.#attempts = 0;
      this.#lastEnd = undefined;
      if (this.#told !== undefined) this.#options.onRecovered(now - this.#told.since);
      this.#told = undefined;
    } else if (forMs >= TOLD_AFTER_MS && now - (this.#told?.at ?? -Infinity) >= TOLD_EVERY_MS) {
      this.#told ??= { since: this.#workedAt, at: now };
      this.#told.at = now;
      this.#options.onOutage({ forMs: now - this.#told.since, attempts: this.#attempts, status: this.#lastEnd });
    }
  }

  async #probe(): Promise<void> {
    const { transport } = this.#options;
    const askedAt = performance.now();
    const failure = await transport.probe();
    if (failure === undefined) {
      this.#answeredAt = performance.now();
      return;
    }
    if (failure.code !== STATUS.DEADLINE_EXCEEDED || this.#slots.some(({ heardAt }) => heardAt >= askedAt)) return;
    transport.renew();
    for (const slot of this.#slots) {
      if (slot.state === "finishing") this.#vacate(slot);
      else if (slot.state === "open") {
        slot.stream!.cancel();
        this.#ended(slot, { code: STATUS.UNAVAILABLE, details: `${failure.details}; connecting anew` });
      }
    }
  }

  #open(slot: Slot): void {
    const stream = this.#options.transport.open(this.#options.request, {
      accepted: () => {
        if (slot.stream === stream) slot.heardAt = performance.now();
      },
      response: (messages, properties) => {
        if (slot.stream !== stream) return;
        slot.heardAt = performance.now();
        slot.backoff.reset();
        // What is on its way when streams are half-closed is taken, one response of each. A server that goes on is
        // not read from any more: what it sends comes again when its lease lapses.
        if (messages.length > 0 && slot.overdrawn && this.#options.overfull()) return this.#vacate(slot);
        this.#options.onResponse(messages, properties);
        if (messages.length > 0 && this.#options.overfull()) slot.overdrawn = true;
      },
      refused: (count) => {
        if (slot.stream === stream) this.#options.onRefused(count);
      },
      end: (status) => {
        if (slot.stream === stream) this.#ended(slot, status);
      },
    });
    slot.stream = stream;
    slot.state = "open";
    slot.openedAt = performance.now();
    slot.heardAt = -Infinity;
    slot.overdrawn = false;
    slot.timer = setTimeout(() => {
      if (!this.#works(slot)) void this.probe();
      this.#pingLater(slot, PING_EVERY_MS - PROBE_AFTER_MS);
    }, PROBE_AFTER_MS);
    this.#options.onOpen?.();
  }

  #pingLater(slot: Slot, inMs = PING_EVERY_MS): void {
    slot.timer = setTimeout(() => {
      const pingedAt = performance.now();
      slot.stream!.ping();
      // Streams share a connection: what came on one of them came through.
      if (this.#slots.every(({ heardAt }) => pingedAt - heardAt >= PING_EVERY_MS)) void this.probe();
      slot.timer = setTimeout(() => {
        if (slot.heardAt >= pingedAt) return this.#pingLater(slot);
        slot.stream!.cancel();
        // It opened and lived: a server that answers no pings (some emulators) must not be pulled from less and less.
        slot.backoff.reset();
        this.#ended(slot, { code: STATUS.UNAVAILABLE, details: "no sign of life after a ping" });
      }, SILENT_AFTER_PING_MS);
    }, inMs);
  }

  #ended(slot: Slot, status: CallStatus): void {
    const finishing = slot.state === "finishing";
    if (this.#works(slot)) this.#workedAt = performance.now();
    this.#attempts++;
    this.#lastEnd = status;
    clearTimeout(slot.timer);
    slot.timer = undefined;
    slot.stream = undefined;
    slot.state = "empty";
    if (finishing || !this.#wanted) {
      // It may have been wanted again while it was finishing.
      if (this.#wanted) this.#open(slot);
      return this.#checkQuiet();
    }
    if (status.code !== 0 && !isTransient(status.code)) {
      this.cancel();
      return this.#options.onFailure(status);
    }
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
