/**
 * The contract's cases about what a transaction writes beside its rows: counts by time, the ledger, words, attributes.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { SEVERITIES } from "../../src/entry/entry.ts";
import { FILTER_WORDS_MAX } from "../../src/words/word_filter.ts";
import { entry, key } from "../support/entries.ts";
import { assertAccount } from "./store_account.ts";
import { assertStored, deadLetter, type MakeFixture, write, writeWithRetries } from "./store_fixture.ts";

/** Entries over midnight, some seconds apart. */
const overMidnight = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => {
    const time = new Date(Date.UTC(2026, 0, 2, 23, 58) + (from + i) * 7_000).toISOString();
    return entry({
      publishTime: `${time.slice(0, 10)} ${time.slice(11, 23)}000`,
      messageId: String(from + i),
      serviceName: `service-${(from + i) % 3}`,
      severity: SEVERITIES[(from + i) % SEVERITIES.length]!,
      payload: `user ${from + i} logged in`,
    });
  });

/** Registers the cases. */
export function exerciseRecords(name: string, fresh: MakeFixture): void {
  Deno.test(`${name}: write() counts by minute and hour, and records the batch and its words, over midnight`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const entries = overMidnight(0, 40);
    const batch = { entries, deadLetters: [deadLetter(key(1))], cause: "interval", bytes: 1_234 } as const;
    await write(store, batch);
    const { batches, filters, unadopted } = await assertAccount(fixture.query);
    assertGreater(filters, 1);
    assertEquals(unadopted, 0);
    assertEquals(batches.map(({ id: _, filter: __, ...row }) => row), [{
      cause: "interval",
      entries: 40,
      deadLetters: 1,
      duplicates: 0,
      bytes: 1_234,
      first: entries[0]!.publishTime,
      last: entries.at(-1)!.publishTime,
    }]);
  });

  Deno.test(`${name}: write() of a batch of which part is known records what landed; of one that is known, nothing`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: overMidnight(0, 20) });
    await write(store, { entries: overMidnight(10, 30) });
    await write(store, { entries: overMidnight(5, 25) });
    const { batches } = await assertAccount(fixture.query);
    assertEquals(batches.map(({ entries, duplicates }) => [entries, duplicates]), [[20, 0], [10, 10]]);
  });

  Deno.test(`${name}: ids of the ledger increase, and say when by the database's clock and by whom`, async () => {
    await using fixture = await fresh();
    await using one = fixture.open();
    await using two = fixture.open();
    for (let i = 0; i < 6; i++) await write(i % 2 === 0 ? one : two, { entries: overMidnight(i, i + 1) });
    const rows = await fixture.query("SELECT CAST(id AS CHAR) AS id, instance FROM batches ORDER BY created_at, id");
    const ids = rows.map(({ id }) => BigInt(String(id)));
    const times = ids.map((id) => Number(id >> 21n));
    assertEquals(times, times.toSorted((a, b) => a - b));
    for (const [i, id] of ids.entries()) {
      assert(Math.abs(Number(id >> 21n) - Date.now()) < 60_000, `${id} is from another time`);
      assertEquals(Number((id >> 9n) & 0xfffn), Number(rows[i]!.instance));
    }
    assertEquals(new Set(rows.map(({ instance }) => Number(instance))), new Set([0, 1]));
    const instances = await fixture.query("SELECT number, held FROM instances ORDER BY number");
    assertEquals(instances.map(({ number, held }) => [Number(number), Number(held)]), [[0, 0], [1, 0]]);
  });

  Deno.test(`${name}: an instance whose number is another's claims a new one, and goes on`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: overMidnight(0, 1) });
    await fixture.query("UPDATE instances SET owner = 'another'");
    store.report({ held: 5, heldBytes: 500, oldestPublishTime: key(1).publishTime });
    let found: readonly Readonly<Record<string, unknown>>[] = [];
    for (let tries = 0; found.length === 0 && tries < 60; tries++) {
      store.report({ held: 5, heldBytes: 500, oldestPublishTime: key(1).publishTime });
      found = await fixture.query("SELECT number, held_bytes AS bytes FROM instances WHERE held = 5");
      if (found.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assertEquals(found.map(({ number, bytes }) => [Number(number), Number(bytes)]), [[1, 500]]);
    await write(store, { entries: overMidnight(1, 2) });
    const { batches } = await assertAccount(fixture.query);
    assertEquals(batches.map(({ id }) => Number((id >> 9n) & 0xfffn)), [0, 1]);
  });

  Deno.test(`${name}: the number of an instance that was not seen for minutes is taken by the next one`, async () => {
    await using fixture = await fresh();
    {
      await using store = fixture.open();
      await write(store, { entries: overMidnight(0, 1) });
    }
    await fixture.query("UPDATE instances SET seen_at = '2026-01-02 03:04:05.000000'");
    await using store = fixture.open();
    await write(store, { entries: overMidnight(1, 2) });
    assertEquals((await fixture.query("SELECT number FROM instances")).map(({ number }) => Number(number)), [0]);
  });

  Deno.test(`${name}: write() keeps attributes, and finds each by its name and value`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const odd = JSON.parse('{"__proto__":"p","":"","1":"one","Trace":"\\u00c9A\\u0000\'\\"\\\\","googclient_x":"y"}');
    const entries = [entry({ ...key(1), payload: "", attributes: odd }), entry(key(2))];
    await write(store, { entries });
    await assertStored(store, { entries });
    await assertAccount(fixture.query);
    const nulls = await fixture.query("SELECT message_id AS id FROM service_logs WHERE attributes IS NULL");
    assertEquals(nulls.map(({ id }) => id), [key(2).messageId]);
  });

  Deno.test(`${name}: a batch of too many words is marked to be read whatever is looked for`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const words = (from: number) => Array.from({ length: 6_000 }, (_, i) => `w${from + i}`).join(" ");
    const many = Array.from(
      { length: Math.ceil(FILTER_WORDS_MAX / 6_000) + 1 },
      (_, i) => entry({ ...key(i), payload: words(i * 6_000) }),
    );
    await write(store, { entries: many });
    const rows = await fixture.query("SELECT day, level, chunk, LENGTH(bits) AS bytes FROM word_filters");
    assertEquals(rows.map(({ day, level, chunk, bytes }) => [day, Number(level), Number(chunk), Number(bytes)]), [
      ["2026-01-02", 0, 0, 0],
    ]);
    await assertAccount(fixture.query);
  });

  Deno.test(`${name}: replay() records what it moved as a batch of its own, with attributes`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: overMidnight(0, 3), deadLetters: [1, 2].map((n) => deadLetter(key(n))) });
    await store.replay([1, 2].map((n) => entry({ ...key(n), payload: "fixed now", attributes: { trace: "t" } })));
    assertEquals((await store.drop([key(9)])).length, 0);
    const { batches } = await assertAccount(fixture.query);
    assertEquals(batches.map(({ cause, entries, deadLetters }) => [cause, entries, deadLetters]), [
      ["count", 3, 2],
      ["replay", 2, 0],
    ]);
  });

  Deno.test(`${name}: all counts, the ledger and the words agree after 6 writers raced with overlapping batches`, async () => {
    await using fixture = await fresh();
    await using stack = new AsyncDisposableStack();
    const stores = Array.from({ length: 6 }, () => stack.use(fixture.open()));
    await Promise.all(stores.map(async (store, i) => {
      for (let round = 0; round < 4; round++) {
        const from = 60 * round + 13 * i;
        await writeWithRetries(store, {
          entries: overMidnight(from, from + 120).reverse(),
          deadLetters: [deadLetter(key(200_000 + i * 10 + round))],
        });
      }
    }));
    const { entries, batches } = await assertAccount(fixture.query);
    assertEquals(entries, 60 * 3 + 13 * 5 + 120);
    assertEquals(batches.reduce((sum, batch) => sum + batch.entries, 0), entries);
  });
}
