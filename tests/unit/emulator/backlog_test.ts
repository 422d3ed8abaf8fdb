import { assertEquals, assertThrows } from "@std/assert";
import { Backlog } from "../../../src/emulator/backlog.ts";
import { MessageLog } from "../../../src/emulator/message_log.ts";

/** A backlog of so many messages, and a log whose positions tell whether they are released. */
function backlogOf(messages: number, countAttempts = false) {
  const log = new MessageLog();
  const backlog = new Backlog(log, { done: (position) => log.release(position) });
  backlog.countAttempts = countAttempts;
  for (let count = 0; count < messages; count++) log.append([Uint8Array.of(count)], 1);
  const take = () => {
    const position = backlog.peek();
    return position < 0 ? undefined : { position, again: backlog.take() };
  };
  return { log, backlog, take };
}

Deno.test("Backlog hands out what is published after its creation, in order", () => {
  const log = new MessageLog();
  log.append([Uint8Array.of(0)], 1);
  const backlog = new Backlog(log, { done: () => {} });
  assertEquals([backlog.waiting, backlog.peek()], [0, -1]);
  log.append([Uint8Array.of(1)], 1);
  log.append([Uint8Array.of(2)], 1);
  assertEquals([backlog.waiting, backlog.peek(), backlog.take()], [2, 1, false]);
  assertEquals([backlog.waiting, backlog.peek(), backlog.take()], [1, 2, false]);
  assertEquals([backlog.waiting, backlog.peek()], [0, -1]);
});

Deno.test("Backlog hands out first what was given back, as handed out again", () => {
  const { backlog, take } = backlogOf(3);
  take();
  take();
  backlog.giveBack(1);
  backlog.giveBack(0);
  assertEquals(backlog.waiting, 3);
  assertEquals([take(), take(), take(), take()], [
    { position: 1, again: true },
    { position: 0, again: true },
    { position: 2, again: false },
    undefined,
  ]);
});

Deno.test("Backlog counts attempts until the message is settled", () => {
  const { backlog, take } = backlogOf(1, true);
  assertEquals(backlog.attempt(0), 0);
  for (let attempt = 1; attempt <= 3; attempt++) {
    take();
    assertEquals(backlog.attempt(0), attempt);
    if (attempt < 3) backlog.giveBack(0);
  }
  backlog.settle(0);
  assertEquals(backlog.attempt(0), 0);
});

Deno.test("Backlog hands out a second copy of a duplicated message", () => {
  const { backlog, take } = backlogOf(1);
  take();
  backlog.duplicate(0);
  assertEquals(take(), { position: 0, again: true });
  backlog.settle(0);
  backlog.giveBack(0);
  assertEquals(backlog.waiting, 0, "one copy was settled");
  assertEquals(take(), undefined);
});

Deno.test("Backlog drops a waiting copy when another is settled", () => {
  const { backlog, take } = backlogOf(2);
  take();
  backlog.duplicate(0);
  backlog.settle(0);
  assertEquals(take(), { position: 1, again: false });
});

Deno.test("Backlog releases a message once, with its last copy", () => {
  const { log, backlog, take } = backlogOf(256);
  for (let count = 0; count < 256; count++) take();
  backlog.duplicate(0);
  take();
  for (let position = 0; position < 256; position++) backlog.settle(position);
  assertEquals(log.size(0), 1, "a copy is still on its way");
  backlog.settle(0);
  assertThrows(() => log.size(0), RangeError);
});

Deno.test("Backlog keeps its order over thousands of returns", () => {
  const { backlog, take } = backlogOf(5_000);
  for (let count = 0; count < 5_000; count++) take();
  for (let position = 0; position < 5_000; position++) backlog.giveBack(position);
  for (let position = 0; position < 5_000; position++) assertEquals(take()?.position, position);
  assertEquals(backlog.waiting, 0);
});

Deno.test("Backlog drain() takes out what waits, each once, and refill() lets it wait again", () => {
  const { backlog, take } = backlogOf(5);
  for (let count = 0; count < 4; count++) take();
  backlog.duplicate(1);
  for (const position of [3, 1, 0]) backlog.giveBack(position);
  backlog.settle(2);
  assertEquals(backlog.drain(), [0, 1, 3, 4]);
  assertEquals([backlog.waiting, backlog.peek()], [0, -1]);
  backlog.refill([1, 4]);
  assertEquals([take(), take(), take()], [{ position: 1, again: true }, { position: 4, again: true }, undefined]);
});

Deno.test("Backlog drain() ends copies of a message that was settled", () => {
  const { log, backlog, take } = backlogOf(256);
  for (let count = 0; count < 256; count++) take();
  backlog.duplicate(0);
  for (let position = 0; position < 256; position++) backlog.settle(position);
  assertEquals(log.size(0), 1, "a copy waits");
  assertEquals(backlog.drain(), []);
  assertThrows(() => log.size(0), RangeError);
});
