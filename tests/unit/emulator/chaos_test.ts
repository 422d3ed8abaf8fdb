import { assert, assertEquals } from "@std/assert";
import { CHAOS_FAULTS, parseChaos } from "../../../src/emulator/chaos.ts";
import { NO_FAULTS } from "../../../src/emulator/faults.ts";

Deno.test("parseChaos() reads shares, percents, times, numbers and names", () => {
  assertEquals(parseChaos("duplicate=5%, drop-ack=0.01,ack-delay=15s,reset-after=200,reorder"), {
    ok: true,
    value: { duplicateShare: 0.05, dropAckShare: 0.01, ackDelayMs: 15_000, resetStreamAfter: 200, reorder: true },
  });
});

for (
  const [text, part] of [
    ["duplicates=1", "did you mean duplicate?"],
    ["", '"" is none'],
    ["duplicate", "for duplicate"],
    ["duplicate=1.01", "for duplicate"],
    ["duplicate=101%", "for duplicate"],
    ["duplicate=-1", "for duplicate"],
    ["reorder=1", "no value for reorder"],
    ["reset-after=0", "for reset-after"],
    ["ack-delay=fast", "for ack-delay"],
  ] as const
) {
  Deno.test(`parseChaos() refuses "${text}" and says why`, () => {
    const read = parseChaos(text);
    assert(!read.ok && read.problem.includes(part), JSON.stringify(read));
  });
}

Deno.test("CHAOS_FAULTS names every fault of the server once", () => {
  assertEquals(CHAOS_FAULTS.map(({ fault }) => fault).toSorted(), Object.keys(NO_FAULTS).toSorted());
});
