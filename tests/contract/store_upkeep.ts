/**
 * The contract's cases about what is seen to in the background: rows of a version without batches, and counts by time.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import type { LogEntry } from "../../src/entry/entry.ts";
import { entry, key } from "../support/entries.ts";
import { assertAccount, type Query } from "./store_account.ts";
import { type MakeFixture, write, writeWithRetries } from "./store_fixture.ts";

/** Rows as version 1 writes them. */
async function writeAsBefore(query: Query, entries: readonly LogEntry[]): Promise<void> {
  const quote = (text: string) => `'${text}'`;
  for (let i = 0; i < entries.length; i += 1_000) {
    const rows = entries.slice(i, i + 1_000).map((row) =>
      `(${[row.publishTime, row.messageId, row.serviceName, row.payload, row.severity, row.timestamp].map(quote)})`
    );
    await query(
      `INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, timestamp) VALUES ${rows}`,
    );
  }
  for (const [name, rows] of Object.entries(Object.groupBy(entries, ({ serviceName }) => serviceName))) {
    await query(
      `INSERT INTO service_severity (service_name, severity, count) VALUES ('${name}', 'info', ${rows!.length})`,
    );
  }
}

const before = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => entry({ ...key(from + i), serviceName: `old-${(from + i) % 3}` }));

