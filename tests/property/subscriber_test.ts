import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Delivery } from "../../src/pubsub/delivery.ts";
import { Subscriber } from "../../src/pubsub/subscriber.ts";
import { CallError, type SettleFailures } from "../../src/pubsub/transport.ts";
import { receivedRange } from "../support/deliveries.ts";
import { type FakeStream, FakeTransport } from "../support/fake_transport.ts";
import { FakeTime } from "../support/time.ts";

const LEASE_SECONDS = 20;
const UNAVAILABLE = 14;

/** What happens next. `stream` and `share` choose among what there is. */
type Step =
  | { readonly kind: "respond"; readonly stream: number; readonly count: number }
  | { readonly kind: "end"; readonly stream: number; readonly code: number }
  | { readonly kind: "settle"; readonly share: number; readonly ack: boolean }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "suspend" | "resume" };

const share = fc.double({ min: 0, max: 1, noNaN: true });

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("respond" as const),
        stream: fc.nat({ max: 7 }),
        count: fc.integer({ min: 1, max: 15 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("end" as const),
        stream: fc.nat({ max: 7 }),
        code: fc.constantFrom(0, 1, UNAVAILABLE),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const), share, ack: fc.boolean() }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 12_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("suspend" as const, "resume" as const) }) },
  ),
  { maxLength: 60 },
);

const caps = fc.record({
  streams: fc.integer({ min: 1, max: 4 }),
  inFlightMax: fc.integer({ min: 4, max: 40 }),
  drains: fc.boolean(),
  /** How many of the requests to settle or extend fail for now, in tenths. */
  failingTenths: fc.integer({ min: 0, max: 3 }),
});

/** Repeats a choice from a seed, so that a failing run can be run again. */
function tenths(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % 10;
}

