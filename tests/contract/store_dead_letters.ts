/**
 * The contract's cases about dead letters by the thousand: finding them, and what `lms dead-letters` does to them.
 *
 * @module
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Work } from "../../src/commands/dead_letters/choice.ts";
import { DEAD_LETTERS } from "../../src/commands/dead_letters/command.ts";
import { drop } from "../../src/commands/dead_letters/drop.ts";
import { replay } from "../../src/commands/dead_letters/replay.ts";
import { readConfig } from "../../src/config/read_config.ts";
import type { DeadLetter, MessageKey } from "../../src/entry/entry.ts";
import { openLog } from "../../src/ops/logger.ts";
import { Terminal } from "../../src/ops/terminal.ts";
import type { DeadLetterPage, MaintainedStore } from "../../src/store/maintenance.ts";
import { key } from "../support/entries.ts";
import { fakeWorld } from "../support/world.ts";
import { deadLetter, type MakeFixture, write } from "./store_fixture.ts";

const keyOf = ({ publishTime, messageId }: MessageKey): MessageKey => ({ publishTime, messageId });

/** More than two pages, hundreds of a publish time, as a publish request makes them. */
const MANY = 1_200;
const many: readonly DeadLetter[] = Array.from({ length: MANY }, (_, i) =>
  deadLetter({
    messageId: String(10_000 + i),
    publishTime: key(Math.floor(i / 400)).publishTime,
    reason: i % 2 === 0 ? "missing_field" : "not_json",
    detail: i % 2 === 0 ? "severity: missing" : "data is not JSON",
    data: new TextEncoder().encode(JSON.stringify({ service_name: `service-${i % 3}`, payload: "p" })),
  }));

interface Command {
  readonly flags?: Readonly<Record<string, string>>;
  readonly where?: readonly string[];
  readonly as?: readonly string[];
  /** A signal comes when this is on the terminal. */
  readonly stopAt?: string;
}

/** An action at work on a store, with somebody at the terminal. */
function workOn(store: MaintainedStore, { flags = {}, where = [], as = [], stopAt }: Command) {
  const read = readConfig(DEAD_LETTERS.settings, { flags, lists: { where, as }, env: () => undefined });
  if (!read.ok) throw new Error(read.problem);
  const world = fakeWorld([]);
  const logged: Record<string, unknown>[] = [];
  const log = openLog({ level: "info", format: "json", write: (line) => void logged.push(JSON.parse(line)) });
  const shown: string[] = [];
  const terminal = new Terminal({
    live: true,
    write: (text) => {
      shown.push(text);
      if (stopAt !== undefined && text.includes(stopAt)) world.stop();
    },
  });
  const work: Work = { store, config: read.value, context: { ...world, log, terminal }, ids: [] };
  return { work, printed: world.printed, logged, shown };
}

