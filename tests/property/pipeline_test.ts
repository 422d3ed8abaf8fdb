import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { identify } from "../../src/entry/identity.ts";
import { ingest, type IngestTotals } from "../../src/pipeline.ts";
import type { Delivery } from "../../src/pubsub/delivery.ts";
import type { StoreError, WriteBatch } from "../../src/store/store.ts";
import { received } from "../support/deliveries.ts";
import { FakeSource } from "../support/fake_source.ts";
import { identity, MemoryStore, storeError } from "../support/memory_store.ts";
import { FakeTime } from "../support/time.ts";

/** What a message is: an entry, no entry, or one that the database refuses, as an entry or in whatever form. */
type Kind = "valid" | "malformed" | "refused" | "untaken";

/** Messages that come together, by number: a number that comes again is a redelivery. */
interface Group {
  readonly afterMs: number;
  readonly numbers: readonly number[];
}

/** What becomes of one write: how long it takes, and how it goes. `unseen`: it commits, and the answer is lost. */
interface Fate {
  readonly ms: number;
  readonly outcome: "commit" | "retry" | "reconnect" | "unseen" | "fatal";
}

type Stop =
  | { readonly kind: "end" | "fail" }
  | { readonly kind: "abort"; readonly afterMs: number };

const MESSAGES = 40;

const kinds = fc.array(fc.constantFrom<Kind>("valid", "valid", "valid", "malformed", "refused", "untaken"), {
  minLength: MESSAGES,
  maxLength: MESSAGES,
});

const groups = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 })),
    numbers: fc.array(fc.nat({ max: MESSAGES - 1 }), { minLength: 1, maxLength: 25 }),
  }),
  { maxLength: 8 },
);

const fates = fc.array(
  fc.record({
    ms: fc.integer({ min: 0, max: 2_000 }),
    outcome: fc.oneof(
      { weight: 4, arbitrary: fc.constant("commit" as const) },
      { weight: 4, arbitrary: fc.constantFrom("retry" as const, "reconnect" as const, "unseen" as const) },
    ),
  }),
  { maxLength: 12 },
);

const stops = fc.oneof(
  fc.record({ kind: fc.constantFrom("end" as const, "fail" as const) }),
  fc.record({ kind: fc.constant("abort" as const), afterMs: fc.integer({ min: 0, max: 30_000 }) }),
);

const settings = fc.record({
  writers: fc.integer({ min: 1, max: 4 }),
  countMax: fc.integer({ min: 1, max: 12 }),
  intervalMs: fc.constantFrom(1, 500, 5_000),
});

const script = fc.record({ kinds, groups, fates, stop: stops, settings, probesFail: fc.nat({ max: 4 }) });
type Script = typeof script extends fc.Arbitrary<infer S> ? S : never;

