import { assertEquals } from "@std/assert";
import { Heartbeat } from "../../../src/app/heartbeat.ts";
import { FakeTime } from "../../support/time.ts";

Deno.test("Heartbeat beats whenever its time has gone by without a restart, until it is disposed of", async () => {
  using time = new FakeTime();
  let beats = 0;
  {
    using heartbeat = new Heartbeat(1_000, () => beats++);
    await time.tickAsync(3_000);
    assertEquals(beats, 3);
    await time.tickAsync(900);
    heartbeat.restart();
    await time.tickAsync(900);
    assertEquals(beats, 3);
    await time.tickAsync(100);
    assertEquals(beats, 4);
  }
  await time.tickAsync(10_000);
  assertEquals([beats, time.timers], [4, 0]);
});

Deno.test("Heartbeat of 0 never beats", () => {
  using time = new FakeTime();
  using _heartbeat = new Heartbeat(0, () => {
    throw new Error("it beats");
  });
  assertEquals(time.timers, 0);
});