Deno.test("Subscriber holds its cap, keeps every lease and settles each message once, whatever server and reader do", async () => {
  await fc.assert(fc.asyncProperty(steps, caps, fc.nat(), async (steps, caps, seed) => {
    using time = new FakeTime();
    const { streams, inFlightMax } = caps;
    const transport = new FakeTransport();
    transport.endsWhenFinished = false;
    const subscriber = new Subscriber({
      transport,
      streams,
      inFlightMax,
      inFlightBytesMax: 1e9,
      leaseSeconds: LEASE_SECONDS,
    });

    /** When the server last heard that a message is held, or handed it over; gone when it was settled. */
    const leasedAt = new Map<string, number>();
    const settled = new Map<string, string>();
    const failures = new Map<string, number>();
    const nextTenth = tenths(seed);
    /** Fails for now what drew a low number, three times at most: that costs less than a second of a lease. */
    function fails(ids: readonly string[]): boolean {
      if (nextTenth() >= caps.failingTenths || ids.some((id) => failures.get(id) === 3)) return false;
      for (const id of ids) failures.set(id, (failures.get(id) ?? 0) + 1);
      return true;
    }
    function answer(settlement: string | undefined, ids: readonly string[]): SettleFailures {
      assert(ids.length > 0);
      if (fails(ids)) throw new CallError("away", { code: UNAVAILABLE });
      // By exactly-once's rules some ids of a request may fail alone.
      const transient = ids.filter((id) => fails([id]));
      for (const id of ids) {
        if (transient.includes(id)) continue;
        failures.delete(id);
        if (settlement === undefined) {
          if (leasedAt.has(id)) leasedAt.set(id, performance.now());
        } else {
          assert(!settled.has(id), "settled twice");
          settled.set(id, settlement);
        }
      }
      return { transient, permanent: [] };
    }
    transport.onAcknowledge = (ids) => answer("ack", ids);
    transport.onModify = ({ ackIds, seconds }) => answer(seconds === 0 ? "nack" : undefined, ackIds);

    const taken: Delivery[] = [];
    let ended = false;
    const reading = (async () => {
      for await (const group of subscriber) taken.push(...group);
      ended = true;
    })();

    let received = 0;
    let suspended = false;
    const asked = new Map<string, string>();
    const lastWords = new Set<FakeStream>();
    /** The streams that may send: those that are open, and each half-closed one once more. */
    const sending = () =>
      transport.streams.filter((stream) =>
        stream.state === "open" || (stream.state === "finishing" && !lastWords.has(stream))
      );

    for (const step of steps) {
      const opened = transport.streams.length;
      const heldBefore = subscriber.held;
      switch (step.kind) {
        case "respond": {
          const stream = sending()[step.stream % Math.max(1, sending().length)];
          if (stream === undefined) break;
          const last = stream.state === "finishing";
          const messages = receivedRange(received, step.count);
          received += step.count;
          for (const { ackId } of messages) leasedAt.set(ackId, performance.now());
          stream.respond(messages);
          // The response that fills the cap is its stream's last, or else the one that was on its way meanwhile.
          if (last || transport.openStreams.length === 0) lastWords.add(stream);
          break;
        }
        case "end": {
          const live = transport.streams.filter(({ state }) => state === "open" || state === "finishing");
          live[step.stream % Math.max(1, live.length)]?.end(step.code);
          break;
        }
        case "settle": {
          const held = taken.filter((delivery) => !delivery.settled);
          for (const delivery of held.slice(0, Math.ceil(held.length * step.share))) {
            asked.set(delivery.ackId, step.ack ? "ack" : "nack");
            leasedAt.delete(delivery.ackId);
            if (step.ack) delivery.ack();
            else delivery.nack();
          }
          break;
        }
        case "wait":
          await time.tickAsync(step.ms);
          break;
        case "suspend":
        case "resume":
          suspended = step.kind === "suspend";
          subscriber[step.kind]();
      }
      await time.tickAsync(0);

      assertEquals(subscriber.held, received - asked.size);
      // A response may come on each stream when the cap is full, and none is opened before half is settled.
      assert(subscriber.held <= inFlightMax + 15 * streams, `held ${subscriber.held}`);
      const live = transport.streams.filter(({ state }) => state === "open" || state === "finishing").length;
      assert(live <= streams, `${live} streams at once`);
      if (subscriber.held > inFlightMax) assertEquals(transport.openStreams.length, 0);
      if (suspended && subscriber.held >= inFlightMax) assertEquals(transport.openStreams.length, 0);
      if (opened < transport.streams.length && step.kind === "settle") assert(subscriber.held <= inFlightMax / 2);
      if (opened < transport.streams.length && heldBefore > inFlightMax) assert(subscriber.held <= inFlightMax / 2);
      for (const [id, at] of leasedAt) {
        assert(performance.now() - at < LEASE_SECONDS * 1000, `the lease of ${id} lapsed`);
      }
    }

    const ack = (deliveries: readonly Delivery[]) => {
      for (const delivery of deliveries.filter(({ settled }) => !settled)) {
        asked.set(delivery.ackId, "ack");
        delivery.ack();
      }
    };
    subscriber.resume();
    if (caps.drains) {
      const opened = transport.streams.length;
      ack(taken.slice(0, taken.length / 2));
      subscriber.drain();
      await time.tickAsync(2_000);
      assertEquals(ended, true);
      assertEquals(taken.length, received);
      assert(transport.streams.length <= opened + streams);
      assertEquals(transport.openStreams.length, 0);
    } else {
      // What stopped for a while starts again, after the longest wait of a stream that ended over and over.
      ack(taken);
      for (let waited = 0; subscriber.openStreams < streams; waited++) {
        assert(waited <= 32, "a stream stays closed");
        await time.tickAsync(1_000);
      }
    }
    const unsettled = received - asked.size;
    const closing = subscriber.close();
    await time.tickAsync(LEASE_SECONDS * 1000);
    assertEquals(await closing, unsettled);
    await reading;
    assertEquals(time.timers, 0);
    // Each reached the server once: as the reader settled it, the others given back.
    assertEquals(settled.size, received);
    for (const [id, settlement] of settled) assertEquals(settlement, asked.get(id) ?? "nack");
  }));
});
