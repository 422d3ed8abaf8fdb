/**
 * A subscription: hands waiting messages to its consumers and follows what becomes of them.
 *
 * @module
 */
import { clearImmediate, setImmediate } from "node:timers";
import { AckIdCodec, type AckIdList } from "./ack_ids.ts";
import { Backlog } from "./backlog.ts";
import type { Counters } from "./counters.ts";
import type { FaultPlan } from "./faults.ts";
import { type Lease, type LeaseHolder, Leases } from "./leases.ts";
import { publishTimeMs } from "./messages.ts";
import { OrderedBacklog } from "./ordered_backlog.ts";
import type { MessageQueue } from "./queue.ts";
import { encodeProperties, encodeResponse } from "./response.ts";
import { Retained } from "./retained.ts";
import type { StatusError } from "./status_error.ts";
import type { Topic, TopicListener } from "./topic.ts";
import type { SubscriptionTraits } from "./traits.ts";

/** Messages and bytes per response: about what Google's service sends at most. One message may exceed the bytes alone. */
const RESPONSE_MESSAGES_MAX = 1000;
const RESPONSE_BYTES_MAX = 1024 * 1024;

const NO_BYTES = new Uint8Array();

/** What takes messages: a stream, or a pull that waits. */
export interface Consumer extends LeaseHolder {
  /** The lease of what it takes, in milliseconds. */
  readonly leaseMs: number;
  /** Whether its responses tell the subscription's properties. */
  readonly wantsProperties: boolean;
  /** How many messages it takes now, at most; 0 while it has no room. */
  readonly roomMessages: number;
  /** Likewise in bytes. */
  readonly roomBytes: number;
  /** It holds nothing, and therefore takes one message of any size. */
  readonly idle: boolean;
  /** It got messages: this many, of so many bytes together, encoded as a response. */
  deliver(response: Uint8Array, taken: { readonly messages: number; readonly bytes: number }): void;
  /** The subscription is no more. */
  fail(error: StatusError): void;
}

/** What a subscription works with. */
export interface SubscriptionParts {
  readonly topic: Topic;
  readonly counters: Counters;
  readonly faults: FaultPlan;
  readonly random: () => number;
  readonly ackIdLength: number;
  /** Takes over the message at a position of the topic's log; `false`: nowhere to put it. */
  readonly deadLetter: (position: number, attempts: number) => boolean;
}

/** One subscription; gets what is published from its creation on. */
export class Subscription implements TopicListener, Disposable {
  readonly #parts: SubscriptionParts;
  readonly #queue: MessageQueue;
  readonly #retained: Retained;
  readonly #leases: Leases<Consumer>;
  readonly #ackIds: AckIdCodec;
  #traits: SubscriptionTraits;
  #properties: Uint8Array;
  /** What is published before this time is not handed over, in milliseconds since 1970; set by a seek into the future. */
  #skipBeforeMs = 0;
  /** In the order in which they get their turn. */
  #consumers: Consumer[] = [];
  #pump: ReturnType<typeof setImmediate> | undefined;

  constructor(traits: SubscriptionTraits, parts: SubscriptionParts) {
    const { log } = parts.topic;
    this.#traits = traits;
    this.#parts = parts;
    this.#queue = new (traits.ordering ? OrderedBacklog : Backlog)(log, { done: (position) => this.#done(position) });
    this.#queue.countAttempts = traits.deadLetter !== undefined;
    this.#retained = new Retained(log);
    this.#leases = new Leases((leases) => this.#lapsed(leases));
    this.#ackIds = new AckIdCodec({ length: parts.ackIdLength, random: parts.random });
    this.#properties = encodeProperties(traits);
    parts.topic.subscriptions.add(this);
  }

  get traits(): SubscriptionTraits {
    return this.#traits;
  }

  /** Messages that wait to be handed over. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** Whether there is a message that may be handed over now. */
  get ready(): boolean {
    return this.#queue.peek() >= 0;
  }

