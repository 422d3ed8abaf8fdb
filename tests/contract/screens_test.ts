/**
 * What people see, at the widths of their terminals, with and without colours. Each screen is a file beside, in which ⎋
 * stands for the escape character; `UPDATE_SCREENS=1` writes them anew.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { run } from "../../src/cli/run.ts";
import { fullId } from "../../src/commands/dead_letters/ids.ts";
import { batchLines } from "../../src/commands/batches/table.ts";
import { LOGS } from "../../src/commands/logs/command.ts";
import { showLogs } from "../../src/commands/logs/run.ts";
import { statusLine } from "../../src/commands/mon/run.ts";
import { askedFor } from "../../src/commands/reading/asked.ts";
import { STATS } from "../../src/commands/stats/command.ts";
import { showStats } from "../../src/commands/stats/run.ts";
import { textBlock, textLine } from "../../src/ops/log_line.ts";
import { Terminal } from "../../src/ops/terminal.ts";
import { displayWidth } from "../../src/ops/width.ts";
import { severityTable } from "../../src/sim/manifest_table.ts";
import { openStore } from "../../src/store/open_store.ts";
import { key } from "../support/entries.ts";
import { ledgerBatch, MemoryLogQueries, readEntry } from "../support/memory_log_queries.ts";
import { commandLine } from "../support/reading_command.ts";
import { temporaryFolder } from "../support/run_lms.ts";
import { fakeWorld } from "../support/world.ts";
import { deadLetter, write } from "./store_fixture.ts";

interface Look {
  readonly columns: number;
  readonly colour: boolean;
}

const LETTERS = [
  deadLetter({ ...key(1), reason: "bad_field", detail: "severity: 重大 is none of debug, info, warn, error, fatal" }),
  deadLetter({
    ...key(2),
    reason: "not_json",
    detail: "👩‍🚀 is no JSON",
    attributes: { 地域: "東京", "trace\x1b[2J": "🇩🇪" },
  }),
  deadLetter({ ...key(3), reason: "rejected_by_store", detail: "\x1b[31m a text that goes on and on ".repeat(4) }),
];

async function commandScreen(args: readonly string[], look: Look): Promise<readonly string[]> {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/lms.db`;
  {
    await using store = openStore({ kind: "sqlite", path }, { writers: 1, onWarning: () => {} });
    await store.migrate({ dryRun: false });
    await write(store, { deadLetters: LETTERS });
  }
  const world = fakeWorld(args, { DATABASE_URL: `sqlite:${path}` }, { results: look });
  assertEquals(await run(world), 0, world.complaints.join("\n"));
  return world.printed.join("\n").split("\n").map((line) => line.replace(/(stored|changed) {2,}\d\S+/, "$1  (a time)"));
}

/** What stands on a terminal at the end, its status included. */
function onTerminal({ columns, colour }: Look, draw: (terminal: Terminal) => void): readonly string[] {
  let written = "";
  const terminal = new Terminal({ write: (text) => written += text, live: true, columns: () => columns, colour });
  draw(terminal);
  return written.split("\n");
}

const COUNTS = new Map([
  ["alpha", { debug: 1, info: 2_204, warn: 31, error: 4, fatal: 0 }],
  ["支払いサービス", { debug: 0, info: 7, warn: 0, error: 12_345, fatal: 1 }],
  ["🚀 launch", { debug: 0, info: 0, warn: 0, error: 0, fatal: 0 }],
]);

const DAYS_LATER = "2026-01-04 00:00:00.000000";

/** Entries of every severity, with what text has that is hard to show. */
const ENTRIES = [
  readEntry({ ...key(1), severity: "debug", payload: "cache miss", attributes: { trace: "4bf92f3577b34da6" } }),
  readEntry({ ...key(2), serviceName: "支払いサービス", payload: "注文 123 を受け付けました 👩‍🚀" }),
  readEntry({ ...key(3), severity: "warn", payload: "slow", timestamp: "2026-01-02 03:03:01.250000" }),
  readEntry({ ...key(4), severity: "error", serviceName: "🚀 launch", payload: "connection refused\n  at line 1" }),
  readEntry({
    publishTime: DAYS_LATER,
    severity: "fatal",
    payload: "\x1b[31m\u202eevil",
    attributes: { 地域: "東京 1" },
  }),
];

