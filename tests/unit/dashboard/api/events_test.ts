import { assertEquals, assertThrows } from "@std/assert";
import { EventReader } from "../../../../src/dashboard/api/events.ts";

const STREAM = 'retry: 2000\n\nevent: entry\ndata: {"a":1}\n\n: \n\nid: abc\n\nevent: gap\ndata: {}\n\n';
const READ = [
  { retryMs: 2000 },
  { event: "entry", data: '{"a":1}' },
  { id: "abc" },
  { event: "gap", data: "{}" },
];

for (const size of [1, 2, 7, STREAM.length]) {
  Deno.test(`EventReader reads the same out of parts of ${size}`, () => {
    const reader = new EventReader();
    const parts = STREAM.match(new RegExp(`[^]{1,${size}}`, "g"))!;
    assertEquals(parts.flatMap((part) => reader.read(part)), READ);
  });
}

Deno.test("EventReader joins lines of data, and reads on past fields that it does not know", () => {
  assertEquals(new EventReader().read("foo: 1\ndata: a\ndata: b\nretry: x\n\n"), [{ event: "message", data: "a\nb" }]);
});

Deno.test("EventReader does not hold an event without end", () => {
  const reader = new EventReader();
  assertThrows(() => {
    for (let i = 0; i < 20; i++) reader.read("x".repeat(1024 * 1024));
  }, RangeError);
});
