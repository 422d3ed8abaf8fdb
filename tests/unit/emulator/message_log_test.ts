import { assert, assertEquals, assertThrows } from "@std/assert";
import { MessageLog } from "../../../src/emulator/message_log.ts";

const message = (text: string) => new TextEncoder().encode(text);
const read = (log: MessageLog, position: number) => new TextDecoder().decode(log.message(position));

Deno.test("MessageLog gives back every message by its position, put together from its parts", () => {
  const log = new MessageLog();
  for (let index = 0; index < 1000; index++) log.append([message(`${index}`), message("!".repeat(index % 50))], 1);
  assertEquals(log.end, 1000);
  for (let index = 0; index < 1000; index++) {
    const expected = `${index}${"!".repeat(index % 50)}`;
    assertEquals(read(log, index), expected);
    assertEquals(log.size(index), expected.length);
  }
});

Deno.test("MessageLog takes messages of any size, one after the other", () => {
  const log = new MessageLog();
  const sizes = [0, 1, 5_000_000, 3, 100_000];
  for (const size of sizes) log.append([new Uint8Array(size).fill(7)], 1);
  assertEquals(sizes.map((_, position) => log.size(position)), sizes);
  assert(log.message(2).every((byte) => byte === 7));
});

Deno.test("MessageLog gives memory back when every holder released, in any order", () => {
  const log = new MessageLog();
  for (let index = 0; index < 10_000; index++) log.append([new Uint8Array(100)], 2);
  const full = log.memoryBytes;
  assert(full > 1_000_000);
  for (let index = 9_999; index >= 0; index--) log.release(index);
  assertEquals(log.memoryBytes, full, "one holder is left");
  for (let index = 0; index < 10_000; index++) log.release(index);
  log.append([new Uint8Array(100)], 1);
  for (let index = 0; index < 256; index++) log.append([new Uint8Array(100)], 1);
  assert(log.memoryBytes < 100_000, `${log.memoryBytes} bytes are left`);
  assertEquals(log.size(10_000), 100);
});

Deno.test("MessageLog keeps little for one message that nobody releases", () => {
  const log = new MessageLog();
  for (let index = 0; index < 10_000; index++) {
    log.append([message(`${index}`)], 1);
    if (index !== 5_000) log.release(index);
  }
  assert(log.memoryBytes < 20_000);
  assertEquals(read(log, 5_000), "5000");
  assertThrows(() => log.message(4_000), RangeError, "position 4000 is released");
});