async function logsScreen(args: readonly string[], look: Look): Promise<readonly string[]> {
  const queries = new MemoryLogQueries();
  queries.entries.push(...ENTRIES);
  const { config, context, words, world } = commandLine(LOGS, args, { results: look });
  await showLogs({ queries, config, context, asked: askedFor(words, { config }) });
  return [...world.printed, ...world.noted];
}

async function statsScreen(args: readonly string[], look: Look): Promise<readonly string[]> {
  const queries = new MemoryLogQueries();
  for (const [at, entry] of ENTRIES.entries()) {
    for (let n = 0; n < at * at; n++) queries.entries.push({ ...entry, messageId: `${n}` });
  }
  const { config, context, words, world } = commandLine(STATS, args, { results: look });
  await showStats({ queries, config, context, words });
  return [...world.printed, ...world.noted];
}

const BATCHES = [
  ledgerBatch({
    entries: 5_000,
    cause: "count",
    bytes: 812_345,
    writeMs: 61,
    publishTimeFirst: DAYS_LATER,
    publishTimeLast: DAYS_LATER,
  }),
  ledgerBatch({ entries: 0, deadLetters: 3, duplicates: 12, instance: 4_095 }),
];

const TIME = new Date("2026-11-24T10:11:12.345Z");

const SCREENS: Readonly<Record<string, (look: Look) => readonly string[] | Promise<readonly string[]>>> = {
  help: (look) => commandScreen(["--help"], look),
  help_dead_letters: (look) => commandScreen(["dead-letters", "--help"], look),
  logs: (look) => logsScreen(["-n4"], look),
  logs_context: (look) => logsScreen(["-C1", "severity:debug,error,fatal"], look),
  stats: (look) => statsScreen(["--from=2026-01-02", "--to=2026-01-05"], look),
  batches: (look) => batchLines(BATCHES, look),
  list: (look) => commandScreen(["dead-letters", "list"], look),
  list_groups: (look) => commandScreen(["dead-letters", "list", "--group=reason"], look),
  show: (look) => commandScreen(["dead-letters", "show", fullId(LETTERS[1]!)], look),
  mon: (look) =>
    onTerminal(look, (terminal) => {
      const record = { time: TIME, level: "info", message: "flushed", fields: {} } as const;
      const { colour } = look;
      terminal.line(
        textBlock({ ...record, message: "plan", fields: { batch_size: 5_000, "飛行中": "20,000" } }, colour),
      );
      terminal.line(textLine({ ...record, fields: { size: 5_000, trigger: "count", write_ms: 61 } }, colour));
      terminal.line(textLine({ ...record, level: "warn", message: "the database is away" }, colour));
      terminal.line(textLine({ ...record, level: "error", message: "Cannot go on: 駄目 \x1b[2J" }, colour));
      terminal.status([statusLine({ stored: 1_234_567, seconds: 60, held: 20_000, openStreams: 4 })]);
    }),
  demo: (look) =>
    onTerminal(look, (terminal) => terminal.table(severityTable(COUNTS, { ...look, columns: look.columns - 1 }))),
};

const HERE = new URL("./screens/", import.meta.url);
// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[\d;]*m/g;

for (const [name, screen] of Object.entries(SCREENS)) {
  for (const columns of [60, 80, 200]) {
    for (const colour of [false, true]) {
      Deno.test(`the screen ${name} at ${columns} columns, ${colour ? "with" : "without"} colours`, async () => {
        const lines = await screen({ columns, colour });
        const shown = `${lines.join("\n").replaceAll("\x1b", "⎋")}\n`;
        const file = new URL(`${name}_${columns}${colour ? "_colour" : ""}.txt`, HERE);
        if (Deno.env.get("UPDATE_SCREENS") === "1") await Deno.writeTextFile(file, shown);
        assertEquals(shown, await Deno.readTextFile(file));
        if (!colour) assert(!shown.includes("⎋"), shown);
        // A log line, an entry and a dead letter are shown whole, and the terminal wraps them.
        if (["mon", "show", "logs", "logs_context"].includes(name)) return;
        for (const line of lines) assert(displayWidth(line.replace(COLOURS, "")) <= columns, line);
      });
    }
  }
}
