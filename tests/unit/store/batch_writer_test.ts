import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { DeadLetter, LogEntry } from "../../../src/entry/entry.ts";
import { type BatchResult, BatchWriter, isDeadLetter, type Writable } from "../../../src/store/batch_writer.ts";
import type { StoreError, WriteBatch } from "../../../src/store/store.ts";
import { entry, key } from "../../support/entries.ts";
import { identity, MemoryStore, storeError } from "../../support/memory_store.ts";
import { FakeTime } from "../../support/time.ts";

function setup() {
  const store = new MemoryStore();
  const controller = new AbortController();
  /** What the writer told, in order. */
  const told: [event: string, detail: unknown][] = [];
  const writer = new BatchWriter({
    store,
    abort: controller.signal,
    events: {
      away: ({ forMs, attempts, error }) => told.push(["away", { forMs, attempts, reason: error.message }]),
      back: (outageMs) => told.push(["back", outageMs]),
      retried: ({ message }) => told.push(["retried", message]),
      rejected: ({ messageId }) => told.push(["rejected", messageId]),
      heldBack: ({ messageId }, { message }) => told.push(["heldBack", [messageId, message]]),
    },
  });
  return { store, writer, told, abort: (reason: unknown) => controller.abort(reason) };
}

/** What is told of an outage. */
interface Told {
  readonly forMs: number;
  readonly attempts: number;
  readonly reason: string;
}

/** Entry number `n`, with the message that it came in. */
function writable(n: number, fields: Partial<LogEntry> = {}): Writable {
  return {
    record: entry({ ...key(n), ...fields }),
    raw: { data: new TextEncoder().encode(`data of ${n}`), attributes: { number: String(n) } },
  };
}

function writables(from: number, count: number): Writable[] {
  return Array.from({ length: count }, (_, i) => writable(from + i));
}

function deadLetter(n: number): Writable {
  const { raw } = writable(n);
  return { record: { ...key(n), reason: "not_json", detail: "data is empty", ...raw }, raw };
}

/** Makes the store refuse every batch that holds an entry of these numbers. */
function refuse(store: MemoryStore, ...numbers: readonly number[]): void {
  const refused = new Set(numbers.map((n) => identity(key(n))));
  store.beforeCommit = ({ entries }) => {
    if (entries.some((entry) => refused.has(identity(entry)))) throw storeError("reject", "value too long");
  };
}

/** Fails the first `times` writes. */
function failFirst(store: MemoryStore, times: number, fail: () => never): void {
  let failures = 0;
  store.beforeCommit = () => {
    if (failures++ < times) fail();
  };
}

/** Makes the store take so many rows at once, at most. */
function takeAtMost(store: MemoryStore, rows: number, failure: () => StoreError): void {
  store.beforeCommit = ({ entries, deadLetters }) => {
    if (entries.length + deadLetters.length > rows) throw failure();
  };
}

/** What a write that changes nothing says. */
const NOTHING: BatchResult = { stored: 0, deadLettered: 0, duplicates: 0, landed: [], heldBack: [] };

function never(): Promise<void> {
  return new Promise(() => {});
}

Deno.test("BatchWriter writes entries and dead letters in one transaction and says what it did", async () => {
  const { store, writer, told } = setup();
  store.entries.set(identity(key(1)), entry(key(1)));
  const items = [...writables(1, 3), deadLetter(4), writable(3)];
  const result = await writer.write(items);
  assertEquals(result, {
    stored: 2,
    deadLettered: 1,
    duplicates: 2,
    landed: [items[1]!.record as LogEntry, items[2]!.record as LogEntry],
    heldBack: [],
  });
  assertEquals(store.attempts.map(({ entries, deadLetters }) => [entries.length, deadLetters.length]), [[4, 1]]);
  assertEquals(told, []);
});

Deno.test("BatchWriter says why and of how many bytes a batch is, and split of its parts", async () => {
  const { store, writer } = setup();
  await writer.write(writables(0, 4), "interval");
  takeAtMost(store, 2, () => storeError("oversized"));
  const sized = writables(4, 4).map(({ record, raw }) => ({ record, raw: { ...raw, bytes: 100 } }));
  await writer.write(sized, "bytes");
  assertEquals(store.attempts.map(({ cause, bytes }) => [cause, bytes]), [
    ["interval", 4 * "data of 0".length],
    ["bytes", 400],
    ["split", 200],
    ["split", 200],
  ]);
});

