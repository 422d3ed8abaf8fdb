/**
 * The least that stores the messages, as a process: what LMS's guarantees cost is what LMS is slower than this.
 *
 * The same streams as LMS opens, through the generated client; JSON.parse; the same statements, with two writers; one
 * acknowledge for every 2,500 ids. No leases are kept, nothing is bounded, checked, deduplicated, parked or retried.
 *
 * @module
 */
import { type Connection, createConnection } from "mysql2/promise";
import { Buffer } from "node:buffer";
import { compareKeys, type LogEntry } from "../../src/entry/entry.ts";
import { instantOfProto, type TimestampLike } from "../../src/entry/instant.ts";
import { subscriptionName } from "../../src/pubsub/admin.ts";
import { connect } from "../../src/pubsub/connection.ts";
import { batchRecord } from "../../src/store/batch_record.ts";
import { MinuteServices } from "../../src/store/counts.ts";
import { LedgerIds } from "../../src/store/ledger_id.ts";
import { insertBatch, insertEntries } from "../../src/store/mysql/insert.ts";
import { recordStatements } from "../../src/store/mysql/record.ts";
import { BatchWords } from "../../src/words/batch_words.ts";

/** LMS's defaults, so that the two differ in nothing else. */
const STREAMS = 4;
const WRITERS = 2;
const BATCH_SIZE = 5_000;
const BATCH_BYTES = 16 * 1024 * 1024;
const OUTSTANDING_MAX = 20_000;
const OUTSTANDING_BYTES_MAX = 96 * 1024 * 1024;
const LEASE_SECONDS = 60;
const STATEMENT_BYTES_MAX = 8 * 1024 * 1024;
const ACK_IDS_MAX = 2_500;

interface Received {
  readonly ackId: string;
  readonly message: { readonly messageId: string; readonly publishTime: TimestampLike; readonly data: Uint8Array };
}

interface Stream {
  write(request: Record<string, unknown>): void;
  on(event: "data", listener: (response: { readonly receivedMessages: readonly Received[] }) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
}

class Batch {
  readonly entries: LogEntry[] = [];
  readonly ackIds: string[] = [];
  bytes = 0;
}

const project = Deno.env.get("PUBSUB_PROJECT_ID")!;
const batchSize = Number(Deno.env.get("BATCHSIZE") ?? BATCH_SIZE);
const outstandingMax = Math.max(OUTSTANDING_MAX, 4 * batchSize);
const subscription = subscriptionName(project, "log-sub");
const pubsub = await connect({ projectId: project, endpoint: Deno.env.get("PUBSUB_EMULATOR_HOST")!, plaintext: true });
const idle: Connection[] = [];
for (let writer = 0; writer < WRITERS; writer++) idle.push(await openConnection());
const full: Batch[] = [];
let open = new Batch();
const ids = new LedgerIds();
const services = new MinuteServices();
/** Writes and acknowledgements on their way. */
let underWay = 0;
let stopping = false;

Deno.addSignalListener("SIGTERM", () => {
  stopping = true;
  if (open.entries.length > 0) flush();
  leave();
});

const stub = await pubsub.subscriber.initialize() as unknown as {
  streamingPull(options: Record<string, unknown>): Stream;
};
for (let opened = 0; opened < STREAMS; opened++) {
  const headers = { "x-goog-request-params": `subscription=${encodeURIComponent(subscription)}` };
  const stream = stub.streamingPull({ otherArgs: { headers } });
  stream.on("data", ({ receivedMessages }) => receivedMessages.forEach(take));
  stream.on("error", (error) => {
    if (!stopping) throw error;
  });
  stream.write({
    subscription,
    streamAckDeadlineSeconds: LEASE_SECONDS,
    maxOutstandingMessages: outstandingMax / STREAMS,
    maxOutstandingBytes: OUTSTANDING_BYTES_MAX / STREAMS,
    clientId: crypto.randomUUID(),
    protocolVersion: 1,
  });
}

function take({ ackId, message: { messageId, publishTime: time, data } }: Received): void {
  if (open.bytes + data.length > BATCH_BYTES) flush();
  const { service_name: serviceName, payload, severity } = JSON.parse(
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString(),
  );
  const instant = instantOfProto(time);
  const publishTime = instant.ok ? instant.value : "";
  open.entries.push({ publishTime, messageId, serviceName, payload, severity, timestamp: publishTime });
  open.ackIds.push(ackId);
  open.bytes += data.length;
  if (open.entries.length >= batchSize) flush();
}

function flush(): void {
  full.push(open);
  open = new Batch();
  const connection = idle.pop();
  if (connection !== undefined) write(connection);
}

async function write(connection: Connection): Promise<void> {
  underWay++;
  for (let batch = full.shift(); batch !== undefined; batch = full.shift()) {
    await connection.query("START TRANSACTION");
    const begunAt = performance.now();
    const id = ids.next(Date.now(), 0);
    const words = new BatchWords();
    const add = (entry: LogEntry) => words.add(entry);
    let sending: Promise<unknown> = Promise.resolve();
    for (const sql of insertEntries(batch.entries, { bytesMax: STATEMENT_BYTES_MAX, batch: id, onRow: add })) {
      await sending;
      sending = connection.query(sql);
    }
    await sending;
    const record = batchRecord({
      id,
      instance: 0,
      cause: "count",
      // Counting by time relies on their order, and words on that of their days; the rows go as they came.
      entries: batch.entries.toSorted(compareKeys),
      deadLetters: 0,
      items: batch.entries.length,
      bytes: batch.bytes,
      words,
      writeMs: performance.now() - begunAt,
    }, services);
    await connection.query(insertBatch(record));
    for (const sql of recordStatements(record, STATEMENT_BYTES_MAX)) await connection.query(sql);
    await connection.query("COMMIT");
    for (let at = 0; at < batch.ackIds.length; at += ACK_IDS_MAX) {
      acknowledge(batch.ackIds.slice(at, at + ACK_IDS_MAX));
    }
  }
  idle.push(connection);
  underWay--;
  leave();
}

async function acknowledge(ackIds: string[]): Promise<void> {
  underWay++;
  await pubsub.subscriber.acknowledge({ subscription, ackIds });
  underWay--;
  leave();
}

/** Ends the process once it was told to and holds nothing. */
function leave(): void {
  if (stopping && underWay === 0) Deno.exit(0);
}

async function openConnection(): Promise<Connection> {
  const connection = await createConnection({ uri: Deno.env.get("DATABASE_URL")!, charset: "utf8mb4_bin" });
  await connection.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  return connection;
}
