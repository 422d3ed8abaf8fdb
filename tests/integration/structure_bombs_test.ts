/**
 * What messages cost that are made to cost much: the monitor as a process of its own, in front of a real database.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { usageOf } from "../bench/process_usage.ts";
import { startDatabase } from "../support/database.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { migrated } from "../contract/server_fixture.ts";
import { publish, publishData, startPubSub } from "../contract/monitor_fixture.ts";

const BOMBS = 12;
const GOOD = 1_000;
/** Well below 512 MiB. From source the program has 40 MB more, of its modules. */
const RESIDENT_BYTES_MAX = Deno.env.get("LMS_BIN") ? 400e6 : 440e6;

/** Valid JSON of 9.8 MB, of which each byte would take 56 in memory. */
function structureBomb(): Uint8Array {
  const depth = 4_900_000;
  const head = new TextEncoder().encode('{"service_name":"alpha","payload":"x","severity":"info","z":');
  const bomb = new Uint8Array(head.length + 2 * depth + 1).fill("[".charCodeAt(0));
  bomb.set(head);
  bomb.fill("]".charCodeAt(0), head.length + depth);
  bomb[bomb.length - 1] = "}".charCodeAt(0);
  return bomb;
}

Deno.test("lms mon keeps 12 structure bombs whole among 1,000 good messages, within its memory and without a restart", async () => {
  await using server = await startDatabase("mysql");
  await using database = await migrated(server);
  await using pubsub = await startPubSub();
  await using monitor = new LmsProcess(["mon"], {
    PUBSUB_EMULATOR_HOST: pubsub.address,
    DATABASE_URL: database.url,
    FLUSHINTERVAL: "1",
  });
  await pubsub.waitFor(({ openStreams }) => openStreams === 4);
  const bomb = structureBomb();
  for (let n = 0; n < BOMBS; n++) {
    publish(pubsub, { from: n * 80, count: 80 });
    publishData(pubsub, bomb);
  }
  publish(pubsub, { from: BOMBS * 80, count: GOOD - BOMBS * 80 });
  await pubsub.waitFor(({ acknowledged }) => acknowledged === BOMBS + GOOD);
  const { peakBytes } = await usageOf(monitor.pid);
  monitor.signal("SIGTERM");
  assertEquals((await monitor.ended()).code, 0);
  const [entries] = await database.query("SELECT COUNT(*) AS count FROM service_logs");
  const letters = await database.query("SELECT reason, LENGTH(data) AS bytes FROM dead_letters");
  assertEquals([Number(entries?.count), letters.length], [GOOD, BOMBS]);
  for (const { reason, bytes } of letters) assertEquals([reason, Number(bytes)], ["too_large", bomb.length]);
  assert(peakBytes < RESIDENT_BYTES_MAX, `${Math.round(peakBytes / 1e6)} MB at its peak`);
});
