import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { escape } from "mysql2";
import { addCounts, insertEntries, KEEP_EXISTING } from "../../src/store/mysql/insert.ts";
import { countEntries } from "../../src/store/write_plan.ts";
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
  const token = /\(|\)|,|'((?:[^'\\]|\\[\s\S])*)'/gy;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    if (match[0] === "(") tuples.push([]);
    if (match[1] !== undefined) tuples.at(-1)!.push(match[1].replaceAll(/\\([\s\S])/g, (_, c) => ESCAPED[c] ?? c));
    if (token.lastIndex === sql.length) return tuples;
  }
  throw new Error(`no list of literals: ${sql}`);
}

Deno.test("insertEntries() holds every value exactly, in order, and each statement fits its bytes unless it is one row", () => {
  fc.assert(
    fc.property(fc.array(entries(), { maxLength: 30 }), fc.integer({ min: 600, max: 20_000 }), (rows, bytesMax) => {
      const statements = [...insertEntries(rows, bytesMax)];
      const tuples = statements.map((sql) => {
        const [head, rest] = split(sql, " VALUES ");
        assert(head.startsWith("INSERT INTO service_logs ("));
        assert(rest.endsWith(KEEP_EXISTING));
        return literals(rest.slice(0, -KEEP_EXISTING.length));
      });
      assertEquals(
        tuples.flat(),
        rows.map((row) => [row.publishTime, row.messageId, row.serviceName, row.payload, row.severity, row.timestamp]),
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
    const counts = countEntries(rows);
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
