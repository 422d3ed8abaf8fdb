/**
 * How quick the page is, and what it takes. It prints what it measured and asserts nothing, because machines differ:
 *
 *     measure.ts [--minutes=10] [--rate=500]            over logs in memory, and its memory while it follows
 *     measure.ts --rows=10000000 [--rate=5000] [--rounds=20]   over a real database with so many rows
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { startChromium } from "../support/chromium.ts";
import { measureMemory } from "./measuring/memory.ts";
import { measureQuickness } from "./measuring/quickness.ts";
import { measureStored } from "./measuring/stored.ts";

const flags = parseArgs(Deno.args, { string: ["minutes", "rate", "rows", "rounds"] });
const { minutes = "10", rows, rounds = "20", rate = rows === undefined ? "500" : "5000" } = flags;

await using browser = await startChromium();
if (rows !== undefined) {
  await measureStored(browser, { rows: Number(rows), rate: Number(rate), rounds: Number(rounds) });
} else {
  await measureQuickness(browser);
  await measureMemory(browser, { minutes: Number(minutes), rate: Number(rate) });
}
