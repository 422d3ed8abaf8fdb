/**
 * A subscriber that stores each message by itself, as a process: an INSERT and an upsert of the counter, autocommitted,
 * then ack(). `CONNECTIONS` says how many of the pool's connections work at once.
 *
 * @module
 */
import { PubSub } from "@google-cloud/pubsub";
import { createPool } from "mysql2/promise";

const ER_LOCK_DEADLOCK = 1213;

const pubsub = new PubSub({
  projectId: Deno.env.get("PUBSUB_PROJECT_ID")!,
  apiEndpoint: Deno.env.get("PUBSUB_EMULATOR_HOST")!,
  // Both keep the library from asking around for where it runs.
  emulatorMode: true,
  universeDomain: "googleapis.com",
});
const pool = createPool({
  uri: Deno.env.get("DATABASE_URL")!,
  connectionLimit: Number(Deno.env.get("CONNECTIONS") ?? "1"),
});
const subscription = pubsub.subscription("log-sub");

subscription.on("message", async (message) => {
  const { service_name: serviceName, payload, severity } = JSON.parse(message.data.toString());
  const publishTime = message.publishTime.toISOString().slice(0, 26).replace("T", " ").replace("Z", "");
  await execute(
    "INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, `timestamp`) VALUES (?, ?, ?, ?, ?, ?)",
    [publishTime, message.id, serviceName, payload, severity, publishTime],
  );
  await execute(
    "INSERT INTO service_severity (service_name, severity, `count`) VALUES (?, ?, 1) \
ON DUPLICATE KEY UPDATE `count` = `count` + 1",
    [serviceName, severity],
  );
  message.ack();
});
subscription.on("error", (error) => {
  throw error;
});
Deno.addSignalListener("SIGTERM", async () => {
  await subscription.close();
  Deno.exit(0);
});

/** Again after a deadlock, which changed nothing: several connections meet on the first counters. */
async function execute(sql: string, values: readonly string[]): Promise<void> {
  while (true) {
    try {
      await pool.execute(sql, [...values]);
      return;
    } catch (error) {
      if ((error as { errno?: number }).errno !== ER_LOCK_DEADLOCK) throw error;
    }
  }
}
