import { assertEquals } from "@std/assert";
import { EntryLog } from "../../../src/app/entry_log.ts";
import type { LogEntry, MessageKey } from "../../../src/entry/entry.ts";
import { Terminal } from "../../../src/ops/terminal.ts";
import type { EntryReader, StoredEntry } from "../../../src/store/store.ts";
import { entry, key } from "../../support/entries.ts";

const CREATED_AT = "2026-01-02 03:04:05.000006";

/** Answers with what it was given, and notes how many rows it was asked for at once. */
function reader(entries: readonly LogEntry[]): EntryReader & { readonly asked: readonly number[] } {
  const asked: number[] = [];
  return {
    asked,
    entriesByKey(keys: readonly MessageKey[]): Promise<StoredEntry[]> {
      asked.push(keys.length);
      const wanted = new Set(keys.map(({ messageId }) => messageId));
      return Promise.resolve(
        entries.filter(({ messageId }) => wanted.has(messageId)).map((stored) => ({
          ...stored,
          createdAt: CREATED_AT,
        })),
      );
    },
    severityCounts: () => Promise.resolve([]),
    totals: () => Promise.resolve({ entries: 0, counted: 0, deadLetters: 0 }),
  };
}

interface Printed {
  /** Lines on stdout. */
  readonly lines: readonly string[];
  /** Lines on stderr. */
  readonly noted: readonly string[];
}

async function printed(log: EntryLog, store: EntryReader, stored: number, interactive = false): Promise<Printed> {
  const lines: string[] = [];
  const noted: string[] = [];
  const terminal = new Terminal({ write: (text) => void noted.push(text.trimEnd()), live: false });
  await log.print(store, { print: (line) => lines.push(line), terminal, interactive }, stored);
  return { lines, noted };
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => entry(key(i)));

Deno.test("EntryLog prints a header and the entries as the store has them, and notes how many records there are", async () => {
  const log = new EntryLog("all");
  const one = entry({ ...key(1), serviceName: "alpha", payload: "as it came" });
  log.add([one]);
  const { lines, noted } = await printed(log, reader([{ ...one, payload: 'as, "stored"' }]), 1);
  assertEquals(lines[0], "service_name,payload,severity,timestamp,created_at");
  assertEquals(lines[1]!.startsWith('alpha,"as, ""stored""",'), true, lines[1]);
  assertEquals(lines[1]!.endsWith(",2026-01-02T03:04:05.000006Z"), true, lines[1]);
  assertEquals([lines.length, noted], [2, ["1 record(s)"]]);
});

Deno.test("EntryLog prints exactly what is stored where a program reads it, and one safe line where a person does", async () => {
  const hostile = entry({ ...key(1), serviceName: "a", payload: "\x1b[2J\u009b31m\u202e\nb,c,info" });
  const log = new EntryLog("all");
  log.add([hostile]);
  assertEquals((await printed(log, reader([hostile]), 1)).lines[1]!.startsWith(`a,"${hostile.payload}",`), true);
  const [, shown, ...rest] = (await printed(log, reader([hostile]), 1, true)).lines;
  assertEquals(shown!.startsWith('a,"\\u001b[2J\\u009b31m\\u202e\\nb,c,info",'), true, shown);
  assertEquals(rest, []);
});

Deno.test("EntryLog of nothing prints the header and notes 0 record(s)", async () => {
  const { lines, noted } = await printed(new EntryLog("all"), reader([]), 0);
  assertEquals([lines.length, noted], [1, ["0 record(s)"]]);
});

Deno.test("EntryLog prints the first ones up to its most, and says so", async () => {
  const entries = numbered(5);
  const log = new EntryLog(3);
  log.add(entries.slice(0, 2));
  log.add(entries.slice(2));
  const { lines, noted } = await printed(log, reader(entries), 5);
  assertEquals(lines.length, 1 + 3);
  assertEquals(noted, ["(the first 3; --print-log all prints every one)", "5 record(s)"]);
});

Deno.test("EntryLog of at most none reads nothing and notes only the number", async () => {
  const store = reader([]);
  const log = new EntryLog(0);
  log.add(numbered(2));
  assertEquals(await printed(log, store, 2), { lines: [], noted: ["2 record(s)"] });
  assertEquals(store.asked, []);
});

Deno.test("EntryLog reads a thousand rows at once", async () => {
  const entries = numbered(2_001);
  const store = reader(entries);
  const log = new EntryLog("all");
  log.add(entries);
  assertEquals((await printed(log, store, 2_001)).lines.length, 1 + 2_001);
  assertEquals(store.asked, [1_000, 1_000, 1]);
});
