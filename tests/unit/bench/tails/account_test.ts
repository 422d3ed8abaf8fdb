import { assertEquals } from "@std/assert";
import { crc32 } from "node:zlib";
import { TailAccount } from "../../../bench/tails/account.ts";

const entry = (id: string, batch: string) =>
  `event: entry\ndata: ${JSON.stringify({ id: `x${id}`, message_id: id, payload: '"batch":"9"', batch })}\n\n`;

Deno.test("TailAccount counts entries by the batch and the moment they came with, however the bytes are cut", () => {
  const text = entry("1", "7") + entry("2", "7") + entry("3", "8");
  for (let cut = 0; cut <= text.length; cut++) {
    const account = new TailAccount();
    account.take(text.slice(0, cut), 10);
    account.take(text.slice(cut), 10);
    assertEquals(account.arrivals, [{ batch: "7", atMs: 10, entries: 2 }, { batch: "8", atMs: 10, entries: 1 }]);
    assertEquals([account.entries, account.idSum], [3, crc32("1") + crc32("2") + crc32("3")]);
  }
});

Deno.test("TailAccount adds up what gap events tell of", () => {
  const account = new TailAccount();
  account.take(
    'event: gap\ndata: {"dropped":5,"reason":"slow"}\n\nevent: gap\ndata: {"dropped":2,"reason":"slow"}\n\n',
    1,
  );
  assertEquals([account.gaps, account.dropped, account.entries], [2, 7, 0]);
});

Deno.test("TailAccount has its place once it is told a position", () => {
  const account = new TailAccount();
  account.take("retry: 2000\n\n: \n\n", 1);
  assertEquals(account.placed, false);
  account.take("id: abc\n\n", 2);
  assertEquals(account.placed, true);
});
