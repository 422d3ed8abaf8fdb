/**
 * The contract's cases about what a write adds, and what a repeated or concurrent one does not.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { SEVERITIES } from "../../src/entry/entry.ts";
import { entry, key } from "../support/entries.ts";
import { assertStored, deadLetter, type MakeFixture, NEVER, write, writeWithRetries } from "./store_fixture.ts";

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) =>
    entry({
      ...key(from + i),
      serviceName: `service-${(from + i) % 7}`,
      severity: SEVERITIES[(from + i) % SEVERITIES.length]!,
    }));

/** Registers the cases. */
export function exerciseWrites(name: string, fresh: MakeFixture): void {
  Deno.test(`${name}: write() stores every entry and counts it`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const entries = numbered(0, 123);
    assertEquals(await write(store, { entries }), { stored: 123, deadLettered: 0, duplicates: 0, landed: "all" });
    await assertStored(store, { entries });
  });

  Deno.test(`${name}: write() of nothing does nothing`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    assertEquals(await write(store, {}), { stored: 0, deadLettered: 0, duplicates: 0, landed: "all" });
    await assertStored(store, { entries: [] });
  });

  Deno.test(`${name}: write() of a redelivered batch changes nothing`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const batch = { entries: numbered(0, 60), deadLetters: [deadLetter(key(100)), deadLetter(key(101))] };
    await write(store, batch);
    const before = await fixture.query("SELECT * FROM service_severity");
    assertEquals(await write(store, batch), { stored: 0, deadLettered: 0, duplicates: 62, landed: [] });
    await assertStored(store, { entries: batch.entries, deadLetters: 2 });
    assertEquals(await fixture.query("SELECT * FROM service_severity"), before);
  });

  Deno.test(`${name}: write() stores a message once that comes twice in a batch, and the first one`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const first = entry({ ...key(2), payload: "first" });
    const other = entry(key(1));
    const again = entry({ ...key(2), payload: "second" });
    assertEquals(await write(store, { entries: [first, other, again] }), {
      stored: 2,
      deadLettered: 0,
      duplicates: 1,
      landed: [other, first],
    });
    await assertStored(store, { entries: [first, other] });
  });

  Deno.test(`${name}: write() takes an entry before a dead letter of the same message`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const result = await write(store, {
      entries: [entry(key(1))],
      deadLetters: [deadLetter(key(1)), deadLetter(key(2)), deadLetter(key(2))],
    });
    assertEquals(result, { stored: 1, deadLettered: 1, duplicates: 2, landed: "all" });
    await assertStored(store, { entries: [entry(key(1))], deadLetters: 1 });
  });

  Deno.test(`${name}: write() adds and counts only the new part of a batch that overlaps an earlier one`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: numbered(0, 70) });
    const result = await write(store, { entries: numbered(35, 170) });
    assertEquals(result, { stored: 100, deadLettered: 0, duplicates: 35, landed: numbered(70, 170) });
    await assertStored(store, { entries: numbered(0, 170) });
  });

  Deno.test(`${name}: write() takes ids of other publish times for other messages`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const entries = [1, 2, 3].map((n) => entry({ publishTime: key(n).publishTime, messageId: "1" }));
    assertEquals((await write(store, { entries })).stored, 3);
    await assertStored(store, { entries });
  });

  Deno.test(`${name}: write() leaves a message that is stored as an entry alone when it comes as a dead letter`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: [entry(key(1))] });
    const result = await write(store, {
      entries: [entry(key(3))],
      deadLetters: [deadLetter(key(1)), deadLetter(key(2))],
    });
    assertEquals(result, { stored: 1, deadLettered: 1, duplicates: 1, landed: "all" });
    await assertStored(store, { entries: [entry(key(1)), entry(key(3))], deadLetters: 1 });
  });

  for (const status of ["open", "replayed", "dropped"]) {
    Deno.test(`${name}: write() leaves a message with a dead letter that is ${status} alone when it comes as an entry`, async () => {
      await using fixture = await fresh();
      await using store = fixture.open();
      await write(store, { deadLetters: [deadLetter(key(1))] });
      await fixture.query(`UPDATE dead_letters SET status = '${status}'`);
      const result = await write(store, { entries: numbered(0, 3) });
      assertEquals(result, {
        stored: 2,
        deadLettered: 0,
        duplicates: 1,
        landed: [...numbered(0, 1), ...numbered(2, 3)],
      });
      await assertStored(store, { entries: [...numbered(0, 1), ...numbered(2, 3)], deadLetters: 1 });
      assertEquals(await fixture.query("SELECT status FROM dead_letters"), [{ status }]);
    });
  }

  Deno.test(`${name}: write() finds the dead letters of a batch among thousands of the same time`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const deadLetters = Array.from({ length: 2_500 }, (_, n) => deadLetter(key(2 * n)));
    assertEquals((await write(store, { deadLetters })).deadLettered, 2_500);
    const odd = numbered(0, 5_000).filter((_, n) => n % 2 === 1);
    const result = await write(store, { entries: numbered(0, 5_000) });
    assertEquals({ ...result, landed: result.landed.length }, {
      stored: 2_500,
      deadLettered: 0,
      duplicates: 2_500,
      landed: 2_500,
    });
    await assertStored(store, { entries: odd, deadLetters: 2_500 });
  });

  Deno.test(`${name}: write() keeps rows and counters exact with 8 writers of overlapping batches`, async () => {
    await using fixture = await fresh();
    await using stack = new AsyncDisposableStack();
    const stores = Array.from({ length: 8 }, () => stack.use(fixture.open()));
    const results = await Promise.all(
      stores.map((store, i) => writeWithRetries(store, { entries: numbered(40 * i, 40 * i + 400).reverse() })),
    );
    assertEquals(results.reduce((sum, { stored }) => sum + stored, 0), 680);
    assertEquals(results.reduce((sum, { stored, duplicates }) => sum + stored + duplicates, 0), 8 * 400);
    await assertStored(stores[0]!, { entries: numbered(0, 680) });
  });

  Deno.test(`${name}: write() never stores a message in both tables, whoever of two writers is first`, async () => {
    await using fixture = await fresh();
    await using asEntries = fixture.open();
    await using asDeadLetters = fixture.open();
    for (let round = 0; round < 20; round++) {
      const batch = numbered(20 * round, 20 * round + 20);
      const results = await Promise.all([
        writeWithRetries(asEntries, { entries: batch }),
        writeWithRetries(asDeadLetters, {
          deadLetters: batch.map(({ publishTime, messageId }) => deadLetter({ publishTime, messageId })),
        }),
      ]);
      assertEquals(results.reduce((sum, result) => sum + result.stored + result.deadLettered, 0), 20, `round ${round}`);
    }
    const both = await fixture.query(
      "SELECT COUNT(*) AS n FROM service_logs JOIN dead_letters USING (publish_time, message_id)",
    );
    assertEquals(Number(both[0]?.n), 0);
    const { entries, counted, deadLetters } = await asEntries.totals();
    assertEquals([counted, entries + deadLetters], [entries, 400]);
  });

  Deno.test(`${name}: write() does not start when its signal is aborted`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const reason = new Error("stop");
    const error = await assertRejects(() =>
      store.write({ entries: numbered(0, 1), deadLetters: [] }, { signal: AbortSignal.abort(reason) })
    );
    assertEquals(error, reason);
    await assertStored(store, { entries: [] });
  });

  Deno.test(`${name}: a disposed store fails with reconnect, and is disposed again without harm`, async () => {
    await using fixture = await fresh();
    const store = fixture.open();
    await store.write({ entries: numbered(0, 1), deadLetters: [] }, { signal: NEVER });
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    const error = await assertRejects(() => write(store, { entries: numbered(0, 1) }));
    assertEquals((error as { disposition?: string }).disposition, "reconnect");
  });
}
