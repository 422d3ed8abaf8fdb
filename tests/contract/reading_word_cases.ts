/**
 * The word index: what it finds, and what it must not miss.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { wordHash } from "../../src/words/word_hash.ts";
import { filterOf } from "../../src/words/word_filter.ts";
import { wordsOf } from "../../src/words/words.ts";
import { texts } from "../support/entries.ts";
import { mergingStatements } from "../support/landing.ts";
import { readEntry } from "../support/memory_log_queries.ts";
import { someEntries } from "./reading_page_cases.ts";
import { entriesOf, Landed, type MakeReading, queryOf, walk } from "./reading_fixture.ts";

export function exerciseWords(name: string, fresh: MakeReading): void {
  Deno.test(`${name}: a word that no batch holds is told at once, and by its name`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    await landed.land(someEntries(40));
    const request = { range: {}, order: "newest_first", limit: 10 } as const;
    const none = await fixture.queries.page({ ...request, query: queryOf("timeout Neverseenword") });
    assertEquals([none.entries, none.complete, none.examined], [[], true, 0]);
    assertEquals(none.unknownWords.map(({ word }) => word), ["neverseenword"]);
    const apart = await fixture.queries.page({ ...request, query: queryOf("timeout healthz") });
    assertEquals([apart.entries, apart.unknownWords], [[], []]);
  });

  Deno.test(`${name}: a word of one batch is found by reading little more than that batch`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const entries = someEntries(400);
    for (let i = 0; i < entries.length; i += 20) {
      const part = entries.slice(i, i + 20);
      await landed.land(i === 200 ? [{ ...part[0]!, payload: "a rare needle" }, ...part.slice(1)] : part);
    }
    const page = await fixture.queries.page({
      query: queryOf("needle"),
      range: {},
      order: "newest_first",
      limit: 10,
    });
    assertEquals(page.entries, landed.matching(queryOf("needle")));
    assert(page.complete && page.examined <= 80, `${page.examined} rows`);
  });

  Deno.test(`${name}: a backlog that was drained out of order is found newest first`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const entries = someEntries(240);
    // Each batch spans all of it.
    for (let i = 0; i < 8; i++) await landed.land(entries.filter((_, at) => at % 8 === i));
    for (const order of ["newest_first", "oldest_first"] as const) {
      const pages = await walk(fixture.queries, { query: queryOf("timeout"), limit: 4, order });
      const expected = landed.matching(queryOf("timeout"));
      assertEquals(entriesOf(pages), order === "newest_first" ? expected.reverse() : expected);
    }
  });

  Deno.test(`${name}: merged filters find what their batches hold`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const day = "2026-11-24";
    const ids = [];
    for (let i = 0; i < 6; i++) {
      const id = landed.nextId();
      ids.push(id);
      const publishTime = `${day} 10:00:0${i}.000000`;
      await landed.land([readEntry({ publishTime, messageId: `m${i}`, payload: `word${i} common` })], { id });
    }
    const words = new Set(landed.entries.flatMap(({ payload }) => wordsOf(payload)));
    const rows = filterOf(Uint32Array.from(words, wordHash));
    await fixture.transact(mergingStatements(fixture.dialect, { day, ids, rows }));
    for (const text of ["common", "word3", "word0 common", "none"]) {
      const pages = await walk(fixture.queries, { query: queryOf(text), limit: 2 });
      assertEquals(entriesOf(pages), landed.matching(queryOf(text)).reverse(), text);
    }
  });

  Deno.test(`${name}: rows that are adopted while a search runs are found all the same`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const entries = someEntries(60);
    const old = await landed.land(entries, { id: undefined });
    let from = 60;
    const pages = await walk(fixture.queries, {
      query: queryOf("timeout"),
      limit: 2,
      options: { rowsMax: 9 },
      between: async () => {
        if (from > 0) await landed.adopt(old.slice(from -= 15, from + 15));
      },
    });
    const keys = (rows: readonly { readonly publishTime: string; readonly messageId: string }[]) =>
      rows.map(({ publishTime, messageId }) => [publishTime, messageId]);
    assertEquals(keys(entriesOf(pages)), keys(landed.matching(queryOf("timeout")).reverse()));
    assert(pages[0]!.remarks.includes("unadopted"));
  });

  Deno.test(`${name}: a word of plain letters is found where other letters fold to them`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    // The sign of Kelvin.
    const payloads = ["measured 273 \u212a", "measured 273 K", "measured 273 k", "measured 273 kk"];
    await landed.land(
      payloads.map((payload, i) =>
        readEntry({ publishTime: `2026-11-24 10:00:0${i}.000000`, messageId: `m${i}`, payload })
      ),
    );
    for (const text of ["k", "*k*", "K measured"]) {
      const expected = landed.matching(queryOf(text));
      assertEquals(entriesOf(await walk(fixture.queries, { query: queryOf(text), order: "oldest_first" })), expected);
    }
    assertEquals(landed.matching(queryOf("k")).length, 3);
  });

  Deno.test(`${name}: every row is found by each of its words and attributes`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const rows = fc.sample(fc.record({ payload: texts({ maxLength: 60 }), value: texts({ maxLength: 20 }) }), {
      numRuns: 80,
      seed: 20_261_124,
    });
    const entries = rows.map(({ payload, value }, i) =>
      readEntry({
        publishTime: `2026-11-2${3 + i % 2} 10:00:00.${String(i).padStart(6, "0")}`,
        messageId: `m${i}`,
        payload,
        attributes: i % 2 === 0 ? { value } : {},
      })
    );
    for (let i = 0; i < entries.length; i += 10) await landed.land(entries.slice(i, i + 10));
    for (const entry of landed.entries) {
      const [word] = wordsOf(entry.payload).sort((a, b) => b.length - a.length);
      const place = { at: 0, length: 0 };
      const plain = { openStart: false, openEnd: false, negated: false, place };
      if (word !== undefined) {
        const query = { terms: [{ kind: "text", text: word, ...plain }] } as const;
        const found = entriesOf(await walk(fixture.queries, { query, limit: 100 }));
        assertEquals(found, landed.matching(query).reverse(), JSON.stringify(entry.payload));
        assert(found.some(({ messageId }) => messageId === entry.messageId));
      }
      const { value } = entry.attributes;
      if (value === undefined) continue;
      const query = { terms: [{ kind: "attribute", name: "value", text: value, ...plain }] } as const;
      const found = entriesOf(await walk(fixture.queries, { query, limit: 100 }));
      assert(found.some(({ messageId }) => messageId === entry.messageId), JSON.stringify(value));
    }
  });

  Deno.test(`${name}: a word of ASCII is found however it is written, among other characters too`, async () => {
    await using fixture = await fresh();
    const landed = new Landed(fixture);
    const payloads = [
      "TIMEOUT",
      "12 € timeout → “ok”",
      "\uff34\uff29\uff2d\uff25\uff2f\uff35\uff34",
      "t\u0130meout",
      "ti\u0307meout",
      "\u{1d42d}imeout \u{1f680}",
      "ti\u00b5meout",
      "12 € → “no” 日本語 \0",
    ];
    await landed.land(payloads.map((payload, i) => readEntry({ messageId: String(i), payload })));
    for (const text of ["timeout", "*imeou*"]) {
      const found = entriesOf(await walk(fixture.queries, { query: queryOf(text), order: "oldest_first" }));
      assertEquals(found.map(({ messageId }) => messageId), ["0", "1", "2", "3", "4", "5"], text);
    }
  });
}
