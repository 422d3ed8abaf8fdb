import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Random, seededFractions } from "../../../src/ops/random.ts";

/** sfc32 as its definition reads, in arithmetic modulo 2^32 of unbounded numbers. */
function* sfc32(seed: bigint, stream: bigint): Generator<number, never> {
  const wrap = (value: bigint) => BigInt.asUintN(32, value);
  let [a, b, c, counter] = [0n, seed, stream, 1n];
  for (let round = 0;; round++) {
    const sum = wrap(a + b + counter++);
    a = b ^ (b >> 9n);
    b = wrap(c + (c << 3n));
    c = wrap(((c << 21n) | (c >> 11n)) + sum);
    if (round >= 12) yield Number(sum);
  }
}

Deno.test("Random follows the definition of sfc32", () => {
  for (const [seed, stream] of [[0, 0], [1, 0], [2 ** 32 - 1, 7], [0xdead_beef, 2 ** 32 - 1]] as const) {
    const random = new Random(seed, stream);
    const expected = sfc32(BigInt(seed), BigInt(stream));
    for (let n = 0; n < 10_000; n++) assertEquals(random.uint32(), expected.next().value);
  }
});

Deno.test("Random of near seeds, and of two streams of one seed, begins differently", () => {
  const first = (seed: number, stream?: number) => new Random(seed, stream).uint32();
  assertNotEquals(first(1), first(2));
  assertNotEquals(first(1), first(1, 1));
});

Deno.test("Random keeps its bounds and reaches every value within them", () => {
  const random = new Random(5);
  const seen = new Set(Array.from({ length: 1_000 }, () => random.between(-2, 2)));
  assertEquals([...seen].sort((a, b) => a - b), [-2, -1, 0, 1, 2]);
  assertEquals(new Set(Array.from({ length: 100 }, () => random.pick(["a", "b"]))), new Set(["a", "b"]));
});

Deno.test("Random chance() is never at 0, always at 1, and near its share between", () => {
  const random = new Random(6);
  const hits = (share: number) => Array.from({ length: 10_000 }, () => random.chance(share)).filter(Boolean).length;
  assertEquals(hits(0), 0);
  assertEquals(hits(1), 10_000);
  // Ten standard deviations to either side of 1,000: sqrt(10,000 × 0.1 × 0.9) = 30.
  assert(Math.abs(hits(0.1) - 1_000) < 300);
});

for (const seed of [-1, 1.5, 2 ** 32, NaN]) {
  Deno.test(`Random refuses the seed ${seed}`, () =>
    void assertThrows(() => new Random(seed), RangeError, "Cannot seed"));
}

Deno.test("seededFractions() are those of Random, the same for the same seed", () => {
  const [fractions, again, random] = [seededFractions(3), seededFractions(3), new Random(3)];
  for (let n = 0; n < 100; n++) {
    const fraction = fractions();
    assertEquals([again(), random.fraction()], [fraction, fraction]);
    assert(fraction >= 0 && fraction < 1);
  }
});
