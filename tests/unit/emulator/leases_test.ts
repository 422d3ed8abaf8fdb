import { assert, assertEquals } from "@std/assert";
import { GROUP_MESSAGES_MAX, LEASE_STEP_MS, Leases } from "../../../src/emulator/leases.ts";
import { FakeTime } from "../../support/time.ts";

const HOLDER = { released() {} };

/** Leases that tell the positions that lapsed, and tokens by group and index. */
function leasesThatTell() {
  const lapsed: number[] = [];
  const leases = new Leases<typeof HOLDER>((ended) => {
    for (const { group, index } of ended) lapsed.push(group.positions[index]!);
  });
  const add = (positions: number[], leaseMs: number) => {
    const token = leases.nextId * GROUP_MESSAGES_MAX;
    leases.add(HOLDER, { positions, leaseMs });
    return token;
  };
  return { leases, lapsed, add, find: (token: number) => leases.find(token)! };
}

Deno.test("Leases lapse at their deadline, not before", async () => {
  using time = new FakeTime();
  const { lapsed, add, leases } = leasesThatTell();
  const token = add([7, 8], 10_000);
  await time.tickAsync(9_999);
  assertEquals(lapsed, []);
  assert(leases.find(token + 1));
  await time.tickAsync(1);
  assertEquals(lapsed, [7, 8]);
  assertEquals(leases.find(token + 1), undefined);
  assertEquals(time.timers, 0);
});

Deno.test("Leases that end between two steps lapse at the next one", async () => {
  using time = new FakeTime();
  const { lapsed, add } = leasesThatTell();
  await time.tickAsync(1);
  add([7], 10_000);
  await time.tickAsync(10_000);
  assertEquals(lapsed, []);
  await time.tickAsync(LEASE_STEP_MS - 1);
  assertEquals(lapsed, [7]);
});

Deno.test("Leases extend() prolongs one message of a group, and shortens another", async () => {
  using time = new FakeTime();
  const { lapsed, add, find, leases } = leasesThatTell();
  const token = add([1, 2, 3], 10_000);
  leases.extend(find(token), 60_000);
  leases.extend(find(token + 1), 2_000);
  await time.tickAsync(2_000);
  assertEquals(lapsed, [2]);
  await time.tickAsync(8_000);
  assertEquals(lapsed, [2, 3]);
  await time.tickAsync(49_999);
  assertEquals(lapsed, [2, 3]);
  await time.tickAsync(1);
  assertEquals(lapsed, [2, 3, 1]);
});

Deno.test("Leases end() keeps what is settled from lapsing, and the last one stops the clock", async () => {
  using time = new FakeTime();
  const { lapsed, add, find, leases } = leasesThatTell();
  const token = add([1, 2], 10_000);
  leases.end(find(token));
  assertEquals(leases.find(token), undefined);
  assertEquals([...leases.all()].map(({ group, index }) => group.positions[index]), [2]);
  assertEquals(time.timers, 1);
  leases.end(find(token + 1));
  assertEquals(time.timers, 0);
  await time.tickAsync(20_000);
  assertEquals(lapsed, []);
});

Deno.test("Leases of several groups lapse in the order of their deadlines", async () => {
  using time = new FakeTime();
  const { lapsed, add } = leasesThatTell();
  add([1], 30_000);
  add([2], 10_000);
  add([3], 20_000);
  await time.tickAsync(30_000);
  assertEquals(lapsed, [2, 3, 1]);
});

Deno.test("Leases find() knows no token of a group or an index that never was", () => {
  using _time = new FakeTime();
  const { add, leases } = leasesThatTell();
  using _stop = leases;
  const token = add([1], 10_000);
  assertEquals(leases.find(token + 1), undefined);
  assertEquals(leases.find(token + GROUP_MESSAGES_MAX), undefined);
});
