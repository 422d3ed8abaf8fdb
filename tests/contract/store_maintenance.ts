/**
 * The contract's cases about what operators do: verify, repair, and what becomes of dead letters.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type MessageKey, SEVERITIES } from "../../src/entry/entry.ts";
import { MIGRATIONS } from "../../src/store/schema.ts";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import { StoreError } from "../../src/store/store.ts";
import { entry, key } from "../support/entries.ts";
import { deadLetter, type MakeFixture, type StoreFixture, write, writeWithRetries } from "./store_fixture.ts";

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) =>
    entry({
      ...key(from + i),
      serviceName: `service-${(from + i) % 3}`,
      severity: SEVERITIES[(from + i) % SEVERITIES.length]!,
    }));

const keyOf = ({ publishTime, messageId }: MessageKey): MessageKey => ({ publishTime, messageId });

/** Registers the cases. */
export function exerciseMaintenance(name: string, fresh: MakeFixture): void {
  Deno.test(`${name}: facts() tell the server, the packet, the mode and the schema`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const { server, packetBytesMax, strict, schemaVersion } = await store.facts();
    assert(/^(MySQL|MariaDB|SQLite) \d+\.\d+\.\d+$/.test(server), server);
    assert(packetBytesMax === undefined || packetBytesMax >= 16 * 1024 * 1024, String(packetBytesMax));
    assertEquals([strict, schemaVersion], [true, MIGRATIONS.length]);
  });

  Deno.test(`${name}: verify() of what write() stored finds no difference, and counts it`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: numbered(0, 45), deadLetters: [deadLetter(key(100))] });
    const found = await store.verify();
    assertEquals(found.differences, []);
    assertEquals([found.entries, found.counted, found.inBoth], [45, 45, 0]);
    assertEquals(found.deadLetters, { open: 1, replayed: 0, dropped: 0 });
    assertEquals(found.reasons, { not_json: 1 });
    assertEquals(found.stored.reduce((sum, { count }) => sum + count, 0), 45);
    assertEquals(found.replayed, []);
  });

  Deno.test(`${name}: verify() orders services as the database does, by code points`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    // By UTF-16 units the emoji would stand before the full-width letter and the private one.
    const names = ["a", "ab", "b", "\ue000", "\uff21", "\u{1f600}", "\u{1f600}a", "\u{1f601}"];
    await write(store, { entries: names.map((serviceName, n) => entry({ ...key(n), serviceName })) });
    await fixture.query("UPDATE service_severity SET count = count + 1");
    const { stored, differences } = await store.verify();
    assertEquals(stored.map(({ serviceName }) => serviceName), names);
    assertEquals(differences.map(({ serviceName }) => serviceName), names);
    assertEquals((await store.severityCounts()).map(({ serviceName }) => serviceName), names);
  });

  Deno.test(`${name}: verify() finds counters that are too high, too low, missing and surplus, and repair() puts them right`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: numbered(0, 45) });
    const row = (number: number, severity: string) => `service_name = 'service-${number}' AND severity = '${severity}'`;
    await fixture.query(`UPDATE service_severity SET count = count + 5 WHERE ${row(0, "debug")}`);
    await fixture.query(`UPDATE service_severity SET count = count - 2 WHERE ${row(1, "info")}`);
    await fixture.query(`DELETE FROM service_severity WHERE ${row(2, "warn")}`);
    await fixture.query("INSERT INTO service_severity (service_name, severity, count) VALUES ('nobody', 'fatal', 7)");
    const differences = [
      { serviceName: "nobody", severity: "fatal", stored: 0, counted: 7 },
      { serviceName: "service-0", severity: "debug", stored: 3, counted: 8 },
      { serviceName: "service-1", severity: "info", stored: 3, counted: 1 },
      { serviceName: "service-2", severity: "warn", stored: 3, counted: 0 },
    ] as const;
    assertEquals((await store.verify()).differences, differences);
    assertEquals((await store.repair()).differences, differences);
    const after = await store.verify();
    assertEquals([after.differences, after.entries, after.counted], [[], 45, 45]);
    assertEquals((await store.repair()).differences, []);
  });

  Deno.test(`${name}: verify() finds a message that is an entry and an open dead letter`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { deadLetters: [deadLetter(key(1))] });
    const { publishTime, messageId } = key(1);
    await fixture.query(
      `INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, timestamp) \
VALUES ('${publishTime}', '${messageId}', 's', 'p', 'info', '${publishTime}')`,
    );
    assertEquals((await store.verify()).inBoth, 1);
  });

  Deno.test(`${name}: repair() beside writers keeps what they count, and of several at once each leaves exact counters`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: numbered(0, 30) });
    await fixture.query("UPDATE service_severity SET count = count + 1000");
    let repairing = true;
    const repairs = Promise.all([0, 1].map(async () => {
      await using repairer = fixture.open();
      for (let round = 0; round < 5; round++) {
        await repairer.repair().catch((error) => {
          if (!(error instanceof StoreError && error.disposition === "retry")) throw error;
        });
      }
    })).finally(() => repairing = false);
    let next = 1_000;
    await Promise.all([0, 1, 2].map(async () => {
      await using writer = fixture.open();
      while (repairing) {
        const from = next;
        next += 20;
        await writeWithRetries(writer, { entries: numbered(from, from + 20) });
      }
    }));
    await repairs;
    await store.repair();
    const found = await store.verify();
    assertEquals([found.differences, found.entries], [[], 30 + next - 1_000]);
    assertEquals(found.counted, found.entries);
  });

  Deno.test(`${name}: listDeadLetters() filters, pages and counts, in key order`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const again = { messageId: key(3).messageId, publishTime: key(9).publishTime };
    const letters = [
      deadLetter({ ...key(1), data: new Uint8Array(1_000) }),
      deadLetter({ ...key(2), reason: "bad_field", detail: "severity: \u0000 is none", attributes: { a: "ü\"'" } }),
      deadLetter(key(3)),
      deadLetter(again),
    ];
    await write(store, { deadLetters: letters });
    assertEquals(await store.drop([key(3)]), [key(3)]);
    const ids = async (filter: Parameters<MaintainedStore["listDeadLetters"]>[0]) =>
      (await store.listDeadLetters(filter)).map(keyOf);
    assertEquals(await ids({ limit: 9 }), [key(1), key(2), key(3), again]);
    assertEquals(await ids({ limit: 2, after: key(1) }), [key(2), key(3)]);
    assertEquals(await ids({ limit: 9, statuses: ["open"] }), [key(1), key(2), again]);
    assertEquals(await ids({ limit: 9, statuses: ["dropped", "replayed"] }), [key(3)]);
    assertEquals(await ids({ limit: 9, reason: "bad_field" }), [key(2)]);
    assertEquals(await ids({ limit: 9, messageIds: [key(3).messageId, "no such"] }), [key(3), again]);
    assertEquals(await ids({ limit: 9, messageIds: [] }), []);
    assertEquals(await store.countDeadLetters({ statuses: ["open"] }), 3);
    const [first] = await store.listDeadLetters({ limit: 1 });
    assertEquals([first?.bytes, first?.status], [1_000, "open"]);
    const [whole] = await store.deadLettersByKey([key(2), key(77)]);
    const { reason, detail, data, attributes } = letters[1]!;
    assertEquals([whole?.reason, whole?.detail, whole?.data, whole?.attributes], [reason, detail, data, attributes]);
  });

  Deno.test(`${name}: replay() moves dead letters to service_logs and counts them; redelivered they stay settled`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const letters = [1, 2, 3].map((number) => deadLetter(key(number)));
    await write(store, { entries: numbered(10, 20), deadLetters: letters });
    const entries = [entry({ ...key(1), severity: "fatal" }), entry({ ...key(2), severity: "fatal" })];
    assertEquals(await store.replay(entries), { replayed: [key(1), key(2)], settled: [], refused: [] });
    const redelivered = { entries: [entry(key(3))], deadLetters: letters.slice(0, 2) };
    assertEquals((await write(store, redelivered)).duplicates, 3);
    assertEquals((await write(store, { entries })).duplicates, 2);
    const found = await store.verify();
    assertEquals([found.entries, found.counted, found.differences, found.inBoth], [12, 12, [], 0]);
    assertEquals(found.deadLetters, { open: 1, replayed: 2, dropped: 0 });
    assertEquals(found.replayed, [{ serviceName: entries[0]!.serviceName, severity: "fatal", count: 2 }]);
    assertEquals((await store.entriesByKey(entries)).map(({ createdAt: _, ...rest }) => rest), entries);
  });

  Deno.test(`${name}: replay() of what was replayed, or never was a dead letter, changes nothing`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: [entry(key(5))], deadLetters: [deadLetter(key(1)), deadLetter(key(2))] });
    const entries = [1, 2, 5, 7].map((number) => entry(key(number)));
    assertEquals((await store.replay(entries.slice(0, 1))).replayed, [key(1)]);
    assertEquals(await store.replay(entries), {
      replayed: [key(2)],
      settled: [key(1), key(5), key(7)],
      refused: [],
    });
    const found = await store.verify();
    assertEquals([found.entries, found.counted, found.differences, found.inBoth], [3, 3, [], 0]);
  });

  Deno.test(`${name}: replay() of an entry that is stored already counts nothing, and settles its dead letter`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: [entry(key(1))], deadLetters: [deadLetter(key(2))] });
    // What no version of the program does: a message in both tables.
    await fixture.query(
      `UPDATE dead_letters SET publish_time = '${key(1).publishTime}', message_id = '${key(1).messageId}'`,
    );
    assertEquals((await store.verify()).inBoth, 1);
    assertEquals(await store.replay([entry(key(1))]), { replayed: [], settled: [key(1)], refused: [] });
    const found = await store.verify();
    assertEquals([found.entries, found.counted, found.differences, found.inBoth], [1, 1, [], 0]);
  });

  Deno.test(`${name}: verify() beside writers sees no difference, in whatever moment it looks`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    let [looking, next] = [true, 0];
    const writers = [0, 1, 2].map(async () => {
      await using writer = fixture.open();
      while (looking) {
        const from = next;
        next += 15;
        await writeWithRetries(writer, {
          entries: numbered(from, from + 15),
          deadLetters: [deadLetter(key(500_000 + from))],
        });
      }
    });
    try {
      for (let round = 0; round < 25; round++) {
        const { differences, entries, deadLetters } = await store.verify();
        assertEquals(differences, []);
        assertEquals(entries, deadLetters.open * 15);
      }
    } finally {
      looking = false;
      await Promise.all(writers);
    }
  });

  Deno.test(`${name}: replay() takes a dropped dead letter too`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { deadLetters: [deadLetter(key(1))] });
    await store.drop([key(1)]);
    assertEquals((await store.replay([entry(key(1))])).replayed, [key(1)]);
    assertEquals((await store.verify()).deadLetters, { open: 0, replayed: 1, dropped: 0 });
  });

  Deno.test(`${name}: replay() moves the neighbours of an entry that the database refuses`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const numbers = [1, 2, 3, 4, 5];
    await write(store, { deadLetters: numbers.map((number) => deadLetter(key(number))) });
    const entries = numbers.map((number) =>
      entry({ ...key(number), payload: number === 3 ? "x".repeat(70_000) : "ok" })
    );
    const { replayed, settled, refused } = await store.replay(entries);
    assertEquals([replayed, settled], [[1, 2, 4, 5].map(key), []]);
    assertEquals(refused.map((one) => one.key), [key(3)]);
    assert(refused[0]!.detail.length > 0);
    const found = await store.verify();
    assertEquals([found.entries, found.differences, found.deadLetters.open], [4, [], 1]);
  });

  Deno.test(`${name}: drop() settles open dead letters only; redelivered they stay dropped`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { deadLetters: [1, 2, 3].map((number) => deadLetter(key(number))) });
    await store.replay([entry(key(3))]);
    assertEquals(await store.drop([key(3), key(2), key(1), key(9)]), [key(1), key(2)]);
    assertEquals(await store.drop([key(1)]), []);
    assertEquals((await write(store, { entries: [entry(key(1))], deadLetters: [deadLetter(key(2))] })).duplicates, 2);
    const found = await store.verify();
    assertEquals([found.entries, found.deadLetters], [1, { open: 0, replayed: 1, dropped: 2 }]);
  });

  Deno.test(`${name}: replay() raced by redeliveries and by another replay stores each message once`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const numbers = Array.from({ length: 60 }, (_, i) => i);
    await write(store, { deadLetters: numbers.map((number) => deadLetter(key(number))) });
    const entries = numbers.map((number) => entry(key(number)));
    const results = await together(fixture, [
      async (one) => (await one.replay(entries)).replayed.length,
      async (one) => (await one.replay(entries.toReversed())).replayed.length,
      async (one) => (await writeWithRetries(one, { entries })).stored,
      async (one) =>
        (await writeWithRetries(one, { deadLetters: numbers.map((number) => deadLetter(key(number))) })).deadLettered,
    ]);
    assertEquals(results[0]! + results[1]!, 60);
    assertEquals(results.slice(2), [0, 0]);
    const found = await store.verify();
    assertEquals([found.entries, found.counted, found.differences, found.inBoth], [60, 60, [], 0]);
  });

  Deno.test(`${name}: maintenance of a database without tables fails and names the command`, async () => {
    await using fixture = await fresh({ migrated: false });
    await using store = fixture.open();
    for (const action of [() => store.verify(), () => store.facts(), () => store.listDeadLetters({ limit: 1 })]) {
      const error = await assertRejects(action, StoreError);
      assertEquals(error.disposition, "fatal");
      assert(error.message.includes("lms migrate"), error.message);
    }
  });
}

/** Runs actions at once, each on a store of its own. */
async function together<T>(
  fixture: StoreFixture,
  actions: readonly ((store: MaintainedStore) => Promise<T>)[],
): Promise<T[]> {
  return await Promise.all(actions.map(async (action) => {
    await using store = fixture.open();
    return await action(store);
  }));
}
