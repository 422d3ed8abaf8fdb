import { assertEquals } from "@std/assert";
import { inBackground, keepUp } from "../../../src/app/upkeep.ts";
import { openLog } from "../../../src/ops/logger.ts";
import { storeError } from "../../support/memory_store.ts";
import { FakeTime } from "../../support/time.ts";

function setup() {
  const calls: string[] = [];
  const lines: string[] = [];
  const answers: Record<string, (number | "busy" | "done" | Error)[]> = {
    buildIndexes: [],
    adopt: [],
    mergeFilters: [],
  };
  const answer = (name: string) => () => {
    calls.push(name);
    const next = answers[name]!.shift() ?? (name === "buildIndexes" ? "done" : 0);
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next as never);
  };
  const store = { buildIndexes: answer("buildIndexes"), adopt: answer("adopt"), mergeFilters: answer("mergeFilters") };
  const log = openLog({ level: "info", format: "json", write: (line) => void lines.push(JSON.parse(line).msg) });
  const stop = new AbortController();
  return { calls, lines, answers, stop, start: () => inBackground(keepUp({ store, log, stop: stop.signal }), stop) };
}

Deno.test("keepUp() builds, adopts until nothing is left, merges, and looks again after 10 minutes", async () => {
  using time = new FakeTime();
  const { calls, lines, answers, start } = setup();
  answers.adopt!.push(5_000, 7);
  await using _working = start();
  await time.tickAsync(10);
  assertEquals(calls, ["buildIndexes", "adopt", "adopt", "adopt", "mergeFilters"]);
  assertEquals(lines, ["adopted what an older version stored"]);
  await time.tickAsync(10 * 60_000 - 20);
  assertEquals(calls.length, 5);
  await time.tickAsync(100);
  assertEquals(calls.slice(5), ["buildIndexes", "adopt", "mergeFilters"]);
});

Deno.test("keepUp() adopts nothing before the indexes are built, and asks again after 30 s", async () => {
  using time = new FakeTime();
  const { calls, answers, start } = setup();
  answers.buildIndexes!.push("busy", storeError("reconnect"));
  await using _working = start();
  await time.tickAsync(60_100);
  assertEquals(calls, ["buildIndexes", "buildIndexes", "buildIndexes", "adopt", "mergeFilters"]);
});

Deno.test("keepUp() asks again after 30 s where another instance is at it, which may have been killed", async () => {
  using time = new FakeTime();
  const { calls, answers, start } = setup();
  answers.adopt!.push("busy", 5_000);
  answers.mergeFilters!.push(0, "busy");
  await using _working = start();
  await time.tickAsync(29_900);
  assertEquals(calls, ["buildIndexes", "adopt", "mergeFilters"]);
  await time.tickAsync(200);
  assertEquals(calls.slice(3), ["buildIndexes", "adopt", "adopt", "mergeFilters"]);
  await time.tickAsync(30_000);
  assertEquals(calls.slice(7), ["buildIndexes", "adopt", "mergeFilters"]);
});

Deno.test("keepUp() tells of what it may not do, and goes on", async () => {
  using time = new FakeTime();
  const { calls, lines, answers, start } = setup();
  answers.mergeFilters!.push(storeError("fatal", "DELETE command denied"));
  await using _working = start();
  await time.tickAsync(10 * 60_000 + 100);
  assertEquals(lines, ["cannot see to what makes reading fast: trying again in 10 minutes"]);
  assertEquals(calls.length, 6);
});
