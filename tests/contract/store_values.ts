/**
 * The contract's cases about values: which come back exactly, and which are refused.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { DEAD_LETTER_REASONS, type LogEntry, SEVERITIES, type Severity } from "../../src/entry/entry.ts";
import { entry, key } from "../support/entries.ts";
import { assertStored, assertWriteFails, deadLetter, type MakeFixture, write } from "./store_fixture.ts";

/** Every ASCII character, and what is special to SQL, to UTF-8 and to readers of text. */
const AWKWARD = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join("") +
  "'' \\' \\\\ \\0 \\Z %_ -- /* */ # ; ? ?? :name \u{feff} é ß 日本 🚀👩‍👩‍👧 \u{10ffff} \ufffd";

const ACCEPTED: readonly (readonly [what: string, fields: Partial<LogEntry>])[] = [
  ["an empty payload", { payload: "" }],
  ["a payload of awkward characters", { payload: AWKWARD }],
  ["a payload that begins with a byte order mark", { payload: "\u{feff}x" }],
  ["a payload that ends in spaces", { payload: "x  " }],
  ["a payload of 65,535 bytes", { payload: "é".repeat(32_767) + "x" }],
  ["a payload of 65,535 quotes", { payload: "'".repeat(65_535) }],
  ["a service name of awkward characters", { serviceName: "a'\"\\`\0\x1a\n%🚀" }],
  ["a service name of NUL alone", { serviceName: "\0" }],
  ["a service name of 100 characters beyond the basic plane", { serviceName: "🚀".repeat(100) }],
  ["the first microsecond of the year 1000", { timestamp: "1000-01-01 00:00:00.000000" }],
  ["the last microsecond of the year 9999", { timestamp: "9999-12-31 23:59:59.999999" }],
  ["a leap day", { timestamp: "2024-02-29 12:34:56.000001" }],
  ["a time that daylight saving skips", { timestamp: "2026-03-29 02:30:00.654321" }],
  ["a publish time of the year 1000", { publishTime: "1000-01-01 00:00:00.000000" }],
  ["a publish time of the year 9999", { publishTime: "9999-12-31 23:59:59.999999" }],
  ["a message id of 128 characters", { messageId: "~".repeat(128) }],
  ["a message id of awkward characters", { messageId: "a'\\\"%_ b" }],
];

const REFUSED: readonly (readonly [what: string, fields: Partial<LogEntry>])[] = [
  ["a payload of 65,536 bytes", { payload: "x".repeat(65_536) }],
  ["a payload of 65,536 bytes in fewer characters", { payload: "é".repeat(32_768) }],
  ["a payload with a lone surrogate", { payload: "x\ud800y" }],
  ["a service name with a lone surrogate", { serviceName: "\udfff" }],
  ["a service name of 101 characters", { serviceName: "x".repeat(101) }],
  ["a service name of 101 characters beyond the basic plane", { serviceName: "🚀".repeat(101) }],
  ["an unknown severity", { severity: "loud" as Severity }],
  ["an empty severity", { severity: "" as Severity }],
  ["a severity in capitals with a blank", { severity: "INFO " as Severity }],
  ["a date that does not exist", { timestamp: "2026-02-30 00:00:00.000000" }],
  ["a date of zeros", { timestamp: "0000-00-00 00:00:00.000000" }],
  ["a timestamp that is none", { timestamp: "yesterday" }],
  ["a publish time that does not exist", { publishTime: "2026-13-01 00:00:00.000000" }],
  ["a message id of 129 characters", { messageId: "x".repeat(129) }],
  ["a message id beyond ASCII", { messageId: "é" }],
];

