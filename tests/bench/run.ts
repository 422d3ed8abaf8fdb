/**
 * Measures how fast LMS is. Everything runs on this machine and shares it: the database, the embedded Pub/Sub (in this
 * process) and LMS (a process of its own, as its users run it).
 *
 *     deno task bench [--messages=200000] [--rounds=5] [--payload=100] [--database=mysql|mariadb]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { startDatabase } from "../support/database.ts";
import { type PipelineRound, pipelineRound } from "./pipeline.ts";

const flags = parseArgs(Deno.args, { string: ["messages", "rounds", "payload", "database", "output"] });
const messages = wholeNumber("messages", flags.messages ?? "200000");
const rounds = wholeNumber("rounds", flags.rounds ?? "5");
const payloadBytes = wholeNumber("payload", flags.payload ?? "100");
const database = flags.database ?? "mysql";
if (database !== "mysql" && database !== "mariadb") throw new Error(`unknown database: ${database}`);

await using server = await startDatabase(database);
say(
  `pipeline: ${messages} messages of ${payloadBytes} bytes payload, embedded Pub/Sub into ${server.version}, defaults`,
);
const results: PipelineRound[] = [];
for (let round = 1; round <= rounds; round++) {
  const result = await pipelineRound({ server, messages, payloadBytes, seed: round });
  results.push(result);
  say(`  round ${round}: ${described(result)}`);
}
const median = middle(results);
say(`  median:  ${described(median)}`);
say(`  spread:  ${Math.min(...rates(results))} to ${Math.max(...rates(results))} messages/s`);
const output = flags.output ?? "output";
await Deno.mkdir(output, { recursive: true });
const report = { scenario: "pipeline", database: server.version, messages, payloadBytes, median, rounds: results };
await Deno.writeTextFile(`${output}/bench.json`, `${JSON.stringify(report, null, 2)}\n`);

function described({ messagesPerSecond, cpuMicrosPerMessage, peakBytes }: PipelineRound): string {
  return `${messagesPerSecond} messages/s, LMS: ${cpuMicrosPerMessage} us CPU per message, ` +
    `${Math.round(peakBytes / 1e6)} MB at its peak`;
}

function rates(results: readonly PipelineRound[]): number[] {
  return results.map(({ messagesPerSecond }) => messagesPerSecond);
}

function middle(results: readonly PipelineRound[]): PipelineRound {
  return results.toSorted((a, b) => a.messagesPerSecond - b.messagesPerSecond)[results.length >> 1]!;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1)) throw new Error(`--${name} must be a whole number from 1: ${text}`);
  return value;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
