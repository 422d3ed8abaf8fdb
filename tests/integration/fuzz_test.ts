/**
 * 100,000 messages of every kind of nonsense, over real gRPC, through the monitor, into real databases: each is an entry
 * or a dead letter, none is both, none is lost, and what is parked is parked byte by byte.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { createConnection } from "mysql2/promise";
import { DatabaseSync } from "node:sqlite";
import { run } from "../../src/cli/run.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { DEAD_LETTER_REASONS } from "../../src/entry/entry.ts";
import { Random } from "../../src/ops/random.ts";
import { subscriptionName, topicName } from "../../src/pubsub/admin.ts";
import { startDatabase } from "../support/database.ts";
import { fakeWorld } from "../support/world.ts";

const MESSAGES = 100_000;
const SEED = Number(Deno.env.get("LMS_FUZZ_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]!);
const TOPIC = topicName("lms", "log-topic");
const UTF8 = new TextEncoder();
const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A payload, and what must become of it where that is known. */
interface Fuzzed {
  readonly data: Uint8Array;
  readonly must: "entry" | "dead letter" | "either";
}

const AWKWARD = [
  ...[
    "",
    "\u0000",
    "\ufeff",
    "\u2028",
    "\u202e",
    "\uffff",
    "\u{10ffff}",
    "👩‍👩‍👧‍👦",
    "é",
    "e\u0301",
    "\\",
    "'",
    '"',
    "%",
    ";--",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "NULL",
    "\ud800",
    "\udc00",
    "\t\r\n",
    "ß".repeat(101),
    "x".repeat(65_535),
  ],
];
const TIMES = [
  "2026-01-01T00:00:00Z",
  "2016-12-31T23:59:60Z",
  "0000-00-00T00:00:00Z",
  "9999-12-31T23:59:59.999999999Z",
  "now",
];

/** One fuzzer: a kind of nonsense. */
const KINDS: readonly ((random: Random) => Fuzzed)[] = [
  valid,
  valid,
  (random) => ({ data: bytes(random, random.below(300) + 1), must: "either" }),
  (random) => ({ data: joined(valid(random).data, new Uint8Array([0xff])), must: "dead letter" }),
  (random) => ({ data: flipped(valid(random).data, random), must: "either" }),
  (random) => {
    const { data } = valid(random);
    return { data: data.subarray(0, 1 + random.below(data.length - 1)), must: "dead letter" };
  },
  (random) => ({ data: joined(valid(random).data, valid(random).data), must: "dead letter" }),
  (random) => ({ data: json(odd(random)), must: "either" }),
  (random) => ({ data: json(random.pick([null, true, 1e308, [], [valid], "text", -0])), must: "dead letter" }),
  (random) => ({ data: nested(random.below(20_000) + 1), must: "dead letter" }),
  (random) => ({
    data: json({ ...fields(random), payload: "x".repeat(65_536 + random.below(100)) }),
    must: "dead letter",
  }),
  (random) => ({
    data: UTF8.encode(`{"service_name":"a","payload":"\\ud800","severity":"${random.pick(["info", "warn"])}"}`),
    must: "dead letter",
  }),
  (random) => ({
    data: UTF8.encode(`${JSON.stringify(fields(random)).slice(0, -1)},"severity":"fatal"}`),
    must: "entry",
  }),
];

function fields(random: Random): Record<string, unknown> {
  return {
    service_name: `service ${random.below(50)}`,
    payload: `payload ${random.uint32()} ${random.pick(AWKWARD.slice(0, 18)).toWellFormed()}`,
    severity: random.pick(["debug", "INFO", "Warning", "error", "fatal"]),
  };
}

function valid(random: Random): Fuzzed {
  return { data: json(fields(random)), must: "entry" };
}

/** An object with any value for any field. */
function odd(random: Random): unknown {
  const any = (): unknown => random.pick<unknown>([...AWKWARD, null, 7, 1e21, true, [], {}, ...TIMES]);
  const object = fields(random);
  for (const name of ["service_name", "payload", "severity", "timestamp", "__proto__", "constructor"]) {
    if (random.chance(0.3)) Object.defineProperty(object, name, { value: any(), enumerable: true });
    else if (random.chance(0.1)) delete object[name];
  }
  return object;
}

function json(value: unknown): Uint8Array {
  return UTF8.encode(JSON.stringify(value));
}

function nested(depth: number): Uint8Array {
  return UTF8.encode("[".repeat(depth) + "]".repeat(depth));
}

