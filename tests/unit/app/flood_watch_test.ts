import { assertEquals } from "@std/assert";
import { FloodWatch } from "../../../src/app/flood_watch.ts";
import type { DeadLetter, DeadLetterReason } from "../../../src/entry/entry.ts";
import { openLog } from "../../../src/ops/logger.ts";
import { key } from "../../support/entries.ts";
import { FakeTime } from "../../support/time.ts";

const LOG_ENTRY = JSON.stringify({ insertId: "1", logName: "projects/p/logs/l", resource: { type: "global" } });

function setup() {
  const told: Record<string, unknown>[] = [];
  const log = openLog({ level: "info", format: "json", write: (line) => told.push(JSON.parse(line)) });
  const watch = new FloodWatch(log);
  const flush = (size: number, undecodable: number, { reason = "not_json", data = "x" }: {
    readonly reason?: DeadLetterReason;
    readonly data?: string;
  } = {}) =>
    watch.flushed({
      size,
      undecodable: Array.from({ length: undecodable }, (_, i): DeadLetter => ({
        ...key(i),
        reason,
        detail: "",
        data: new TextEncoder().encode(data),
        attributes: {},
      })),
    });
  return { told, flush };
}

Deno.test("FloodWatch tells of more than a tenth, and of twenty at least, with the reasons and what they look like", () => {
  using _time = new FakeTime();
  const { told, flush } = setup();
  flush(19, 19);
  flush(171, 0);
  assertEquals(told.length, 0);
  flush(2, 2, { reason: "missing_field", data: LOG_ENTRY });
  assertEquals(told.map(({ time: _, ...line }) => line), [{
    level: "warn",
    msg: "many messages are no log entries: they are kept as dead letters",
    messages: 192,
    undecodable: 21,
    reasons: { not_json: 19, missing_field: 2 },
    looks_like: "a Cloud Logging LogEntry",
  }]);
});

for (const [what, size, undecodable] of [["a tenth and no more", 200, 20], ["nineteen", 19, 19]] as const) {
  Deno.test(`FloodWatch says nothing of ${what}`, () => {
    using _time = new FakeTime();
    const { told, flush } = setup();
    flush(size, undecodable);
    assertEquals(told, []);
  });
}

Deno.test("FloodWatch tells of a flood that goes on once a minute, with all that came meanwhile", async () => {
  using time = new FakeTime();
  const { told, flush } = setup();
  for (let second = 0; second <= 120; second++) {
    flush(30, 30);
    await time.tickAsync(1_000);
  }
  assertEquals(told.map(({ undecodable }) => undecodable), [30, 1_800, 1_800]);
});

Deno.test("FloodWatch counts what comes within a minute, and forgets it then", async () => {
  using time = new FakeTime();
  const { told, flush } = setup();
  flush(15, 15);
  await time.tickAsync(60_000);
  flush(15, 15);
  await time.tickAsync(59_999);
  assertEquals(told, []);
  flush(5, 5);
  assertEquals(told.map(({ undecodable }) => undecodable), [20]);
});

Deno.test("FloodWatch says nothing after a flood is over, and tells of the next one at once", async () => {
  using time = new FakeTime();
  const { told, flush } = setup();
  flush(30, 30);
  for (let minute = 0; minute < 5; minute++) {
    await time.tickAsync(60_000);
    flush(1_000, 1);
  }
  assertEquals(told.length, 1);
  flush(1_000, 500);
  assertEquals(told.length, 2);
});