Deno.test("BatchWriter lists every entry as landed where the store says that all of them did", async () => {
  const { writer } = setup();
  const { landed } = await writer.write([...writables(1, 3), deadLetter(4)]);
  assertEquals(landed.map(({ messageId }) => messageId), [1, 2, 3].map((n) => key(n).messageId));
});

Deno.test("BatchWriter runs a transaction again that lost a race, after a growing wait with jitter", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  const attempts: number[] = [];
  store.beforeCommit = () => {
    if (attempts.push(performance.now()) <= 9) throw storeError("retry", "deadlock");
  };
  const writing = writer.write(writables(1, 2));
  await time.runAllAsync();
  assertEquals((await writing).stored, 2);
  assertEquals(told, Array.from({ length: 9 }, () => ["retried", "deadlock"]));
  for (const [i, at] of attempts.slice(1).entries()) {
    const bound = Math.min(20 * 2 ** i, 2_000);
    const waited = at - attempts[i]!;
    assert(waited >= bound / 2 - 1 && waited <= bound + 1, `wait ${i} was ${waited} ms`);
  }
  assertEquals([store.probes, time.timers], [0, 0]);
});

Deno.test("BatchWriter waits out an outage with probes, and tells of it at its begin, every 30 s, and once at its end", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  failFirst(store, 1, () => {
    throw storeError("reconnect", "connection lost");
  });
  const probedAt: number[] = [];
  store.onProbe = () => {
    if (probedAt.push(performance.now()) <= 9) throw storeError("reconnect", "connection refused");
  };
  const startedAt = performance.now();
  const writing = writer.write(writables(1, 2));
  await time.tickAsync(0);
  assertEquals(told, [["away", { forMs: 0, attempts: 1, reason: "connection lost" }]]);
  await time.tickAsync(29_000);
  assertEquals(told.length, 1);
  await time.runAllAsync();
  assertEquals((await writing).stored, 2);
  const outages = told.slice(0, -1).map(([event, detail]) => [event, detail as Told] as const);
  for (const [i, [event, { forMs, attempts, reason }]] of outages.slice(1).entries()) {
    assertEquals([event, reason], ["away", "connection refused"]);
    // The first comes with a failure, the others are looked for once a second.
    assert(forMs >= 30_000 * (i + 1) && forMs <= 31_000 * (i + 1), `told after ${forMs} ms`);
    assert(attempts === 1 + probedAt.filter((at) => at <= startedAt + forMs).length, `${attempts} attempts`);
  }
  assert(outages.length >= 2, `told ${outages.length} times`);
  assertEquals(told.at(-1), ["back", probedAt.at(-1)! - startedAt]);
  for (const [i, at] of probedAt.entries()) {
    const bound = Math.min(500 * 2 ** i, 15_000);
    const waited = at - (probedAt[i - 1] ?? startedAt);
    assert(waited >= bound / 2 - 1 && waited <= bound + 1, `wait ${i} was ${waited} ms`);
  }
  assertEquals([probedAt.length, store.attempts.length, time.timers], [10, 2, 0]);
});

Deno.test("BatchWriter has one prober for all writes in an outage", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  let there = false;
  store.beforeCommit = store.onProbe = () => {
    if (!there) throw storeError("reconnect", "connection refused");
  };
  const writing = Promise.all([1, 11, 21].map((from) => writer.write(writables(from, 10))));
  await time.tickAsync(60_000);
  const { probes } = store;
  // 0.5, 1, 2, 4, 8 s, then every 15 s, or half of each.
  assert(probes >= 7 && probes <= 13, `${probes} probes in a minute`);
  assertEquals(store.attempts.length, 3);
  there = true;
  await time.tickAsync(15_000);
  assertEquals((await writing).map(({ stored }) => stored), [10, 10, 10]);
  assertEquals(store.probes, probes + 1);
  assertEquals(told.filter(([event]) => event !== "away"), [told.at(-1)!]);
  assertEquals([store.entries.size, time.timers], [30, 0]);
});