  published(): void {
    if (this.#skipBeforeMs > Date.now()) {
      for (const position of this.#queue.drain()) this.#queue.settle(position);
    }
    this.wake();
  }

  /** Changes how it behaves from now on. */
  change(changes: Partial<Omit<SubscriptionTraits, "name" | "ordering">>): void {
    this.#traits = { ...this.#traits, ...changes };
    this.#queue.countAttempts = this.#traits.deadLetter !== undefined;
    this.#properties = encodeProperties(this.#traits);
    this.#expireRetained();
  }

  /**
   * Marks what was published before this time as acknowledged, and hands over anew what was published at it or later
   * and is still kept. Leases end, and nothing is counted as acknowledged or given back.
   *
   * @param timeMs Milliseconds since 1970; may lie in the future.
   */
  seek(timeMs: number): void {
    const { log } = this.#parts.topic;
    for (const lease of [...this.#leases.all()]) this.#queue.giveBack(this.#end(lease));
    this.#expireRetained();
    const back: number[] = this.#retained.takeSince(timeMs);
    for (const position of this.#queue.drain()) {
      if (publishTimeMs(log.message(position)) < timeMs) this.#queue.settle(position);
      else back.push(position);
    }
    this.#queue.refill(back.sort((a, b) => a - b));
    this.#skipBeforeMs = timeMs;
    this.#parts.counters.changed();
    this.wake();
  }

  /** Whether this could be an ack id: it may name a lease that ended, or one of another subscription. */
  isAckId(ackIds: AckIdList, index: number): boolean {
    return this.#ackIds.isWellFormed(ackIds.bytes, { start: ackIds.start(index), end: ackIds.end(index) });
  }

  /** A consumer joins the round. */
  attach(consumer: Consumer): void {
    this.#consumers.push(consumer);
    this.wake();
  }

  /** A consumer leaves. What it holds stays leased and may still be settled. */
  detach(consumer: Consumer): void {
    this.#consumers = this.#consumers.filter((other) => other !== consumer);
  }

  /** There may be something to hand over: messages arrived, or a consumer has room again. */
  wake(): void {
    // One response per consumer and turn of the event loop, so that a burst of publishes makes few responses, and
    // that requests are served in between.
    this.#pump ??= setImmediate(() => {
      this.#pump = undefined;
      this.#handOver();
    });
  }

  /**
   * Settles what these ids name.
   *
   * @returns Indexes of the ids whose lease was over, or that never were.
   */
  acknowledge(ackIds: AckIdList): number[] {
    const { counters, faults } = this.#parts;
    const { dropAckShare } = faults.current;
    return this.#forEach(ackIds, (lease) => {
      if (faults.hits(dropAckShare)) {
        counters.now.acksDropped++;
        return;
      }
      counters.now.acknowledged++;
      this.#queue.settle(this.#end(lease));
    });
  }

  /**
   * Sets the deadlines of what these ids name.
   *
   * @param seconds From now; 0 gives the messages back.
   * @returns As `acknowledge`.
   */
  modifyDeadline(ackIds: AckIdList, seconds: number): number[] {
    const { now } = this.#parts.counters;
    return this.#forEach(ackIds, (lease) => {
      if (seconds > 0) {
        now.extended++;
        this.#leases.extend(lease, seconds * 1000);
      } else {
        now.nacked++;
        this.#leases.end(lease);
        this.#giveBack(lease);
      }
    });
  }

  /** Ends the subscription: consumers fail with the error, messages are released. */
  end(error: StatusError): void {
    for (const consumer of [...this.#consumers]) consumer.fail(error);
    this.#consumers = [];
    this.#parts.topic.subscriptions.delete(this);
    for (const lease of [...this.#leases.all()]) this.#queue.giveBack(this.#end(lease));
    // With nobody to acknowledge them messages are of no use to a later seek either.
    this.#traits = { ...this.#traits, retainAckedMs: undefined };
    for (const position of this.#queue.drain()) this.#queue.settle(position);
    this.#retained.expire(Infinity);
    this.#parts.counters.changed();
    this[Symbol.dispose]();
  }

  /** Stops every clock. */
  [Symbol.dispose](): void {
    this.#leases[Symbol.dispose]();
    if (this.#pump !== undefined) clearImmediate(this.#pump);
    this.#pump = undefined;
  }

  /** Calls `settle` for each lease that these ids name. Returns the indexes of the others. */
  #forEach(ackIds: AckIdList, settle: (lease: Lease<Consumer>) => void): number[] {
    const unknown: number[] = [];
    const leases: Lease<Consumer>[] = [];
    for (let index = 0; index < ackIds.count; index++) {
      const token = this.#ackIds.read(ackIds.bytes, { start: ackIds.start(index), end: ackIds.end(index) });
      const lease = token < 0 ? undefined : this.#leases.find(token);
      if (lease === undefined) unknown.push(index);
      else leases.push(lease);
    }
    for (const lease of leases) {
      // It may have ended with one before it.
      if (this.#leases.holds(lease)) settle(lease);
    }
    this.#parts.counters.now.unknownAckIds += unknown.length;
    this.#parts.counters.changed();
    this.wake();
    return unknown;
  }

  /** Ends a lease. Returns the message's position. */
  #end(lease: Lease<Consumer>): number {
    this.#leases.end(lease);
    return this.#ended(lease);
  }

  #ended({ group, index }: Lease<Consumer>): number {
    const position = group.positions[index]!;
    this.#parts.counters.now.outstanding--;
    group.holder.released(this.#parts.topic.log.size(position));
    return position;
  }

  /** Gives back a message whose lease ended, and with it what has to come again after it. */
  #giveBack(lease: Lease<Consumer>): void {
    const following = this.#traits.ordering ? this.#following(lease) : [];
    const position = this.#ended(lease);
    if (this.#isForwarded(position)) this.#queue.settle(position);
    else this.#queue.giveBack(position);
    for (const other of following) this.#queue.giveBack(this.#end(other));
  }

  /** Publishes a message to the dead-letter topic if it was handed over often enough. Returns whether it did. */
  #isForwarded(position: number): boolean {
    const { deadLetter } = this.#traits;
    if (deadLetter === undefined) return false;
    const attempts = this.#queue.attempt(position);
    if (attempts < deadLetter.attemptsMax || !this.#parts.deadLetter(position, attempts)) return false;
    this.#parts.counters.now.deadLettered++;
    return true;
  }

  #done(position: number): void {
    const { log } = this.#parts.topic;
    if (this.#traits.retainAckedMs === undefined) return log.release(position);
    this.#retained.add(position);
    this.#expireRetained();
  }

  #expireRetained(): void {
    const { retainAckedMs } = this.#traits;
    this.#retained.expire(retainAckedMs === undefined ? Infinity : Date.now() - retainAckedMs);
  }

  /** Held messages that follow this one: a key's run goes out in one response, and so is in one group. */
  #following({ group, index }: Lease<Consumer>): Lease<Consumer>[] {
    const position = group.positions[index]!;
    return group.positions
      .map((_, other) => ({ group, index: other }))
      .filter((lease) => this.#leases.holds(lease) && this.#queue.follows(group.positions[lease.index]!, position));
  }

  #lapsed(leases: readonly Lease<Consumer>[]): void {
    this.#parts.counters.now.lapsed += leases.length;
    for (const lease of leases) this.#giveBack(lease);
    this.#parts.counters.changed();
    this.wake();
  }

  /** Gives every consumer with room its share of what waits. */
  #handOver(): void {
    if (this.#parts.faults.current.pauseDelivery) return;
    const ready = this.#consumers.filter((consumer) => consumer.roomMessages > 0 && consumer.roomBytes > 0);
    const served = new Set<Consumer>();
    for (const [index, consumer] of ready.entries()) {
      const share = Math.ceil(this.#queue.waiting / (ready.length - index));
      if (this.#serve(consumer, share)) served.add(consumer);
    }
    if (served.size === 0) return;
    // Whoever was served goes to the end of the queue.
    this.#consumers = [
      ...this.#consumers.filter((consumer) => !served.has(consumer)),
      ...this.#consumers.filter((consumer) => served.has(consumer)),
    ];
    this.#parts.counters.changed();
    if (this.ready) this.wake();
  }

  /** Hands a consumer at most this many messages, in one response. Returns whether there was one to hand over. */
  #serve(consumer: Consumer, share: number): boolean {
    const { topic: { log }, counters: { now }, faults } = this.#parts;
    const { positions, bytes } = this.#take(consumer, Math.min(share, RESPONSE_MESSAGES_MAX, consumer.roomMessages));
    if (positions.length === 0) return false;
    if (faults.current.reorder) faults.shuffle(positions);
    const response = encodeResponse({
      log,
      positions,
      group: this.#leases.nextId,
      ackIds: this.#ackIds,
      ...(this.#traits.deadLetter && { attempt: (position: number) => this.#queue.attempt(position) }),
      tail: consumer.wantsProperties ? this.#properties : NO_BYTES,
    });
    this.#leases.add(consumer, { positions, leaseMs: consumer.leaseMs });
    now.delivered += positions.length;
    now.outstanding += positions.length;
    consumer.deliver(response, { messages: positions.length, bytes });
    return true;
  }

  /** Takes messages off the backlog, as many as the consumer has room for. */
  #take(consumer: Consumer, messagesMax: number): { readonly positions: number[]; readonly bytes: number } {
    const { topic: { log }, counters: { now }, faults } = this.#parts;
    const { duplicateShare } = faults.current;
    const positions: number[] = [];
    let bytes = 0;
    while (positions.length < messagesMax) {
      const position = this.#queue.peek();
      if (position < 0) break;
      const size = log.size(position);
      const first = positions.length === 0;
      if (!first && bytes + size > RESPONSE_BYTES_MAX) break;
      if (!(first && consumer.idle) && bytes + size > consumer.roomBytes) break;
      if (this.#queue.take()) now.redelivered++;
      else if (faults.hits(duplicateShare)) this.#queue.duplicate(position);
      positions.push(position);
      bytes += size;
    }
    this.#queue.endResponse();
    return { positions, bytes };
  }
}
