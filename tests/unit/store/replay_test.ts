import { assertEquals, assertRejects } from "@std/assert";
import type { MessageKey } from "../../../src/entry/entry.ts";
import { dropAll } from "../../../src/store/replay.ts";
import { StoreError } from "../../../src/store/store.ts";
import { key } from "../../support/entries.ts";
import { storeError } from "../../support/memory_store.ts";
import { FakeTime } from "../../support/time.ts";

const keys = Array.from({ length: 1_201 }, (_, n) => key(n));

Deno.test("dropAll() takes at most 500 keys in a transaction, in key order, each once", async () => {
  const transactions: number[] = [];
  const dropped = await dropAll([...keys.toReversed(), key(7)], (chunk) => {
    transactions.push(chunk.length);
    return Promise.resolve([...chunk]);
  });
  assertEquals(transactions, [500, 500, 201]);
  assertEquals(dropped, keys);
});

Deno.test("dropAll() runs a transaction again that lost a race, and gives up after 12 in a row", async () => {
  using time = new FakeTime();
  let attempts = 0;
  const lost = (times: number) => (chunk: readonly MessageKey[]) =>
    ++attempts <= times ? Promise.reject(storeError("retry")) : Promise.resolve([...chunk]);
  const won = dropAll(keys.slice(0, 3), lost(11));
  await time.tickAsync(30_000);
  assertEquals([await won, attempts], [keys.slice(0, 3), 12]);
  attempts = 0;
  const failed = assertRejects(() => dropAll(keys.slice(0, 3), lost(12)), StoreError, "it is a retry");
  await time.tickAsync(30_000);
  await failed;
  assertEquals(attempts, 12);
});

Deno.test("dropAll() leaves other failures to its caller at once", async () => {
  let attempts = 0;
  const refused = () => {
    attempts++;
    return Promise.reject(storeError("reconnect"));
  };
  await assertRejects(() => dropAll(keys.slice(0, 3), refused), StoreError);
  assertEquals(attempts, 1);
});
