import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { publishTimeMs } from "../../../src/emulator/messages.ts";
import { MessageStamps, type StampOptions } from "../../../src/emulator/message_stamps.ts";
import { WireReader } from "../../../src/wire/protobuf.ts";
import { FAKE_START_MS, FakeTime } from "../../support/time.ts";

const OPTIONS: StampOptions = { order: "increasing", timePrecision: "us", random: () => 0.5 };

/** The fields of a stamp. */
function read(stamp: Uint8Array): { readonly id: string; readonly seconds: number; readonly nanos: number } {
  const reader = new WireReader(stamp);
  const found = { id: "", seconds: 0, nanos: 0 };
  while (reader.next()) {
    if (reader.field === 3) found.id = new TextDecoder().decode(stamp.subarray(reader.start, reader.end));
    if (reader.field !== 4) continue;
    const time = new WireReader(stamp, reader);
    while (time.next()) found[time.field === 1 ? "seconds" : "nanos"] = time.value;
  }
  return found;
}

Deno.test("MessageStamps issues ids of 19 digits that begin with the time and increase", () => {
  using _time = new FakeTime();
  const stamps = new MessageStamps(OPTIONS);
  const ids = Array.from({ length: 1000 }, () => read(stamps.next()).id);
  for (const id of ids) assertMatch(id, new RegExp(`^${FAKE_START_MS}[0-9]{6}$`));
  assertEquals(ids, [...new Set(ids)].sort());
});

Deno.test("MessageStamps lastId() is the id in the stamp", () => {
  const stamps = new MessageStamps({ ...OPTIONS, order: "shuffled" });
  for (let count = 0; count < 100; count++) assertEquals(read(stamps.next()).id, stamps.lastId());
});

Deno.test("MessageStamps issues shuffled ids in no order, each once, beyond a block of a million too", () => {
  using _time = new FakeTime();
  const stamps = new MessageStamps({ ...OPTIONS, order: "shuffled" });
  const ids = new Set<string>();
  let rises = 0;
  let last = "";
  for (let count = 0; count < 1_100_000; count++) {
    stamps.next();
    const id = stamps.lastId();
    if (id > last) rises++;
    last = id;
    ids.add(id);
  }
  assertEquals(ids.size, 1_100_000);
  assert(rises < 700_000, `${rises} of 1,100,000 ids were greater than the one before`);
  assertEquals(new Set([...ids].map((id) => id.slice(0, 13))), new Set([FAKE_START_MS, FAKE_START_MS + 1].map(String)));
});

Deno.test("MessageStamps of a later start never issues an id of an earlier one", async () => {
  using time = new FakeTime();
  const first = new MessageStamps({ ...OPTIONS, order: "shuffled" });
  first.next();
  const before = first.lastId();
  await time.tickAsync(1);
  const second = new MessageStamps({ ...OPTIONS, order: "shuffled" });
  second.next();
  assertNotEquals(second.lastId().slice(0, 13), before.slice(0, 13));
});

Deno.test("MessageStamps gives the messages of a request one time, and each request a later one", () => {
  using time = new FakeTime();
  const stamps = new MessageStamps(OPTIONS);
  const times: string[] = [];
  for (let request = 0; request < 3; request++) {
    stamps.begin();
    const [first, second] = [read(stamps.next()), read(stamps.next())];
    assertEquals([first.seconds, first.nanos], [second.seconds, second.nanos]);
    assertEquals(first.nanos % 1000, 0);
    times.push(`${first.seconds}.${String(first.nanos).padStart(9, "0")}`);
    if (request === 1) time.setWallClock(FAKE_START_MS - 60_000);
  }
  assertEquals(times, [...new Set(times)].sort());
  assertEquals(Number(times[0]!.split(".")[0]), FAKE_START_MS / 1000);
});

Deno.test("MessageStamps with millisecond precision says the clock's millisecond", async () => {
  using time = new FakeTime();
  const stamps = new MessageStamps({ ...OPTIONS, timePrecision: "ms" });
  await time.tickAsync(1234);
  stamps.begin();
  const stamp = stamps.next();
  assertEquals(read(stamp).nanos, 234_000_000);
  assertEquals(publishTimeMs(stamp), FAKE_START_MS + 1234);
});