/** Registers the cases. */
export function exerciseDeadLetters(name: string, fresh: MakeFixture): void {
  Deno.test(`${name}: listDeadLetters() finds by time and by keys, and pages from the newest to the oldest`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    const same = { messageId: `${key(2).messageId}0`, publishTime: key(2).publishTime };
    await write(store, { deadLetters: [key(1), key(2), same, key(3)].map((one) => deadLetter(one)) });
    const found = async (page: Omit<DeadLetterPage, "limit"> & { readonly limit?: number }) =>
      (await store.listDeadLetters({ limit: 9, ...page })).map(keyOf);
    assertEquals(await found({ since: key(2).publishTime }), [key(2), same, key(3)]);
    assertEquals(await found({ keys: [key(3), key(1), key(7)] }), [key(1), key(3)]);
    assertEquals(await found({ keys: [] }), []);
    assertEquals(await found({ newestFirst: true }), [key(3), same, key(2), key(1)]);
    assertEquals(await found({ newestFirst: true, after: same }), [key(2), key(1)]);
    assertEquals(await found({ newestFirst: true, after: key(3), limit: 1, since: key(2).publishTime }), [same]);
    assertEquals(await store.countDeadLetters({ since: key(2).publishTime, keys: [key(1), key(2)] }), 1);
  });

  Deno.test(`${name}: groupDeadLetters() counts each reason, with the oldest and the newest`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    assertEquals(await store.groupDeadLetters({}), []);
    const letters = [1, 2, 3, 4].map((n) => deadLetter({ ...key(n), reason: n === 2 ? "bad_field" : "not_json" }));
    await write(store, { deadLetters: letters });
    await store.drop([key(4)]);
    const groups = await store.groupDeadLetters({ statuses: ["open"] });
    assertEquals(groups.toSorted((a, b) => a.reason < b.reason ? -1 : 1), [
      { reason: "bad_field", count: 1, oldest: key(2).publishTime, newest: key(2).publishTime },
      { reason: "not_json", count: 2, oldest: key(1).publishTime, newest: key(3).publishTime },
    ]);
    assertEquals((await store.groupDeadLetters({ since: key(3).publishTime })).map(({ count }) => count), [2]);
  });

  Deno.test(`${name}: dead-letters drop takes what has the reason, the time and the texts, and no other`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { deadLetters: many });
    const since = `${key(1).publishTime.replace(" ", "T")}Z`;
    const chosen = { flags: { reason: "missing_field", since }, where: ["service_name=*-0", "detail=severity:*"] };
    const fitting = many.filter((letter, i) => i % 6 === 0 && letter.publishTime >= key(1).publishTime).map(keyOf);
    const dry = workOn(store, { ...chosen, flags: { ...chosen.flags, "dry-run": "true" } });
    assertEquals(await drop(dry.work), 0);
    assertEquals(dry.printed, [`${fitting.length} would be dropped`]);
    assertEquals(await store.countDeadLetters({ statuses: ["open"] }), MANY);
    const { work, printed, shown } = workOn(store, chosen);
    assertEquals(await drop(work), 0);
    assertEquals(printed, [`${fitting.length} dropped`]);
    assertStringIncludes(shown.join(""), "dropping: 400 of 400, 100 %");
    assertEquals((await store.listDeadLetters({ statuses: ["dropped"], limit: MANY })).map(keyOf), fitting);
  });

  Deno.test(`${name}: dead-letters drop that a signal ends leaves whole pages done, says so, and goes on when run again`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { deadLetters: many });
    const first = workOn(store, { flags: { since: "80000h" }, stopAt: "dropping: 500 of 1200" });
    assertEquals(await drop(first.work), 1);
    assertEquals(first.printed, ["500 dropped"]);
    assertEquals(first.logged.map(({ done, of }) => [done, of]), [[500, MANY]]);
    assertEquals(await store.countDeadLetters({ statuses: ["dropped"] }), 500);
    const second = workOn(store, {});
    assertEquals(await drop(second.work), 0);
    assertEquals(second.printed, ["700 dropped"]);
    assertEquals(await store.countDeadLetters({ statuses: ["open"] }), 0);
  });

  Deno.test(`${name}: dead-letters replay that a signal ends counted every entry that it moved`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { deadLetters: many });
    const first = workOn(store, { as: ["severity=warn"], stopAt: "replaying: 500 of 1200" });
    assertEquals(await replay(first.work), 1);
    assertStringIncludes(first.printed.join(), "500 replayed, 0 still invalid");
    const between = await store.verify();
    assertEquals([between.entries, between.counted, between.differences, between.inBoth], [500, 500, [], 0]);
    const second = workOn(store, { as: ["severity=warn"], where: ["service_name=service-1"] });
    assertEquals(await replay(second.work), 0);
    const after = await store.verify();
    const moved = many.filter((_, i) => i < 500 || i % 3 === 1).length;
    assertEquals([after.entries, after.counted, after.deadLetters.open], [moved, moved, MANY - moved]);
  });

  Deno.test(`${name}: dead-letters drop that an error ends says how far it came`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await write(store, { deadLetters: many });
    const drops = store.drop.bind(store);
    let calls = 0;
    store.drop = (keys) => ++calls === 3 ? Promise.reject(new Error("it went away")) : drops(keys);
    const { work, printed } = workOn(store, {});
    await assertRejects(() => drop(work), Error, "it went away");
    assertEquals(printed, ["1000 dropped"]);
  });
}
