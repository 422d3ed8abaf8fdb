import { assertEquals } from "@std/assert";
import { backlogOf, wholeBatches } from "../../bench/backlog_size.ts";

Deno.test("wholeBatches() rounds up", () => {
  assertEquals([1, 5_000, 5_001].map((messages) => wholeBatches(messages, 5_000)), [5_000, 5_000, 10_000]);
});

Deno.test("backlogOf() small messages is whole batches, all of them timed", () => {
  assertEquals(backlogOf(50, { base: 200_000, bytes: 250e6 }), { messages: 200_000, tail: 0 });
  assertEquals(backlogOf(500, { base: 5_001, bytes: 250e6 }), { messages: 10_000, tail: 0 });
});

Deno.test("backlogOf() large messages keeps to its bytes, and does not time the last batch", () => {
  // 16 MiB hold 335 messages of 50,080 bytes.
  assertEquals(backlogOf(50_000, { base: 200_000, bytes: 250e6 }), { messages: 4_992, tail: 336 });
});

Deno.test("backlogOf() is never less than three batches", () => {
  assertEquals(backlogOf(50_000, { base: 10, bytes: 1e6 }), { messages: 1_005, tail: 336 });
});