Deno.test("BatchWriter goes on waiting, longer each time, when a probe succeeds and the write still fails", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  failFirst(store, 8, () => {
    throw storeError("reconnect");
  });
  const writing = writer.write([writable(1)]);
  // Half of 0.5 + 1 + 2 + 4 + 8 + 15 + 15 s: the least that seven waits take.
  await time.tickAsync(22_000);
  assert(store.attempts.length <= 7, `${store.attempts.length} attempts`);
  assertEquals(told.map(([event]) => event), ["away"]);
  await time.runAllAsync();
  assertEquals((await writing).stored, 1);
  assertEquals(told.filter(([event]) => event !== "away"), [told.at(-1)!]);
});

Deno.test("BatchWriter tells of a second outage as of the first, and begins it with short waits again", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  for (let outage = 1; outage <= 2; outage++) {
    failFirst(store, 6, () => {
      throw storeError("reconnect");
    });
    const writing = writer.write([writable(outage)]);
    await time.tickAsync(500);
    assert(store.probes > 0, `outage ${outage} begins with a long wait`);
    await time.runAllAsync();
    await writing;
    store.probes = 0;
  }
  assertEquals(told.map(([event]) => event), ["away", "back", "away", "back"]);
});

Deno.test("BatchWriter tells of no outage when what fails late began before another write succeeded", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  const late = Promise.withResolvers<void>();
  let first = true;
  store.beforeCommit = async () => {
    if (!first) return;
    first = false;
    await late.promise;
    throw storeError("reconnect", "ETIMEDOUT");
  };
  const slow = writer.write([writable(1)]);
  await time.tickAsync(1_000);
  await writer.write([writable(2)]);
  late.resolve();
  assertEquals((await slow).stored, 1);
  assertEquals([told, store.probes, store.attempts.length], [[], 0, 3]);
});

Deno.test("BatchWriter stores a batch once whose commit succeeded unseen", async () => {
  using time = new FakeTime();
  const { store, writer } = setup();
  let lost = false;
  store.afterCommit = () => {
    if (lost) return;
    lost = true;
    throw storeError("reconnect", "connection lost while committing");
  };
  const writing = writer.write([...writables(1, 2), deadLetter(3)]);
  await time.runAllAsync();
  assertEquals(await writing, { ...NOTHING, duplicates: 3 });
  assertEquals(await store.totals(), { entries: 2, counted: 2, deadLetters: 1 });
});

Deno.test("BatchWriter parks a refused entry whole and stores its neighbours in the same pass", async () => {
  const { store, writer, told } = setup();
  refuse(store, 37);
  const items = [...writables(1, 60), deadLetter(61)];
  const result = await writer.write(items);
  assertEquals([result.stored, result.deadLettered, result.duplicates, result.landed.length], [59, 2, 0, 59]);
  const { raw } = items[36]!;
  assertEquals(store.deadLetters.get(identity(key(37))), {
    ...key(37),
    reason: "rejected_by_store",
    detail: "value too long",
    ...raw,
  });
  assertEquals(told, [["rejected", key(37).messageId]]);
  // Halving finds one among 61 in six steps of two writes each; the first write and the parking come on top.
  assert(store.attempts.length <= 2 * 6 + 2, `${store.attempts.length} writes`);
});

