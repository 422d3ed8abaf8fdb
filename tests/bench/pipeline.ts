/**
 * One round of the main job: a published backlog, through LMS with its defaults, into both tables.
 *
 * @module
 */
import mysql from "mysql2/promise";
import { subscriptionName, topicName } from "../../src/pubsub/admin.ts";
import { FakeServer } from "../../src/pubsub/fake_server.ts";
import { traffic } from "../../src/sim/traffic.ts";
import { LmsProcess } from "../support/lms_process.ts";
import type { TestServer } from "../support/database.ts";
import { usageOf } from "./process_usage.ts";

/** What to run. */
export interface PipelineOptions {
  readonly server: TestServer;
  /** Rounded up to whole batches, so that no batch waits for its interval. */
  readonly messages: number;
  readonly payloadBytes: number;
  readonly seed: number;
}

/** What a round measured. */
export interface PipelineRound {
  readonly messages: number;
  /** From the first open stream to the last acknowledgement. */
  readonly seconds: number;
  readonly messagesPerSecond: number;
  /** Processor time of LMS, its start included. */
  readonly cpuMicrosPerMessage: number;
  readonly peakBytes: number;
}

const BATCH_SIZE = 5_000;
const PROJECT = "lms";

/** Runs a round against a fresh database, and checks that everything arrived. */
export async function pipelineRound({ server, messages, payloadBytes, seed }: PipelineOptions): Promise<PipelineRound> {
  const count = Math.ceil(messages / BATCH_SIZE) * BATCH_SIZE;
  await using database = await server.freshDatabase();
  await using pubsub = await FakeServer.start({ host: "127.0.0.1", port: 0, shuffleIds: true });
  const topic = topicName(PROJECT, "log-topic");
  pubsub.createTopic(topic);
  pubsub.createSubscription({ name: subscriptionName(PROJECT, "log-sub"), topic });
  const source = traffic({ seed, payloadBytes });
  for (let left = count; left > 0; left -= BATCH_SIZE) pubsub.publish(topic, source.take(BATCH_SIZE));

  await using lms = new LmsProcess(["mon"], {
    PUBSUB_EMULATOR_HOST: pubsub.address,
    PUBSUB_PROJECT_ID: PROJECT,
    DATABASE_URL: database.url,
  });
  await Promise.race([pubsub.waitFor(({ openStreams }) => openStreams > 0), failure(lms)]);
  const startedAt = performance.now();
  await Promise.race([pubsub.waitFor(({ acknowledged }) => acknowledged >= count), failure(lms)]);
  const seconds = (performance.now() - startedAt) / 1000;
  const usage = await usageOf(lms.pid);
  lms.signal("SIGTERM");
  const { code, stderr } = await lms.ended();
  if (code !== 0) throw new Error(`LMS ended with ${code}: ${stderr.slice(-2_000)}`);
  await check(database.url, count);
  return {
    messages: count,
    seconds: Number(seconds.toFixed(3)),
    messagesPerSecond: Math.round(count / seconds),
    cpuMicrosPerMessage: Number((usage.cpuSeconds * 1e6 / count).toFixed(2)),
    peakBytes: usage.peakBytes,
  };
}

async function failure(lms: LmsProcess): Promise<never> {
  const { code, stderr } = await lms.ended();
  throw new Error(`LMS ended with ${code}: ${stderr.slice(-2_000)}`);
}

async function check(url: string, count: number): Promise<void> {
  const connection = await mysql.createConnection(url);
  try {
    const [rows] = await connection.query(
      "SELECT (SELECT COUNT(*) FROM service_logs) AS entries, (SELECT SUM(`count`) FROM service_severity) AS counted",
    );
    const { entries, counted } = (rows as { entries: number; counted: string }[])[0]!;
    if (entries !== count || Number(counted) !== count) {
      throw new Error(`published ${count}, stored ${entries}, counted ${counted}`);
    }
  } finally {
    await connection.end();
  }
}