/** Registers the cases. */
export function exerciseUpkeep(name: string, fresh: MakeFixture): void {
  Deno.test(`${name}: adopt() makes batches of rows that have none, the last published first`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await writeAsBefore(fixture.query, before(0, 6_000));
    await write(store, { entries: [entry(key(7_000))] });
    const found = await store.verify();
    assertEquals([found.unadopted, found.differences, found.times, found.entries], [6_000, [], [], 6_001]);
    assertEquals(await store.adopt(), 5_000);
    const half = await assertAccount(fixture.query);
    assertEquals(half.unadopted, 1_000);
    const newest = half.batches.find(({ cause }) => cause === "adopt")!;
    assertEquals([newest.first, newest.last], [key(1_000).publishTime, key(5_999).publishTime]);
    assertEquals(await store.adopt(), 1_000);
    assertEquals(await store.adopt(), 0);
    const { unadopted, batches } = await assertAccount(fixture.query);
    assertEquals([unadopted, batches.map(({ cause }) => cause)], [0, ["count", "adopt", "adopt"]]);
  });

  Deno.test(`${name}: adopt() of several instances beside writers adopts each row once`, async () => {
    await using fixture = await fresh();
    await writeAsBefore(fixture.query, before(0, 300));
    await using stack = new AsyncDisposableStack();
    const stores = Array.from({ length: 3 }, () => stack.use(fixture.open()));
    await Promise.all(stores.map(async (store, i) => {
      for (let round = 0; round < 5; round++) {
        await store.adopt();
        await writeWithRetries(store, { entries: [entry(key(1_000 + 10 * i + round)), entry(key(round))] });
      }
    }));
    const { unadopted, entries } = await assertAccount(fixture.query);
    assertEquals([unadopted, entries], [0, 315]);
  });

  Deno.test(`${name}: verify() finds minutes and hours that are too high, too low, missing and surplus, and repair() puts them right`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const entries = Array.from({ length: 60 }, (_, n) => entry({ ...key(n), serviceName: `s-${n % 4}` }));
    await write(store, { entries });
    assertEquals((await store.verify()).times, []);
    await fixture.query("UPDATE service_severity_hours SET count = count + 5 WHERE service_name = 's-0'");
    await fixture.query("DELETE FROM service_severity_hours WHERE service_name = 's-1'");
    await fixture.query("UPDATE service_severity_minutes SET count = count - 2 WHERE service_name = 's-2'");
    await fixture.query("DELETE FROM service_severity_minutes WHERE service_name = 's-3'");
    await fixture.query(
      "INSERT INTO service_severity_minutes (minute, service_name, severity, count) VALUES ('2026-01-02 03:05:00', 'x', 'fatal', 3)",
    );
    const { times, differences } = await store.verify();
    assertEquals(differences, []);
    assertEquals(
      times.filter(({ of }) => of === "hour").map(({ serviceName, stored, counted }) => [serviceName, stored, counted]),
      [
        ["s-0", 15, 20],
        ["s-1", 15, 0],
      ],
    );
    assertGreater(times.filter(({ of }) => of === "minute").length, 1);
    assertEquals((await store.repair()).times, times);
    assertEquals((await store.verify()).times, []);
    await assertAccount(fixture.query);
  });

  Deno.test(`${name}: verify() finds filters that miss a word, and repair() writes them anew`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const words = (n: number) => entry({ ...key(n), payload: `word_${n}`, attributes: { trace: `t${n}` } });
    for (const from of [0, 1_000, 2_000]) {
      await write(store, { entries: Array.from({ length: 700 }, (_, n) => words(from + n)) });
    }
    await write(store, { entries: [words(9_000)] });
    assertEquals((await store.verify()).filters, []);
    const { batches } = await assertAccount(fixture.query);
    const [first, second, third, last] = batches.map(({ id }) => id);
    await fixture.query(`UPDATE word_filters SET bits = X'00' WHERE batch = ${first} AND chunk = 1`);
    await fixture.query(`DELETE FROM word_filters WHERE batch = ${second}`);
    await fixture.query(`UPDATE batches SET word_filter = NULL WHERE id = ${last}`);
    const { filters, times } = await store.verify();
    assertEquals(filters?.map(({ batch, day }) => [batch, day]), [first, second, last].map((id) => [id, "2026-01-02"]));
    assertGreater(filters![0]!.missing, 0);
    assertEquals([times, filters![1]!.missing, filters![2]!.missing], [[], 1_400, 2]);
    assertEquals((await store.repair()).filters, filters);
    assertEquals((await store.verify()).filters, []);
    const after = await assertAccount(fixture.query);
    assertEquals(after.batches.map(({ filter }) => filter), [first!, second!, third!, last!]);
  });

  Deno.test(`${name}: counts by minute name so many services, and verify() finds no difference in that`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open({ minuteServices: 2 });
    await using other = fixture.open({ minuteServices: 3 });
    const entries = (from: number) =>
      Array.from({ length: 30 }, (_, n) => entry({ ...key(from + n), serviceName: `s-${n % 6}` }));
    await write(store, { entries: entries(0) });
    await write(other, { entries: entries(30).reverse() });
    const { times } = await store.verify();
    assertEquals(times, []);
    await assertAccount(fixture.query);
    const [others] = await fixture.query(
      "SELECT SUM(count) AS n FROM service_severity_minutes WHERE service_name = ''",
    );
    assertEquals(Number(others?.n), 20 + 15);
  });

  Deno.test(`${name}: mergeFilters() makes one filter of the small batches of an hour that is over, and each word is found`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    for (let n = 0; n < 12; n++) {
      await write(store, { entries: [entry({ ...key(n), payload: `word_${n} of batch ${n}` })] });
    }
    await write(store, {
      entries: Array.from({ length: 3_000 }, (_, n) => entry({ ...key(1_000 + n), payload: `w${n}` })),
    });
    assertEquals(await store.mergeFilters(), 0, "the hour is not over");
    // As if all had been two hours ago.
    const earlier = 2n * 3_600_000n << 21n;
    await fixture.query(`UPDATE service_logs SET batch = batch - ${earlier}`);
    await fixture.query(`UPDATE word_filters SET batch = batch - ${earlier}`);
    await fixture.query(`UPDATE batches SET word_filter = word_filter - ${earlier}, id = id - ${earlier}`);
    const before = await assertAccount(fixture.query);
    assertEquals(await store.mergeFilters(), 12);
    const after = await assertAccount(fixture.query);
    assertEquals(after.filters, before.filters - 11);
    const last = after.batches[11]!.id;
    assertEquals(after.batches.map(({ filter }) => filter), [
      ...Array.from({ length: 12 }, () => last),
      after.batches[12]!.id,
    ]);
    assertEquals(await store.mergeFilters(), 0);
  });

  Deno.test(`${name}: indexed() says that the indexes of reading are there, and buildIndexes() has nothing to do`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    assertEquals([await store.indexed(), await store.buildIndexes()], [true, "done"]);
  });
}