for (
  const [which, refused] of [
    ["the only", [1]],
    ["the first", [1, 2]],
    ["the last", [9, 10]],
    ["every other", [1, 3, 5, 7, 9]],
    ["every", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ] as const
) {
  Deno.test(`BatchWriter finds ${which} refused entry of a batch`, async () => {
    const { store, writer } = setup();
    refuse(store, ...refused);
    const size = which === "the only" ? 1 : 10;
    const result = await writer.write(writables(1, size));
    const ids = (numbers: readonly number[]) => numbers.map((n) => identity(key(n)));
    const kept = Array.from({ length: size }, (_, i) => i + 1).filter((n) => !refused.some((m) => m === n));
    assertEquals([...store.deadLetters.keys()].sort(), ids(refused));
    assertEquals([...store.entries.keys()].sort(), ids(kept));
    assertEquals([result.stored, result.deadLettered], [kept.length, refused.length]);
    assertEquals(result.landed.map(identity), ids(kept));
  });
}

Deno.test("BatchWriter does not tell of a refused entry that was parked before", async () => {
  const { store, writer, told } = setup();
  const parked = deadLetter(1).record as DeadLetter;
  store.deadLetters.set(identity(parked), parked);
  refuse(store, 1);
  assertEquals(await writer.write([writable(1)]), { ...NOTHING, duplicates: 1 });
  assertEquals(told, []);
  assertStrictEquals(store.deadLetters.get(identity(key(1))), parked);
});

Deno.test("BatchWriter keeps 1,000 characters of the database's words, and no half of one", async () => {
  const { store, writer } = setup();
  store.beforeCommit = ({ entries }) => {
    if (entries.length > 0) throw storeError("reject", "x".repeat(999) + "🚀");
  };
  await writer.write([writable(1)]);
  const { detail } = store.deadLetters.get(identity(key(1)))!;
  assertEquals([detail.length, detail.isWellFormed()], [1_000, true]);
});

Deno.test("BatchWriter retries and waits while it looks for a refused entry", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  const script = ["reject", "retry", "reconnect", undefined, "reject", undefined, undefined, undefined] as const;
  let step = 0;
  store.beforeCommit = () => {
    const disposition = script[step++];
    if (disposition !== undefined) throw storeError(disposition);
  };
  const writing = writer.write(writables(1, 3));
  await time.runAllAsync();
  // Of [1, 2, 3] the half [1] is retried, then waited with, then stored; of [2, 3] both are stored alone.
  assertEquals(await writing, {
    ...NOTHING,
    stored: 3,
    landed: writables(1, 3).map(({ record }) => record as LogEntry),
  });
  assertEquals(told.map(([event]) => event), ["retried", "away", "back"]);
});

Deno.test("BatchWriter holds back a dead letter that the database refuses, and stores its neighbours", async () => {
  const { store, writer, told } = setup();
  store.beforeCommit = ({ deadLetters }: WriteBatch) => {
    if (deadLetters.some(({ messageId }) => messageId === key(3).messageId)) throw storeError("reject", "no room");
  };
  const items = [writable(1), deadLetter(2), deadLetter(3), writable(4)];
  const { heldBack, ...result } = await writer.write(items);
  assertEquals([result.stored, result.deadLettered, result.duplicates], [2, 1, 0]);
  assertEquals([heldBack.length, heldBack[0] === items[2]], [1, true]);
  assertEquals(await store.totals(), { entries: 2, counted: 2, deadLetters: 1 });
  assertEquals(told, [["heldBack", [key(3).messageId, "no room"]]]);
});

Deno.test("BatchWriter holds back a message that the database takes neither as an entry nor as a dead letter", async () => {
  const { store, writer, told } = setup();
  store.beforeCommit = () => {
    throw storeError("reject", "never");
  };
  const item = writable(1);
  const { heldBack, ...result } = await writer.write([item]);
  assertEquals(result, { stored: 0, deadLettered: 0, duplicates: 0, landed: [] });
  // The pipeline knows what is held back by the message that it came in.
  assertStrictEquals(heldBack[0]!.raw, item.raw);
  assertEquals(told, [["heldBack", [key(1).messageId, "never"]]]);
});

Deno.test("BatchWriter writes a batch above the server's limit in parts that fit, and parks nothing", async () => {
  const { store, writer, told } = setup();
  takeAtMost(store, 10, () => storeError("oversized", "more than max_binlog_cache_size"));
  const items = [...writables(1, 50), deadLetter(51), ...writables(52, 13)];
  const result = await writer.write(items);
  assertEquals([result.stored, result.deadLettered, result.landed.length, result.heldBack], [63, 1, 63, []]);
  assertEquals(
    store.attempts.filter(({ entries, deadLetters }) => entries.length + deadLetters.length <= 10).length,
    8,
  );
  assertEquals(told, []);
});

Deno.test("BatchWriter holds back a single entry above the server's limit, and parks it not", async () => {
  const { store, writer, told } = setup();
  takeAtMost(store, 0, () => storeError("oversized", "more than max_binlog_cache_size"));
  const item = writable(1);
  assertEquals(await writer.write([item]), { ...NOTHING, heldBack: [item] });
  assertEquals([store.deadLetters.size, told.map(([event]) => event)], [0, ["heldBack"]]);
});

Deno.test("BatchWriter tries fewer rows at once when a batch fails again and again though probes succeed", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  takeAtMost(store, 25, () => storeError("reconnect", "error on observer while running replication hook"));
  const writing = writer.write(writables(1, 50));
  await time.runAllAsync();
  assertEquals((await writing).stored, 50);
  assertEquals(store.attempts.map(({ entries }) => entries.length), [50, 50, 50, 50, 50, 25, 25]);
  assertEquals(told.map(([event]) => event), ["away", "back"]);
});

