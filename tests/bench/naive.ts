/**
 * A subscriber as most services are written, as a process: the library's `Subscription`, a handler that is called for
 * each message, arrays that are flushed at 5,000 messages or after a second, one INSERT for the rows and one upsert for
 * the counters in a transaction, and ack() when that has committed. Sensible, ordinary code: one flush at a time, flow
 * control wide enough for four batches.
 *
 * @module
 */
import { type Message, PubSub } from "@google-cloud/pubsub";
import { createPool, type ResultSetHeader } from "mysql2/promise";

const BATCH_SIZE = 5_000;
const FLUSH_EVERY_MS = 1_000;

const pubsub = new PubSub({
  projectId: Deno.env.get("PUBSUB_PROJECT_ID")!,
  apiEndpoint: Deno.env.get("PUBSUB_EMULATOR_HOST")!,
  // Both keep the library from asking around for where it runs.
  emulatorMode: true,
  universeDomain: "googleapis.com",
});
const pool = createPool(Deno.env.get("DATABASE_URL")!);
const subscription = pubsub.subscription("log-sub", { flowControl: { maxMessages: 4 * BATCH_SIZE } });
let messages: Message[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let lastFlush: Promise<void> = Promise.resolve();

subscription.on("message", (message) => {
  messages.push(message);
  if (messages.length >= BATCH_SIZE) flush();
  else timer ??= setTimeout(flush, FLUSH_EVERY_MS);
});
subscription.on("error", (error) => {
  throw error;
});
Deno.addSignalListener("SIGTERM", async () => {
  flush();
  await lastFlush;
  await subscription.close();
  Deno.exit(0);
});

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  const batch = messages;
  messages = [];
  lastFlush = lastFlush.then(() => store(batch));
}

async function store(batch: readonly Message[]): Promise<void> {
  if (batch.length === 0) return;
  const rows: string[][] = [];
  const counts = new Map<string, [serviceName: string, severity: string, count: number]>();
  for (const message of batch) {
    const { service_name: serviceName, payload, severity } = JSON.parse(message.data.toString());
    const publishTime = message.publishTime.toISOString().slice(0, 26).replace("T", " ").replace("Z", "");
    rows.push([publishTime, message.id, serviceName, payload, severity, publishTime]);
    const key = `${serviceName} ${severity}`;
    const count = counts.get(key);
    if (count === undefined) counts.set(key, [serviceName, severity, 1]);
    else count[2]++;
  }
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    await connection.query<ResultSetHeader>(
      "INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, `timestamp`) VALUES ?",
      [rows],
    );
    await connection.query<ResultSetHeader>(
      "INSERT INTO service_severity (service_name, severity, `count`) VALUES ? \
ON DUPLICATE KEY UPDATE `count` = `count` + VALUES(`count`)",
      [[...counts.values()]],
    );
    await connection.commit();
  } finally {
    connection.release();
  }
  for (const message of batch) message.ack();
}
