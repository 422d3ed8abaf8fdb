/**
 * The store alone, as a process: batches that are ready in memory, handed to its `write` by two writers. What the
 * database and LMS's statements allow on this machine when nothing else runs.
 *
 * Prints a line when everything is ready, begins when it is sent one, prints the seconds from the first write to the
 * last commit, and ends when its input does.
 *
 * @module
 */
import type { LogEntry } from "../../src/entry/entry.ts";
import { instantOfDate } from "../../src/entry/instant.ts";
import { parseDatabaseUrl } from "../../src/store/database_url.ts";
import { openStore } from "../../src/store/open_store.ts";
import { MessageSource, shuffledId } from "./messages.ts";

const WRITERS = 2;
const BATCH_SIZE = 5_000;
/** As many messages share a publish time as share one in the backlog of the other sides. */
const MESSAGES_PER_MS = 500;

const messages = Number(Deno.env.get("MESSAGES"));
const parsed = parseDatabaseUrl(Deno.env.get("DATABASE_URL")!);
if (!parsed.ok) throw new Error(parsed.problem);
await using store = openStore(parsed.value, { writers: WRITERS, onWarning: () => {} });
await store.probe();

const source = new MessageSource({ payloadBytes: Number(Deno.env.get("PAYLOAD_BYTES")), services: 3 });
const startMs = Number(Deno.env.get("START_MS"));
const entries = Array.from({ length: messages }, (_, index): LogEntry => {
  const { data, serviceName, severity } = source.next();
  const publishTime = instantOfDate(new Date(startMs + Math.floor(index / MESSAGES_PER_MS)));
  const { payload } = JSON.parse(new TextDecoder().decode(data));
  return { publishTime, messageId: shuffledId(startMs, index), serviceName, payload, severity, timestamp: publishTime };
});
say("ready");
const input = Deno.stdin.readable.getReader();
await input.read();

let next = 0;
const startedAt = performance.now();
await Promise.all(Array.from({ length: WRITERS }, async () => {
  while (next < entries.length) {
    const batch = entries.slice(next, next += BATCH_SIZE);
    await store.write({ entries: batch, deadLetters: [] }, { signal: new AbortController().signal });
  }
}));
say(String((performance.now() - startedAt) / 1000));
// What it used is read from outside, so it stays until it is told to leave.
await input.read();

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
