import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkPlan, type Plan } from "../../../src/config/plan.ts";

const DEFAULT_PLAN: Plan = {
  batchSize: 5_000,
  batchBytes: 16 * 2 ** 20,
  flushIntervalMs: 60_000,
  maxInFlightBytes: 96 * 2 ** 20,
  streams: 4,
  leaseMs: 60_000,
  writers: 2,
};

function plan(changes: Partial<Plan>, maxInFlight?: number): ReturnType<typeof checkPlan> {
  return checkPlan({ ...DEFAULT_PLAN, ...changes }, maxInFlight);
}

Deno.test("checkPlan() works the cap out: four batches, or one per writer and one more", () => {
  assertEquals(plan({}), { ok: true, value: 20_000 });
  assertEquals(plan({ batchSize: 10, batchBytes: 1_024, writers: 8 }), { ok: true, value: 90 });
  assertEquals(plan({}, 15_000), { ok: true, value: 15_000 });
});

const contradictions: readonly (readonly [name: string, result: () => ReturnType<typeof checkPlan>, remedy: string])[] =
  [
    ["a cap below one batch per writer and one more", () => plan({}, 14_999), "set it to at least 15000"],
    ["so few bytes", () => plan({ maxInFlightBytes: 48 * 2 ** 20 - 1 }), "set it to at least 48MiB"],
    ["more streams than messages that may be held", () => plan({ batchSize: 1, streams: 5 }), "lower it"],
    ["an interval over the longest lease", () => plan({ flushIntervalMs: 600_001 }), "set it to at most 10m"],
  ];

for (const [name, result, remedy] of contradictions) {
  Deno.test(`checkPlan() refuses ${name}, and says what to do`, () => {
    const checked = result();
    assert(!checked.ok);
    assertStringIncludes(checked.problem, remedy);
    assertEquals(checked.problem.startsWith("Cannot run this plan: --"), true, checked.problem);
  });
}

Deno.test("checkPlan() takes what is just not contradictory", () => {
  assert(plan({ maxInFlightBytes: 48 * 2 ** 20 }).ok);
  assert(plan({ batchSize: 1, streams: 4 }).ok);
  assert(plan({ flushIntervalMs: 600_000 }).ok);
});
