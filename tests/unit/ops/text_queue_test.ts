import { assertEquals } from "@std/assert";
import { FakeTime } from "../../support/time.ts";
import { TextQueue } from "../../../src/ops/text_queue.ts";

/** A stream that takes bytes when it is told to. */
function stream(): {
  readonly write: (bytes: Uint8Array) => Promise<number>;
  take(count: number): void;
  taken: string;
} {
  let give: ((count: number) => void) | undefined;
  let ready = 0;
  const decoder = new TextDecoder();
  const made = {
    taken: "",
    async write(bytes: Uint8Array) {
      if (ready === 0) await new Promise<number>((resolve) => give = resolve);
      const count = Math.min(ready, bytes.length);
      ready -= count;
      made.taken += decoder.decode(bytes.subarray(0, count), { stream: true });
      return count;
    },
    take(count: number) {
      ready += count;
      give?.(count);
    },
  };
  return made;
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

Deno.test("TextQueue writes everything in order, in pieces of whatever size the stream takes", async () => {
  const to = stream();
  const queue = new TextQueue({ write: to.write, waitingMax: 100, dropped: () => {} });
  queue.add("one, ");
  queue.add("zwölf, ");
  queue.add("");
  queue.keep("three");
  for (let i = 0; i < 40; i++) {
    to.take(1);
    await settled();
  }
  await queue.flushed(1_000);
  assertEquals([to.taken, queue.idle], ["one, zwölf, three", true]);
});

Deno.test("TextQueue drops what a stuck stream cannot take, says how much once there is room, and keeps what it must", async () => {
  const to = stream();
  const told: number[] = [];
  const queue = new TextQueue({
    write: to.write,
    waitingMax: 10,
    dropped: (count) => {
      told.push(count);
      queue.add(`[${count} lost]`);
    },
  });
  for (const text of ["12345", "67890", "a", "b"]) queue.add(text);
  queue.keep("kept");
  queue.add("c");
  await settled();
  assertEquals([told, to.taken], [[], ""]);
  to.take(1_000);
  await queue.flushed(1_000);
  queue.add("d");
  await queue.flushed(1_000);
  assertEquals([told, to.taken], [[3], "1234567890kept[3 lost]d"]);
});

Deno.test("TextQueue takes one text that is larger than all that may wait", async () => {
  const to = stream();
  to.take(100);
  const queue = new TextQueue({ write: to.write, waitingMax: 3, dropped: () => {} });
  queue.add("larger");
  await queue.flushed(1_000);
  assertEquals(to.taken, "larger");
});

Deno.test("TextQueue goes on after a stream that is not ready, and after one that is gone", async () => {
  using time = new FakeTime();
  const errors: Error[] = [new Deno.errors.WouldBlock(), new Deno.errors.BrokenPipe()];
  let taken = "";
  const write = (bytes: Uint8Array) => {
    const error = errors.pop();
    if (error !== undefined) return Promise.reject(error);
    taken += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  };
  const queue = new TextQueue({ write, waitingMax: 100, dropped: () => {} });
  queue.add("lost");
  await settled();
  assertEquals(queue.idle, true);
  queue.add("late");
  await time.tickAsync(100);
  assertEquals([taken, queue.idle], ["late", true]);
});

Deno.test("TextQueue.flushed() gives up a stream that never takes anything", async () => {
  using time = new FakeTime();
  const queue = new TextQueue({ write: () => new Promise(() => {}), waitingMax: 100, dropped: () => {} });
  queue.add("never");
  const flushed = queue.flushed(1_000);
  await time.tickAsync(1_000);
  await flushed;
  assertEquals(queue.idle, false);
});
