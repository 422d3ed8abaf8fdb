/**
 * A subscriber over a fake transport, with what it told and yielded.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { Delivery } from "../../src/pubsub/delivery.ts";
import { Subscriber, type SubscriberOptions } from "../../src/pubsub/subscriber.ts";
import { type FakeStream, FakeTransport } from "./fake_transport.ts";

/** An event of the subscriber, with what of it a test compares. */
export type Told = [event: string, ...details: unknown[]];

/** A subscriber and the server that it speaks to. */
export interface TestSubscriber {
  readonly subscriber: Subscriber;
  readonly transport: FakeTransport;
  /** What the subscriber told, in order. */
  readonly told: Told[];
  /** The stream that was opened last. */
  latest(): FakeStream;
}

/** Makes a subscriber that nobody reads from: one stream, at most 10 messages, 60 s leases, unless told otherwise. */
export function testSubscriber(options: Partial<SubscriberOptions> = {}): TestSubscriber {
  const transport = new FakeTransport();
  const told: Told[] = [];
  const subscriber = new Subscriber({
    transport,
    streams: 1,
    inFlightMax: 10,
    inFlightBytesMax: 1_000_000,
    leaseSeconds: 60,
    events: {
      closedAtCap: ({ messages }) => told.push(["closedAtCap", messages]),
      settleFailed: (kind, count, { code }) => told.push(["settleFailed", kind, count, code]),
      properties: (properties) => told.push(["properties", properties]),
      streamEnded: ({ code }) => told.push(["streamEnded", code]),
    },
    ...options,
  });
  return { transport, told, subscriber, latest: () => transport.streams.at(-1)! };
}

/** A subscriber that is read from as fast as it yields. */
export interface ReadSubscriber extends TestSubscriber {
  /** Everything that was yielded, in order. */
  readonly taken: Delivery[];
  /** How the iteration ended, if it did. */
  readonly ending: { readonly state: "open" | "ended" | "failed"; readonly error?: unknown };
  /** Resolves when the iteration has ended, however it did. */
  readonly over: Promise<void>;
}

/** Makes a subscriber and begins to read from it, for as long as it yields. */
export function readSubscriber(options: Partial<SubscriberOptions> = {}): ReadSubscriber {
  const parts = testSubscriber(options);
  const taken: Delivery[] = [];
  const ending: { state: "open" | "ended" | "failed"; error?: unknown } = { state: "open" };
  async function read(): Promise<void> {
    try {
      for await (const group of parts.subscriber) {
        assert(group.length > 0, "an empty group");
        taken.push(...group);
      }
      ending.state = "ended";
    } catch (error) {
      ending.state = "failed";
      ending.error = error;
    }
  }
  return { ...parts, taken, ending, over: read() };
}
