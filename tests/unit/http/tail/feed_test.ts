import { assertEquals } from "@std/assert";
import { decodeTail, encodeTail } from "../../../../src/reading/cursor.ts";
import { type GapReason, TailFeed } from "../../../../src/http/tail/feed.ts";
import { type Chunk, chunkOf, TailMemory } from "../../../../src/http/tail/memory.ts";
import { FakeTime } from "../../../support/time.ts";

function opened() {
  const memory = new TailMemory();
  let left = 0;
  const feed = new TailFeed({ query: { terms: [] }, selects: "" }, { memory, onLeave: () => left++ });
  const next = async () => {
    const bytes = await feed.next();
    return bytes && new TextDecoder().decode(bytes);
  };
  return { memory, feed, next, left: () => left };
}

const chunk = (text: string): Chunk => chunkOf(new TextEncoder().encode(text), undefined);
const chunks = (count: number, length = 1) => Array.from({ length: count }, () => chunk("x".repeat(length)));
const gap = (dropped: number, reason: GapReason = "slow") =>
  `event: gap\ndata: {"dropped":${dropped},"reason":"${reason}"}\n\n`;

Deno.test("TailFeed.next() gives what waits, then where that was, and then waits itself", async () => {
  using time = new FakeTime();
  const { feed, memory, next } = opened();
  feed.push([chunk("a"), chunk("b")]);
  feed.reach(7n);
  assertEquals([await next(), await next(), memory.bytes], ["ab", `id: ${encodeTail(7n)}\n\n`, 0]);
  let came: string | undefined;
  const waiting = next().then((text) => came = text);
  feed.reach(8n);
  await time.tickAsync(14_999);
  assertEquals(came, undefined, "a position alone is no news");
  feed.push([chunk("c")]);
  await waiting;
  assertEquals([came, time.timers], ["c", 0]);
});

Deno.test("TailFeed.next() shows a sign of life every 15 s, with where it is", async () => {
  using time = new FakeTime();
  const { feed, next } = opened();
  const first = next();
  await time.tickAsync(15_000);
  assertEquals(await first, ": \n\n");
  feed.reach(7n);
  assertEquals(decodeTail((await next())!.slice(4, -2)), 7n);
  feed.reach(9n);
  const second = next();
  await time.tickAsync(15_000);
  assertEquals(decodeTail((await second)!.slice(4, -2)), 9n);
});

Deno.test("TailFeed.push() lets go of what waits where more does not fit, and says how much", async () => {
  const { feed, memory, next } = opened();
  feed.push(chunks(9_999));
  feed.push(chunks(1));
  feed.push([chunk("new")]);
  assertEquals([await next(), await next(), memory.bytes], [gap(10_000), "new", 0]);
  feed.push(chunks(4, 2 * 1024 * 1024));
  feed.push([chunk("new")]);
  assertEquals([await next(), await next()], [gap(4), "new"]);
});

Deno.test("TailFeed.push() takes one step whole, however large it is", async () => {
  const { feed, next } = opened();
  feed.push(chunks(10_001));
  assertEquals((await next())!.length, 10_001);
});

Deno.test("TailFeed.skip() adds up what a client did not get", async () => {
  const { feed, next } = opened();
  feed.skip("slow");
  feed.push([chunk("a")]);
  feed.skip("slow", 2);
  feed.push([chunk("b")]);
  feed.skip("slow");
  feed.push([chunk("c")]);
  assertEquals([await next(), await next()], [gap(4), "c"]);
  feed.skip("too_old");
  assertEquals(await next(), gap(0, "too_old"));
});

Deno.test("TailFeed.leave() ends a wait, once, and holds nothing any more", async () => {
  using time = new FakeTime();
  const { feed, memory, next, left } = opened();
  const waiting = next();
  feed.leave();
  feed.leave();
  assertEquals([await waiting, await next(), left(), time.timers], [undefined, undefined, 1, 0]);
  feed.push([chunk("a")]);
  assertEquals(memory.bytes, 0);
});

Deno.test("TailFeed.drained() resolves when all is sent, or the client has gone", async () => {
  const { feed, next } = opened();
  await feed.drained();
  feed.push([chunk("a")]);
  const sent = feed.drained();
  await next();
  await sent;
  feed.push([chunk("b")]);
  const gone = feed.drained();
  feed.leave();
  await gone;
});

Deno.test("TailMemory counts what several clients wait for once", () => {
  const memory = new TailMemory();
  const [a, b] = [0, 1].map(() => new TailFeed({ query: { terms: [] }, selects: "" }, { memory, onLeave() {} }));
  const shared = chunk("abc");
  a!.push([shared]);
  b!.push([shared]);
  assertEquals(memory.bytes, 3);
  a!.leave();
  assertEquals(memory.bytes, 3);
  b!.leave();
  assertEquals(memory.bytes, 0);
});
