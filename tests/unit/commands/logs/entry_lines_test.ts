import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EntryLines } from "../../../../src/commands/logs/entry_lines.ts";
import { key } from "../../../support/entries.ts";
import { readEntry } from "../../../support/memory_log_queries.ts";

const FIRST = readEntry({ ...key(1), serviceName: "alpha", payload: "started" });

Deno.test("EntryLines writes time, severity, service and payload, aligned", () => {
  const lines = new EntryLines({});
  assertEquals(lines.of([FIRST, readEntry({ ...key(2), serviceName: "支払い", severity: "warn", payload: "" })]), [
    "2026-01-02T03:04:05.000001Z  info   alpha   started",
    "2026-01-02T03:04:05.000002Z  warn   支払い",
  ]);
  assertEquals(lines.of([FIRST]), ["2026-01-02T03:04:05.000001Z  info   alpha   started"]);
});

Deno.test("EntryLines shows the event's own time where it is of another second", () => {
  const at = (timestamp: string) => new EntryLines({}).of([{ ...FIRST, timestamp }])[0]!;
  assertEquals(at("2026-01-02 03:04:05.999999").includes("["), false);
  assertStringIncludes(at("2026-01-02 03:04:04.999999"), "alpha  [2026-01-02T03:04:04.999999Z]  started");
});

Deno.test("EntryLines names each day once on a narrow terminal, and times by the millisecond", () => {
  const lines = new EntryLines({ columns: 80 });
  const late = { ...FIRST, timestamp: "2026-01-01 23:59:59.000000" };
  assertEquals(lines.of([FIRST, late]), [
    "2026-01-02, by publish time (UTC)",
    "03:04:05.000  info   alpha  started",
    "03:04:05.000  info   alpha  [2026-01-01T23:59:59.000000Z]  started",
  ]);
  const { publishTime } = FIRST;
  const next = {
    ...FIRST,
    publishTime: publishTime.replace("01-02", "01-03"),
    timestamp: "2026-01-03 03:00:00.250000",
  };
  assertEquals(lines.of([next]), [
    "2026-01-03, by publish time (UTC)",
    "03:04:05.000  info   alpha  [03:00:00.250]  started",
  ]);
});

Deno.test("EntryLines shows attributes but Google's own, in quotes where they are not one word", () => {
  const attributes = { trace: "abc/1", "a b": 'x "y"\n', googclient_schemaencoding: "JSON" };
  assertStringIncludes(
    new EntryLines({}).of([{ ...FIRST, attributes }])[0]!,
    'started  trace=abc/1  "a b"="x \\"y\\"\\n"',
  );
});

Deno.test("EntryLines lets nothing through that moves the cursor or turns the text", () => {
  const evil = "\x1b[2J\u202e\x9b31m\r\n";
  const lines = new EntryLines({ columns: 80 }).of([
    { ...FIRST, serviceName: `a${evil}`, payload: evil, attributes: { [evil]: evil } },
  ]);
  for (const line of lines) assertEquals(/[\p{Cc}\u202e]/u.test(line), false, JSON.stringify(line));
});

Deno.test("EntryLines colours the severity and dims what stands beside, where colours are wanted", () => {
  const [line] = new EntryLines({ colour: true }).of([{ ...FIRST, severity: "error" }]);
  assertEquals(line, "\x1b[2m2026-01-02T03:04:05.000001Z\x1b[0m  \x1b[31merror\x1b[0m  alpha  started");
});

Deno.test("EntryLines cuts a long payload and a long service on a terminal, between characters, and nowhere else", () => {
  const payload = `${"x".repeat(1_999)}🚀${"y".repeat(9)}`;
  const long = { ...FIRST, payload, serviceName: "s".repeat(60) };
  const [line] = new EntryLines({ columns: 200 }).of([long]);
  assertStringIncludes(line!, `${"x".repeat(1_999)}… (11 more characters; --json has all)`);
  assertStringIncludes(line!, `  ${"s".repeat(23)}…  `);
  const [whole] = new EntryLines({}).of([long]);
  assert(whole!.endsWith(`${"s".repeat(60)}  ${payload}`));
});
