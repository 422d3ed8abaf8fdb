import { assertEquals } from "@std/assert";
import { logObserver } from "../../../src/app/log_observer.ts";
import { openLog } from "../../../src/ops/logger.ts";
import type { Flush } from "../../../src/pipeline.ts";
import { FakeTime } from "../../support/time.ts";

const FLUSH: Flush = {
  trigger: "count",
  size: 3,
  bytes: 300,
  durationMs: 1.4,
  stored: 2,
  deadLettered: 0,
  duplicates: 1,
  landed: [],
  undecodable: [],
};

const SOURCE = { held: 7, heldBytes: 700, openStreams: 2, withoutStreamMs: 0 };

function setup(heartbeatMs = 0) {
  const told: Record<string, unknown>[] = [];
  const log = openLog({ level: "info", format: "json", write: (line) => told.push(JSON.parse(line)) });
  return { told, observer: logObserver(log, { heartbeatMs, graceMs: 30_000 }) };
}

Deno.test("logObserver() tells of each flush, with the sums of all so far", () => {
  const { told, observer } = setup();
  observer.flushed?.(FLUSH);
  observer.flushed?.(FLUSH);
  assertEquals(
    told.map(({ msg, ms, stored, total_stored, total_duplicates }) => ({
      msg,
      ms,
      stored,
      total_stored,
      total_duplicates,
    })),
    [
      { msg: "flushed", ms: 1, stored: 2, total_stored: 2, total_duplicates: 1 },
      { msg: "flushed", ms: 1, stored: 2, total_stored: 4, total_duplicates: 2 },
    ],
  );
});

Deno.test("logObserver() gives a sign of life after a while without a flush, until the run ends", async () => {
  using time = new FakeTime();
  const { told, observer } = setup(1_000);
  observer.pulling?.(SOURCE);
  await time.tickAsync(900);
  observer.flushed?.(FLUSH);
  await time.tickAsync(999);
  assertEquals(told.filter(({ msg }) => msg === "alive"), []);
  await time.tickAsync(1);
  assertEquals(told.map(({ msg, held, open_streams }) => [msg, held, open_streams]).at(-1), ["alive", 7, 2]);
  observer.ending?.();
  await time.tickAsync(10_000);
  assertEquals([told.length, time.timers], [2, 0]);
});

Deno.test("logObserver() says of messages given back how many they are, and nothing of none", () => {
  const { told, observer } = setup();
  observer.handedBack?.(0);
  observer.handedBack?.(5);
  assertEquals(told.map(({ msg, count }) => [msg, count]), [["gave messages back unsettled", 5]]);
});