function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function flipped(data: Uint8Array, random: Random): Uint8Array {
  const copy = data.slice();
  for (let i = 0; i < 3; i++) copy[random.below(copy.length)]! ^= 1 << random.below(8);
  return copy;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** What is stored, read past the store: ids of entries, and dead letters with their data. */
interface Stored {
  readonly entries: readonly string[];
  readonly deadLetters: readonly { readonly id: string; readonly reason: string; readonly data: Uint8Array }[];
  readonly counted: number;
}

async function fuzz(database: string, read: () => Promise<Stored>): Promise<void> {
  await using server = await FakeServer.start({ port: 0, seed: SEED, faults: { duplicateShare: 0.02, reorder: true } });
  server.createTopic(TOPIC);
  server.createSubscription({ name: subscriptionName("lms", "log-sub"), topic: TOPIC });
  const random = new Random(SEED);
  const published = new Map<string, Fuzzed>();
  for (let group = 0; group < MESSAGES; group += 1_000) {
    const messages = Array.from({ length: 1_000 }, () => random.pick(KINDS)(random));
    const ids = server.publish(TOPIC, messages.map(({ data }) => ({ data, attributes: { n: String(group) } })));
    ids.forEach((id, i) => published.set(id, messages[i]!));
  }
  const world = fakeWorld(["mon", `--database=${database}`], {
    PUBSUB_EMULATOR_HOST: server.address,
    FLUSHINTERVAL: "1",
  });
  const ended = run(world);
  const failed = ended.then((code) => {
    throw new Error(`the monitor ended with ${code}: ${world.complaints.join("\n")}`);
  });
  failed.catch(() => {});
  await Promise.race([server.waitFor(({ outstanding, waiting }) => outstanding + waiting === 0), failed]);
  world.stop();
  assertEquals(await ended, 0);

  const { entries, deadLetters, counted } = await read();
  assertEquals(entries.length + deadLetters.length, MESSAGES);
  assertEquals(counted, entries.length);
  assertEquals(new Set([...entries, ...deadLetters.map(({ id }) => id)]).size, MESSAGES);
  for (const id of entries) {
    const { must, data } = published.get(id)!;
    assert(must !== "dead letter", `stored as an entry: ${new TextDecoder().decode(data).slice(0, 200)}`);
    STRICT.decode(data);
  }
  for (const { id, reason, data } of deadLetters) {
    const expected = published.get(id)!;
    assert(expected.must !== "entry", `parked (${reason}): ${new TextDecoder().decode(data).slice(0, 200)}`);
    assert((DEAD_LETTER_REASONS as readonly string[]).includes(reason) && reason !== "rejected_by_store", reason);
    assert(data.length === expected.data.length && data.every((byte, i) => byte === expected.data[i]), id);
  }
  assertGreater(entries.length, MESSAGES / 5);
  assertGreater(deadLetters.length, MESSAGES / 5);
}

Deno.test(`lms mon settles ${MESSAGES} fuzzed messages into SQLite, each once (LMS_FUZZ_SEED=${SEED})`, async () => {
  const folder = await Deno.makeTempDir({ prefix: "lms-fuzz-" });
  try {
    await fuzz(`sqlite:${folder}/lms.db`, () => {
      using db = new DatabaseSync(`${folder}/lms.db`);
      return Promise.resolve({
        entries: db.prepare("SELECT message_id FROM service_logs").all().map((row) => String(row.message_id)),
        deadLetters: db.prepare("SELECT message_id, reason, data FROM dead_letters").all().map((row) => ({
          id: String(row.message_id),
          reason: String(row.reason),
          data: row.data as Uint8Array,
        })),
        counted: Number(db.prepare("SELECT SUM(count) AS n FROM service_severity").get()?.n),
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (const kind of ["mysql", "mariadb"] as const) {
  Deno.test(`lms mon settles ${MESSAGES} fuzzed messages into ${kind}, each once (LMS_FUZZ_SEED=${SEED})`, async () => {
    await using server = await startDatabase(kind);
    await using database = await server.freshDatabase();
    await fuzz(database.url, async () => {
      const connection = await createConnection({ uri: database.url });
      try {
        const rows = async (sql: string) => (await connection.query(sql))[0] as Record<string, unknown>[];
        return {
          entries: (await rows("SELECT message_id FROM service_logs")).map((row) => String(row.message_id)),
          deadLetters: (await rows("SELECT message_id, reason, data FROM dead_letters")).map((row) => ({
            id: String(row.message_id),
            reason: String(row.reason),
            data: row.data as Uint8Array,
          })),
          counted: Number((await rows("SELECT SUM(`count`) AS n FROM service_severity"))[0]?.n),
        };
      } finally {
        await connection.end();
      }
    });
  });
}
