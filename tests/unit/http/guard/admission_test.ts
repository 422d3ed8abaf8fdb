import { assert, assertEquals } from "@std/assert";
import { Admission } from "../../../../src/http/guard/admission.ts";
import { FakeTime } from "../../../support/time.ts";

const LIMITS = { most: 2, queue: 1, waitMs: 1_000 };

Deno.test("Admission.enter() gives so many places, lets a few wait, and refuses the rest at once", async () => {
  using time = new FakeTime();
  const admission = new Admission(LIMITS);
  const [first, second] = [await admission.enter(), await admission.enter()];
  const third = admission.enter();
  assertEquals(await admission.enter(), undefined);
  first!();
  first!();
  assert(await third !== undefined);
  assertEquals([admission.taken, time.timers], [2, 0]);
  second!();
  (await third)!();
  assertEquals(admission.taken, 0);
});

Deno.test("Admission.enter() lets nobody wait for longer than waitMs", async () => {
  using time = new FakeTime();
  const admission = new Admission({ ...LIMITS, most: 1 });
  const leave = await admission.enter();
  let answer: unknown = "waits";
  admission.enter().then((given) => answer = given);
  await time.tickAsync(999);
  assertEquals(answer, "waits");
  await time.tickAsync(1);
  assertEquals(answer, undefined);
  leave!();
  assertEquals(admission.taken, 0, "nobody gets the place of one who gave up");
});

Deno.test("Admission.enter() forgets who has gone", async () => {
  using time = new FakeTime();
  const admission = new Admission({ ...LIMITS, most: 1 });
  const leave = await admission.enter();
  const gone = new AbortController();
  const waiting = admission.enter(gone.signal);
  gone.abort();
  assertEquals([await waiting, time.timers], [undefined, 0]);
  leave!();
  assertEquals([admission.taken, await admission.enter(gone.signal)], [0, undefined]);
});
