import { assertEquals } from "@std/assert";
import type { Entry } from "../../../../src/dashboard/api/answers.ts";
import { LiveBuffer } from "../../../../src/dashboard/logs/live_buffer.ts";

const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ id: String(from + i) }) as Entry);

const shown = (buffer: LiveBuffer) =>
  buffer.shown.map((line) => "entry" in line ? Number(line.entry.id) : `${line.gap.dropped} ${line.gap.reason}`);

Deno.test("LiveBuffer changes nothing that is shown until it is told to", () => {
  const buffer = new LiveBuffer(10);
  buffer.push(entries(0, 2));
  buffer.show();
  const before = buffer.shown;
  buffer.push(entries(2, 5));
  assertEquals([buffer.shown === before, buffer.waiting], [true, 3]);
  buffer.show();
  assertEquals([shown(buffer), buffer.waiting], [[0, 1, 2, 3, 4], 0]);
});

Deno.test("LiveBuffer shows the newest lines, so many", () => {
  const buffer = new LiveBuffer(4);
  for (let at = 0; at < 9; at += 3) {
    buffer.push(entries(at, at + 3));
    buffer.show();
  }
  assertEquals(shown(buffer), [5, 6, 7, 8]);
});

Deno.test("LiveBuffer lets the oldest of what waits go, and says how many", () => {
  const buffer = new LiveBuffer(4);
  buffer.push(entries(0, 10));
  assertEquals(buffer.waiting, 10);
  buffer.push(entries(10, 11));
  assertEquals(buffer.waiting, 11);
  buffer.show();
  assertEquals(shown(buffer), ["8 slow", 8, 9, 10]);
});

Deno.test("LiveBuffer shows a gap that it was told of where it is", () => {
  const buffer = new LiveBuffer(10);
  buffer.push(entries(0, 1));
  buffer.pushGap({ dropped: 7, reason: "slow" });
  buffer.push(entries(1, 2));
  assertEquals(buffer.waiting, 2);
  buffer.show();
  assertEquals(shown(buffer), [0, "7 slow", 1]);
  buffer.clear();
  assertEquals([shown(buffer), buffer.waiting], [[], 0]);
});

Deno.test("LiveBuffer takes an entry once, however often it is told of", () => {
  const buffer = new LiveBuffer(10);
  buffer.push(entries(0, 3));
  buffer.show();
  buffer.push(entries(1, 4));
  assertEquals(buffer.waiting, 1);
  buffer.show();
  assertEquals(shown(buffer), [0, 1, 2, 3]);
});
