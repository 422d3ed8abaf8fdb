import { assertEquals } from "@std/assert";
import { heldState } from "../../../src/app/held_state.ts";

Deno.test("heldState() has the oldest message's publish time as the database writes it", () => {
  const oldest = { seconds: "1767323096", nanos: 789_000_123 };
  assertEquals(heldState({ held: 2, heldBytes: 30, oldestHeld: () => oldest }), {
    held: 2,
    heldBytes: 30,
    oldestPublishTime: "2026-01-02 03:04:56.789000",
  });
});

Deno.test("heldState() has no publish time of nothing, nor of what no calendar has", () => {
  const state = { held: 0, heldBytes: 0, oldestPublishTime: undefined };
  assertEquals(heldState({ held: 0, heldBytes: 0, oldestHeld: () => undefined }), state);
  assertEquals(heldState({ held: 0, heldBytes: 0, oldestHeld: () => ({ seconds: "9".repeat(15), nanos: 0 }) }), state);
});
