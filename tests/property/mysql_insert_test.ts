import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { escape } from "mysql2";
import { attributesText } from "../../src/entry/attributes.ts";
import { compareKeys, type LogEntry } from "../../src/entry/entry.ts";
import { countByTime, MinuteServices } from "../../src/store/counts.ts";
import { addCounts, insertEntries, KEEP_EXISTING } from "../../src/store/mysql/insert.ts";
import { entries } from "../support/entries.ts";

const UTF8 = new TextEncoder();

/**
 * What a server without NO_BACKSLASH_ESCAPES makes of a literal:
 * https://dev.mysql.com/doc/refman/8.4/en/string-literals.html
 */
const ESCAPED: Readonly<Record<string, string>> = { "0": "\0", b: "\b", n: "\n", r: "\r", t: "\t", Z: "\x1a" };

/** The literals of a list of tuples, decoded; fails on anything else between them than `(`, `)` and `,`. */
function literals(sql: string): string[][] {
  const tuples: string[][] = [];
  const token = /\(|\)|,|(?<bare>\d+|NULL)|'(?<quoted>(?:[^'\\]|\\[\s\S])*)'/gy;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    if (match[0] === "(") tuples.push([]);
    const { bare, quoted } = match.groups!;
    if (bare !== undefined) tuples.at(-1)!.push(bare);
    if (quoted !== undefined) tuples.at(-1)!.push(quoted.replaceAll(/\\([\s\S])/g, (_, c) => ESCAPED[c] ?? c));
    if (token.lastIndex === sql.length) return tuples;
  }
  throw new Error(`no list of literals: ${sql}`);
}

Deno.test("insertEntries() holds every value exactly, in order, and each statement fits its bytes unless it is one row", () => {
  fc.assert(
    fc.property(fc.array(entries(), { maxLength: 30 }), fc.integer({ min: 600, max: 20_000 }), (rows, bytesMax) => {
      const built: LogEntry[] = [];
      const onRow = (entry: LogEntry) => built.push(entry);
      const statements = [...insertEntries(rows, { bytesMax, batch: 7n, onRow })];
      assertEquals(built, rows);
      const tuples = statements.map((sql) => {
        const [head, rest] = split(sql, " VALUES ");
        assert(head.startsWith("INSERT INTO service_logs ("));
        assert(rest.endsWith(KEEP_EXISTING));
        return literals(rest.slice(0, -KEEP_EXISTING.length));
      });
      assertEquals(
        tuples.flat(),
        rows.map((row) => [
          row.publishTime,
          row.messageId,
          row.serviceName,
          row.payload,
          row.severity,
          row.timestamp,
          "7",
          row.attributes === undefined ? "NULL" : attributesText(row.attributes),
        ]),
      );
      statements.forEach((sql, i) => {
        assert(tuples[i]!.length > 0);
        assert(tuples[i]!.length === 1 || UTF8.encode(sql).length <= bytesMax);
      });
    }),
  );
});

Deno.test("addCounts() of a batch's counts adds up to the batch", () => {
  fc.assert(fc.property(fc.array(entries(), { maxLength: 30 }), (rows) => {
    const counts = countByTime(rows.toSorted(compareKeys), new MinuteServices()).totals;
    assertEquals(counts.reduce((sum, { count }) => sum + count, 0), rows.length);
    const sql = [...addCounts(counts, 1 << 20)].join("");
    for (const { serviceName, severity, count } of counts) {
      assert(sql.includes(`(${escape(serviceName)},'${severity}',${count})`));
    }
  }));
});

function split(text: string, at: string): [string, string] {
  const i = text.indexOf(at);
  return [text.slice(0, i), text.slice(i + at.length)];
}
