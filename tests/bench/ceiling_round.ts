/**
 * One round of the store alone.
 *
 * @module
 */
import { Account, MessageSource, shuffledId } from "./messages.ts";
import { usageOf } from "./process_usage.ts";
import { ReferenceProcess } from "./reference_process.ts";
import type { Round } from "./result.ts";
import type { Bench } from "./scenario.ts";
import { checkTables, migratedDatabase } from "./tables.ts";
import { described } from "./throughput.ts";

/** Messages come from three services, as in the round it is compared with. */
const SERVICES = 3;

/** Runs `ceiling.ts` against a database of its own. Timed from its first write to its last commit. */
export async function ceilingRound(
  { server, signal, say }: Bench,
  { messages, payloadBytes }: { readonly messages: number; readonly payloadBytes: number },
): Promise<Round> {
  await using database = await migratedDatabase(server);
  const startMs = Date.now();
  await using process = new ReferenceProcess("ceiling.ts", {
    DATABASE_URL: database.url,
    MESSAGES: String(messages),
    PAYLOAD_BYTES: String(payloadBytes),
    START_MS: String(startMs),
  });
  const stopped = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
  await Promise.race([process.line(), stopped]);
  const idle = await usageOf(process.pid);
  await process.go();
  const seconds = Number(await Promise.race([process.line(), stopped]));
  const used = await usageOf(process.pid);
  const source = new MessageSource({ payloadBytes, services: SERVICES });
  const account = new Account();
  for (let index = 0; index < messages; index++) {
    account.add(source.next(), { id: shuffledId(startMs, index), payloadBytes });
  }
  const since = new Date(startMs).toISOString().slice(0, 19).replace("T", " ");
  await checkTables(database, { account, since, before: new Map() });
  const round: Round = {
    value: messages / seconds,
    cpuMicros: (used.cpuSeconds - idle.cpuSeconds) * 1e6 / messages,
    peakBytes: used.peakBytes,
  };
  say(`    ceiling: ${described(round)}`);
  return round;
}
