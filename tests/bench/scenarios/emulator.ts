/**
 * The main job from Google's own emulator, where this machine has one.
 *
 * @module
 */
import { createConnection } from "mysql2/promise";
import { ensureResources, subscriptionName, topicName } from "../../../src/pubsub/admin.ts";
import { connect } from "../../../src/pubsub/connection.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf } from "../contest.ts";
import { Account, MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { usageOf } from "../process_usage.ts";
import type { Result, Round } from "../result.ts";
import { type Bench, databaseOf, pause, type Scenario } from "../scenario.ts";
import { failure, lms, stop } from "../subject.ts";
import { checkTables, migratedDatabase } from "../tables.ts";
import { described } from "../throughput.ts";

const BATCH_SIZE = 5_000;
const PAYLOAD_BYTES = 100;
const MESSAGES_PER_PUBLISH = 1_000;
const EVERY_MS = 20;

/** No ratio: the emulator, and not LMS, is the limit. It shows that the other figures are of a server like Google's. */
export const emulator: Scenario = {
  name: "emulator",
  summary: "the same job from Google's Pub/Sub emulator, which limits it; left out where there is none",
  async run(bench): Promise<Result> {
    const messages = wholeBatches(amount(bench.options, { full: 50_000, quick: 10_000 }), BATCH_SIZE);
    const setting = { database: databaseOf(bench), messages, payload: `${PAYLOAD_BYTES} B` };
    let google: Emulator;
    try {
      google = await startEmulator();
    } catch (error) {
      bench.say(`  left out: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
      return { scenario: "emulator", setting: { ...setting, emulator: "none" }, rows: [], ratios: [] };
    }
    await using _stop = google;
    const contestants = [{
      label: "LMS, Google's emulator",
      run: () => emulatorRound(bench, google.address, messages),
    }];
    const rounds = await contest(bench, contestants);
    return { scenario: "emulator", setting, rows: ratesOf(contestants, rounds), ratios: [] };
  },
};

/** Timed from the first batch that is visible to the last one; the first does not count, since nobody saw it begin. */
async function emulatorRound(bench: Bench, address: string, messages: number): Promise<Round> {
  const { signal } = bench;
  const projectId = `lms-${crypto.randomUUID().slice(0, 8)}`;
  const topic = topicName(projectId, "log-topic");
  const account = new Account();
  const since = new Date().toISOString().slice(0, 19).replace("T", " ");
  await using pubsub = await connect({ projectId, endpoint: address, plaintext: true });
  await ensureResources(pubsub, { topic, subscription: subscriptionName(projectId, "log-sub") });
  const source = new MessageSource({ payloadBytes: PAYLOAD_BYTES, services: 3 });
  for (let left = messages; left > 0; left -= MESSAGES_PER_PUBLISH) {
    const request = Array.from({ length: MESSAGES_PER_PUBLISH }, () => source.next());
    const [{ messageIds }] = await pubsub.publisher.publish({ topic, messages: request.map(({ data }) => ({ data })) });
    messageIds!.forEach((id, index) => account.add(request[index]!, { id, payloadBytes: PAYLOAD_BYTES }));
    signal.throwIfAborted();
  }
  await using database = await migratedDatabase(bench.server);
  const connection = await createConnection({ uri: database.url });
  try {
    const side = lms();
    await using process = side.start({
      PUBSUB_EMULATOR_HOST: address,
      PUBSUB_PROJECT_ID: projectId,
      DATABASE_URL: database.url,
    });
    const failed = failure(side.label, process);
    let firstBatch: { readonly counted: number; readonly at: number } | undefined;
    for (let counted = 0; counted < messages;) {
      const [[sum]] = await connection.query(
        "SELECT COALESCE(SUM(`count`), 0) AS counted FROM service_severity",
      ) as unknown as [
        [{ counted: string }],
      ];
      counted = Number(sum!.counted);
      if (counted > 0) firstBatch ??= { counted, at: performance.now() };
      if (counted < messages) await Promise.race([pause(EVERY_MS, signal), failed]);
    }
    const seconds = (performance.now() - firstBatch!.at) / 1000;
    const { cpuSeconds, peakBytes } = await usageOf(process.pid);
    await stop(side.label, process);
    await checkTables(database, { account, since, before: new Map() });
    const value = (messages - firstBatch!.counted) / seconds;
    const round: Round = { value, cpuMicrosWithStart: cpuSeconds * 1e6 / messages, peakBytes };
    bench.say(`    LMS, Google's emulator: ${described(round)}`);
    return round;
  } finally {
    await connection.end();
  }
}