Deno.test("BatchWriter keeps a batch whole through an outage, however long", async () => {
  using time = new FakeTime();
  const { store, writer } = setup();
  let there = false;
  store.beforeCommit = store.onProbe = () => {
    if (!there) throw storeError("reconnect");
  };
  const writing = writer.write(writables(1, 50));
  await time.tickAsync(3_600_000);
  there = true;
  await time.runAllAsync();
  assertEquals((await writing).stored, 50);
  assertEquals(store.attempts.map(({ entries }) => entries.length), [50, 50]);
});

Deno.test("BatchWriter throws what is fatal at once", async () => {
  using time = new FakeTime();
  const { store, writer, told } = setup();
  const fatal = storeError("fatal", "no such table");
  store.beforeCommit = () => {
    throw fatal;
  };
  assertStrictEquals(await assertRejects(() => writer.write([writable(1)])), fatal);
  assertEquals([store.attempts.length, told, time.timers], [1, [], 0]);
});

Deno.test("BatchWriter throws errors that are no store's as they are", async () => {
  const { store, writer } = setup();
  const bug = new TypeError("a bug");
  store.beforeCommit = () => {
    throw bug;
  };
  assertStrictEquals(await assertRejects(() => writer.write([writable(1)])), bug);
});

Deno.test("BatchWriter fails every write that waits when the probe fails for good", async () => {
  using time = new FakeTime();
  const { store, writer } = setup();
  const fatal = storeError("fatal", "wrong password");
  store.beforeCommit = () => {
    throw storeError("reconnect");
  };
  store.onProbe = () => {
    throw fatal;
  };
  const writes = [1, 2, 3].map((n) => assertRejects(() => writer.write([writable(n)])));
  await time.runAllAsync();
  assertEquals(await Promise.all(writes), [fatal, fatal, fatal]);
  assertEquals([store.probes, time.timers], [1, 0]);
});

const waits: readonly (readonly [where: string, prepare: (store: MemoryStore) => void])[] = [
  ["a write that does not answer", (store) => store.beforeCommit = never],
  ["a wait for another try", (store) =>
    store.beforeCommit = () => {
      throw storeError("retry");
    }],
  ["a wait for a probe", (store) =>
    store.beforeCommit = store.onProbe = () => {
      throw storeError("reconnect");
    }],
  ["a probe that does not answer", (store) => {
    store.beforeCommit = () => {
      throw storeError("reconnect");
    };
    store.onProbe = never;
  }],
];

for (const [where, prepare] of waits) {
  Deno.test(`BatchWriter gives up at an abort during ${where}, with the abort's reason`, async () => {
    using time = new FakeTime();
    const { store, writer, abort } = setup();
    prepare(store);
    const reason = new Error("stopped at once");
    let failure: unknown;
    const writing: Promise<BatchResult | void> = writer.write([writable(1)]).catch((error) => failure = error);
    await time.tickAsync(5_010);
    assertEquals(failure, undefined);
    abort(reason);
    await time.tickAsync(0);
    assertStrictEquals(failure, reason);
    await writing;
    assertEquals([store.entries.size, time.timers], [0, 0]);
  });
}

Deno.test("BatchWriter gives up at an abort, and not with the error that came with it", async () => {
  const { store, writer, abort } = setup();
  const reason = new Error("stopped at once");
  store.beforeCommit = () => {
    abort(reason);
    throw storeError("fatal", "connection closed by us");
  };
  assertStrictEquals(await assertRejects(() => writer.write([writable(1)])), reason);
});

Deno.test("BatchWriter returns what was stored though the abort came meanwhile", async () => {
  const { store, writer, abort } = setup();
  // The database had committed, and said so, before it could hear of the abort.
  store.afterCommit = () => queueMicrotask(() => queueMicrotask(() => abort(new Error("too late"))));
  assertEquals((await writer.write([writable(1)])).stored, 1);
});

Deno.test("isDeadLetter() tells dead letters from entries", () => {
  assertEquals([isDeadLetter(deadLetter(1).record), isDeadLetter(writable(1).record)], [true, false]);
});
