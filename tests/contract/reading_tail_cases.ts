/**
 * Tails, the ledger, instances and dead letters.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { ReadEntry } from "../../src/store/log_rows.ts";
import type { TailPoint } from "../../src/reading/log_queries.ts";
import { batchIdAt, tailPointAt } from "../../src/reading/tail_point.ts";
import { readEntry } from "../support/memory_log_queries.ts";
import { landMixed, someEntries } from "./reading_page_cases.ts";
import { entriesOf, Landed, type MakeReading, queryOf, walk } from "./reading_fixture.ts";

export function exerciseTails(name: string, fresh: MakeReading): void {
  Deno.test(`${name}: tail() tells what lands once, in whichever order batches commit`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const entries = someEntries(60);
    await landed.land(entries.slice(0, 10));
    const ids = Array.from({ length: 5 }, () => landed.nextId());
    const page = await fixture.queries.page({ query: queryOf(""), range: {}, order: "newest_first", limit: 50 });
    let point: TailPoint = page.tail!;
    const told: ReadEntry[] = [];
    // The second began first.
    for (const [i, id] of [ids[3]!, ids[0]!, ids[4]!, ids[2]!, ids[1]!].entries()) {
      const part = await landed.land(entries.slice(10 + i * 10, 20 + i * 10), { id });
      const step = await fixture.queries.tail({ from: point });
      assertEquals(step.entries, part);
      assertEquals(step.batches.map((batch) => batch.id), [id]);
      told.push(...step.entries);
      point = step.point;
    }
    assertEquals((await fixture.queries.tail({ from: point })).entries, []);
    const keys = [...page.entries, ...told].map(({ messageId }) => messageId).sort();
    assertEquals(keys, landed.entries.map(({ messageId }) => messageId).sort());
  });

  Deno.test(`${name}: tail() from a position alone tells the last two minutes again, and filters`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landed.land(someEntries(20), { id: batchIdAt(Date.now() - 300_000) });
    const recent = await landed.land(someEntries(60).slice(20));
    const { position } = await fixture.queries.tailPoint();
    const step = await fixture.queries.tail({ from: tailPointAt(position), query: queryOf("timeout") });
    assertEquals(step.entries, recent.filter(({ payload }) => payload.includes("timeout")));
    assertEquals(step.batches.length, 1);
  });

  Deno.test(`${name}: tail() takes replayed, restored and adopted rows for no news`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const from = await fixture.queries.tailPoint();
    const entries = someEntries(40);
    await landed.land(entries.slice(0, 10), { cause: "replay" });
    await landed.land(entries.slice(10, 20), { cause: "restore" });
    const old = await landed.land(entries.slice(20, 30), { id: undefined });
    await landed.adopt(old);
    const news = await landed.land(entries.slice(30), { cause: "split" });
    const step = await fixture.queries.tail({ from });
    assertEquals(step.entries, news);
    assertEquals((await fixture.queries.tail({ from: step.point })).entries, []);
  });

  Deno.test(`${name}: tail() tells as much at once as it may read, whole batches, and the rest then`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    let point = await fixture.queries.tailPoint();
    const entries = someEntries(60);
    for (let i = 0; i < 60; i += 20) await landed.land(entries.slice(i, i + 20));
    const steps = [];
    do {
      const step = await fixture.queries.tail({ from: point }, { rowsMax: 30 });
      steps.push([step.entries.length, step.more]);
      point = step.point;
    } while (steps.at(-1)![1] === true);
    assertEquals(steps, [[20, true], [20, true], [20, false]]);
  });

  Deno.test(`${name}: ledger() has the batches, newest first, page by page`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landMixed(landed, someEntries(60), { unadopted: false });
    const all = await fixture.queries.ledger({ range: {}, limit: 100 });
    assertEquals([all.batches.length, all.more], [4, false]);
    assertEquals(all.batches.map(({ entries }) => entries), [6, 14, 20, 20]);
    assert(all.batches.every(({ id }, i) => i === 0 || id < all.batches[i - 1]!.id));
    const first = await fixture.queries.ledger({ range: {}, limit: 3 });
    assertEquals([first.batches, first.more], [all.batches.slice(0, 3), true]);
    const rest = await fixture.queries.ledger({ range: {}, limit: 3, before: first.batches.at(-1)!.id });
    assertEquals([rest.batches, rest.more], [all.batches.slice(3), false]);
    assertEquals((await fixture.queries.ledger({ range: {}, limit: 3, causes: ["replay"] })).batches, []);
    assertEquals((await fixture.queries.ledger({ range: {}, limit: 3, instance: 7 })).batches, []);
    const past = await fixture.queries.ledger({ range: { to: "2026-01-01 00:00:00.000000" }, limit: 3 });
    assertEquals(past.batches, []);
    const { publishTimeFirst, publishTimeLast } = all.batches.at(-1)!;
    assert(publishTimeFirst! < publishTimeLast!);
  });

  Deno.test(`${name}: instances() has the monitors`, async () => {
    await using fixture = await fresh();
    assertEquals(await fixture.queries.instances(), []);
    await fixture.transact([
      "INSERT INTO instances (number, owner, name, version, started_at, seen_at, held, held_bytes, oldest_publish_time) \
VALUES (3, 'x', 'host-1', '0.2.0', '2026-11-24 00:00:00.000000', '2026-11-24 00:00:10.000000', 5, 500, NULL)",
    ]);
    assertEquals(await fixture.queries.instances(), [{
      number: 3,
      name: "host-1",
      version: "0.2.0",
      startedAt: "2026-11-24 00:00:00.000000",
      seenAt: "2026-11-24 00:00:10.000000",
      heldMessages: 5,
      heldBytes: 500,
    }]);
  });

  Deno.test(`${name}: dead letters are listed in pages, grouped, and read whole`, async () => {
    await using fixture = await fresh();
    const times = [1, 2, 3, 4, 5].map((n) => `2026-11-24 00:00:0${n}.000000`);
    await fixture.transact(
      times.map((time, i) =>
        `INSERT INTO dead_letters (publish_time, message_id, reason, detail, data, attributes, status, created_at, \
updated_at) VALUES ('${time}', 'm${i}', '${i < 3 ? "not_json" : "too_large"}', 'detail ${i}', x'00ff27', '{"a":"b"}', \
'${i === 4 ? "dropped" : "open"}', '${time}', '${time}')`
      ),
    );
    const { queries } = fixture;
    const ids = (rows: readonly { readonly messageId: string }[]) => rows.map(({ messageId }) => messageId);
    assertEquals(ids(await queries.deadLetters({ limit: 3 })), ["m0", "m1", "m2"]);
    const after = { publishTime: times[2]!, messageId: "m2" };
    assertEquals(ids(await queries.deadLetters({ limit: 3, after })), ["m3", "m4"]);
    assertEquals(ids(await queries.deadLetters({ limit: 9, after, newestFirst: true })), ["m1", "m0"]);
    assertEquals(ids(await queries.deadLetters({ limit: 9, statuses: ["dropped"] })), ["m4"]);
    assertEquals(ids(await queries.deadLetters({ limit: 9, keys: [after], messageIds: ["m2", "m3"] })), ["m2"]);
    assertEquals(await queries.deadLetterGroups({ statuses: ["open"] }), [
      { reason: "not_json", count: 3, oldest: times[0]!, newest: times[2]! },
      { reason: "too_large", count: 1, oldest: times[3]!, newest: times[3]! },
    ]);
    assertEquals(await queries.deadLetter(after), {
      ...after,
      reason: "not_json",
      detail: "detail 2",
      status: "open",
      bytes: 3,
      createdAt: times[2]!,
      updatedAt: times[2]!,
      data: new Uint8Array([0, 255, 39]),
      attributes: { a: "b" },
    });
    assertEquals(await queries.deadLetter({ ...after, messageId: "none" }), undefined);
  });

  Deno.test(`${name}: a walk has what was committed before it once, and what lands meanwhile at most once`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const entries = someEntries(240);
    for (const text of ["", "severity>=warn", "timeout", "*time*"]) {
      const query = queryOf(text);
      const mine = (n: number) => `${text}-${n}`;
      const own = entries.map((entry, i) => readEntry({ ...entry, messageId: mine(i) }));
      await landed.land(own.filter((_, i) => i % 2 === 0));
      const before = landed.matching(query);
      let next = 1;
      const pages = await walk(fixture.queries, {
        query,
        limit: 6,
        options: { rowsMax: 40 },
        between: async () => {
          if (next >= 239) return;
          await landed.land(
            [own[next]!, own[240 - next]!].filter((entry) =>
              !landed.entries.some((row) => row.messageId === entry.messageId)
            ),
          );
          next += 2;
        },
      });
      const walked = entriesOf(pages).map(({ publishTime, messageId }) => `${publishTime} ${messageId}`);
      assertEquals(walked.length, new Set(walked).size, text);
      assertEquals(before.filter((row) => !walked.includes(`${row.publishTime} ${row.messageId}`)), [], text);
      assertEquals(walked, walked.toSorted().reverse(), text);
    }
  });
}
