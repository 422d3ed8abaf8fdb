import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { LedgerIds } from "../../../src/store/ledger_id.ts";

const NOW = Date.UTC(2026, 10, 24);
const parts = (id: bigint) => [Number(id >> 21n), Number((id >> 9n) & 0xfffn), Number(id & 0x1ffn)];

Deno.test("LedgerIds.next() is the millisecond, the instance and a sequence, in 63 bits", () => {
  const ids = new LedgerIds();
  assertEquals([ids.next(NOW, 4_095), ids.next(NOW, 4_095), ids.next(NOW + 1, 4_095)].map(parts), [
    [NOW, 4_095, 0],
    [NOW, 4_095, 1],
    [NOW + 1, 4_095, 0],
  ]);
  assertLess(new LedgerIds().next(2 ** 42 - 1, 4_095), 2n ** 63n);
});

Deno.test("LedgerIds.next() increases, also over 512 in a millisecond and where the clock falls back a little", () => {
  const ids = new LedgerIds();
  let last = 0n;
  for (let i = 0; i < 2_000; i++) {
    const id = ids.next(NOW - (i % 7) * 1_000, 3);
    assertGreater(id, last);
    last = id;
  }
});

Deno.test("LedgerIds.next() goes by the clock again once that was set back by more than a minute", () => {
  const ids = new LedgerIds();
  ids.next(NOW + 3_600_000, 0);
  assertEquals(parts(ids.next(NOW, 0)), [NOW, 0, 0]);
});