/** Plays a script to its end and checks what holds of every run; returns what the rest depends on. */
async function play(
  { kinds, groups, fates, stop, settings, probesFail }: Omit<Script, "fates"> & { readonly fates: readonly Fate[] },
) {
  using time = new FakeTime();
  const store = new MemoryStore();
  const abort = new AbortController();
  const reason = new Error("stopped at once");
  const sourceError = new Error("the source broke");
  const fatal: StoreError[] = [];
  const deliveries: Delivery[] = [];
  const kindOf = (messageId: string) => kinds[Number(messageId) - 1_000_000]!;

  const source = new FakeSource((delivery, settlement) => {
    assertEquals(settlement, "ack", "a message is never given back by the pipeline");
    const id = identity(identify(delivery));
    assert(store.entries.has(id) || store.deadLetters.has(id), "acknowledged before it is stored");
  });

  const unseen = new Set<WriteBatch>();
  let writes = 0;
  store.beforeCommit = async (batch) => {
    const { ms, outcome } = fates[writes++] ?? { ms: 1, outcome: "commit" };
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (outcome === "retry" || outcome === "reconnect") throw storeError(outcome);
    if (outcome === "fatal") {
      fatal.push(storeError("fatal"));
      throw fatal.at(-1);
    }
    const refused = batch.entries.some(({ messageId }) => kindOf(messageId) === "refused");
    const untaken = [...batch.entries, ...batch.deadLetters].some(({ messageId }) => kindOf(messageId) === "untaken");
    if (refused || untaken) throw storeError("reject");
    if (outcome === "unseen") unseen.add(batch);
  };
  store.afterCommit = (batch) => {
    if (unseen.delete(batch)) throw storeError("reconnect", "connection lost while committing");
  };
  let probes = 0;
  store.onProbe = () => {
    if (probes++ < probesFail) throw storeError("reconnect");
  };

  let failure: unknown;
  let totals: IngestTotals | undefined;
  const running = ingest({
    source,
    store,
    limits: { countMax: settings.countMax, bytesMax: 1e9, intervalMs: settings.intervalMs },
    writers: settings.writers,
    abort: abort.signal,
  }).then((result) => totals = result, (error) => failure = error);

  let at = 0;
  let deliveryNumber = 0;
  for (const { afterMs, numbers } of groups) {
    at += afterMs;
    setTimeout(() => {
      const messages = numbers.map((n) =>
        received(n, { ackId: `ack-${deliveryNumber++}`, ...(kinds[n] === "malformed" ? { data: "{" } : {}) })
      );
      deliveries.push(...source.deliver(messages));
    }, at);
  }
  if (stop.kind === "abort") setTimeout(() => abort.abort(reason), stop.afterMs);
  else setTimeout(() => stop.kind === "end" ? source.end() : source.fail(sourceError), at);

  // Longer than everything that can be waited for: groups, writes, tries and probes.
  await time.tickAsync(3_600_000);
  assert(totals !== undefined || failure !== undefined, "it hangs");
  await running;
  assertEquals([time.timers, store.writing], [0, 0]);
  assert(store.writingMost <= settings.writers);

  const { settlements } = source.log;
  assertEquals(new Set(settlements.map(({ delivery }) => delivery)).size, settlements.length, "settled twice");
  if (totals !== undefined) assertEquals(totals.stored + totals.deadLettered + totals.duplicates, settlements.length);

  // The tables hold each message once, in the table where it belongs, and agree.
  for (const [id, { messageId }] of store.entries) {
    assert(!store.deadLetters.has(id), "stored as an entry and as a dead letter");
    assertEquals(kindOf(messageId), "valid");
  }
  for (const { messageId, reason } of store.deadLetters.values()) {
    assertEquals(reason, kindOf(messageId) === "malformed" ? "not_json" : "rejected_by_store");
  }
  const counted = new Map<string, number>();
  for (const { serviceName, severity } of store.entries.values()) {
    const label = JSON.stringify([serviceName, severity]);
    counted.set(label, (counted.get(label) ?? 0) + 1);
  }
  assertEquals(new Map([...store.counts].map(([label, { count }]) => [label, count])), counted);

  const taken = deliveries.filter(({ messageId }) => kindOf(messageId) !== "untaken");
  return { store, taken, settlements, failure, sourceError, fatal };
}

Deno.test("ingest() stores what it acknowledges exactly once, through any failures, duplicates and stops", async () => {
  await fc.assert(fc.asyncProperty(script, async (script) => {
    const { taken, settlements, failure, sourceError, store } = await play(script);
    switch (script.stop.kind) {
      case "end":
        assertEquals([settlements.length, failure], [taken.length, undefined]);
        assertEquals(
          store.entries.size + store.deadLetters.size,
          new Set(taken.map(({ messageId }) => messageId)).size,
        );
        break;
      case "fail":
        assertStrictEquals(failure, sourceError);
        // Everything but the open batch.
        assert(taken.length - settlements.length < script.settings.countMax);
        break;
      case "abort":
        assertEquals(failure, undefined);
    }
  }));
});

Deno.test("ingest() surfaces a fatal store error wherever it comes, and acknowledges nothing that is not stored", async () => {
  const anywhere = fc.tuple(script, fc.nat({ max: 12 }), fc.nat({ max: 2_000 }));
  await fc.assert(fc.asyncProperty(anywhere, async ([script, position, ms]) => {
    const fates: Fate[] = [...script.fates.slice(0, position), { ms, outcome: "fatal" }];
    const { failure, fatal, sourceError } = await play({ ...script, fates });
    if (fatal.length === 0) return; // It was over before that write.
    // Which of two failures is told is not promised; that one is told is, unless the abort was first.
    if (script.stop.kind === "abort" && failure === undefined) return;
    assert(failure === fatal[0] || failure === sourceError);
  }));
});