/** Registers the cases. */
export function exerciseValues(name: string, fresh: MakeFixture): void {
  for (const [what, fields] of ACCEPTED) {
    Deno.test(`${name}: write() stores ${what} exactly`, async () => {
      await using fixture = await fresh();
      await using store = fixture.open();
      const stored = entry({ ...key(1), ...fields });
      await write(store, { entries: [stored] });
      await assertStored(store, { entries: [stored] });
    });
  }

  for (const [what, fields] of REFUSED) {
    Deno.test(`${name}: write() rejects a batch with ${what}, and stores nothing of it`, async () => {
      await using fixture = await fresh();
      await using store = fixture.open();
      const good = entry(key(1));
      await assertWriteFails(store, {
        entries: [good, entry({ ...key(2), ...fields })],
        deadLetters: [deadLetter(key(3))],
      }, "reject");
      await assertStored(store, { entries: [] });
      assertEquals((await write(store, { entries: [good] })).stored, 1);
      await assertStored(store, { entries: [good] });
    });
  }

  Deno.test(`${name}: write() rejects a batch with a detail of 1,001 characters, and stores nothing of it`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const long = deadLetter({ ...key(2), detail: "é".repeat(1_001) });
    await assertWriteFails(store, { entries: [entry(key(1))], deadLetters: [long] }, "reject");
    await assertStored(store, { entries: [] });
  });

  Deno.test(`${name}: write() keeps services apart that differ in case or accent`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const names = ["A", "a", "\u00e1", "a\u0301", "ß", "ss", "a b"];
    const entries = names.map((serviceName, n) => entry({ ...key(n), serviceName }));
    await write(store, { entries });
    await assertStored(store, { entries });
    const counts = await store.severityCounts();
    assertEquals(counts.map(({ serviceName }) => serviceName), ["A", "a", "a b", "a\u0301", "ss", "ß", "\u00e1"]);
  });

  Deno.test(`${name}: severityCounts() is ordered by service, then from debug to fatal`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    // In code points 🚀 comes after U+FF5E, in UTF-16 units before it.
    const services = ["🚀", "～", "b", "B"];
    const pairs = services.flatMap((serviceName) => SEVERITIES.map((severity) => ({ serviceName, severity })));
    await write(store, { entries: pairs.reverse().map((pair, n) => entry({ ...key(n), ...pair })) });
    assertEquals(
      await store.severityCounts(),
      ["B", "b", "～", "🚀"].flatMap((serviceName) =>
        SEVERITIES.map((severity) => ({ serviceName, severity, count: 1 }))
      ),
    );
  });

  Deno.test(`${name}: entriesByKey() returns what is stored of the keys, each once and in key order`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const entries = Array.from({ length: 2_300 }, (_, n) => entry(key(n)));
    await write(store, { entries });
    const keys = [key(9_999), ...entries, key(5), { ...key(7), messageId: "none" }].reverse();
    const found = await store.entriesByKey(keys);
    assertEquals(found.map(({ messageId }) => messageId), entries.map(({ messageId }) => messageId));
    assertEquals(await store.entriesByKey([]), []);
  });

  Deno.test(`${name}: write() says in created_at when it ran, in UTC`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: [entry(key(1))] });
    const [stored] = await store.entriesByKey([key(1)]);
    const at = Date.parse(`${stored!.createdAt.replace(" ", "T")}Z`);
    assert(Math.abs(at - Date.now()) < 60_000, `created_at is ${stored!.createdAt}`);
  });

  Deno.test(`${name}: write() counts again in updated_at, and keeps created_at`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { entries: [entry(key(1))] });
    const times = async () => (await fixture.query("SELECT created_at, updated_at FROM service_severity"))[0]!;
    const before = await times();
    // The clock of some stores has milliseconds.
    for (let n = 2; (await times()).updated_at === before.updated_at; n++) {
      await write(store, { entries: [entry(key(n))] });
    }
    assertEquals((await times()).created_at, before.created_at);
    assert(String((await times()).updated_at) > String(before.updated_at));
  });

  Deno.test(`${name}: write() keeps a dead letter whole, for every reason`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const attributes = { "": "empty key", "quote\"'\\": AWKWARD, "__proto__x": "\0", googclient_schema: "" };
    const deadLetters = DEAD_LETTER_REASONS.map((reason, n) =>
      deadLetter({ ...key(n), reason, detail: `${reason} ${AWKWARD}`, data: everyByte.subarray(n), attributes })
    );
    assertEquals((await write(store, { deadLetters })).deadLettered, DEAD_LETTER_REASONS.length);
    const rows = await fixture.query(
      "SELECT message_id, reason, HEX(detail) AS detail, HEX(data) AS data, attributes, status FROM dead_letters ORDER BY message_id",
    );
    assertEquals(
      rows.map((row) => ({ ...row, attributes: JSON.parse(String(row.attributes)) })),
      deadLetters.map((letter) => ({
        message_id: letter.messageId,
        reason: letter.reason,
        detail: new TextEncoder().encode(letter.detail).toHex().toUpperCase(),
        data: letter.data.toHex().toUpperCase(),
        attributes,
        status: "open",
      })),
    );
  });

  Deno.test(`${name}: write() keeps a dead letter of 10,000,000 bytes beside many small ones`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const data = new Uint8Array(10_000_000).fill(0xff);
    const small = Array.from({ length: 130 }, (_, n) => deadLetter({ ...key(n), data: new Uint8Array(0) }));
    const result = await write(store, {
      deadLetters: [...small, deadLetter({ ...key(500), data, detail: "é".repeat(1_000) })],
    });
    assertEquals(result.deadLettered, 131);
    const [row] = await fixture.query("SELECT COUNT(*) AS n, SUM(LENGTH(data)) AS bytes FROM dead_letters");
    assertEquals([Number(row?.n), Number(row?.bytes)], [131, data.length]);
  });

  Deno.test(`${name}: write() stores a batch of 10 MB that takes twice as much when escaped`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const entries = Array.from({ length: 160 }, (_, n) => entry({ ...key(n), payload: `"`.repeat(65_535) }));
    assertEquals((await write(store, { entries })).stored, 160);
    assertEquals(await store.totals(), { entries: 160, counted: 160, deadLetters: 0 });
  });
}
