import { assertEquals, assertRejects } from "@std/assert";
import type { LogQueries } from "../../../../src/reading/log_queries.ts";
import { asked, type Question } from "../../../bench/reading/questions.ts";

const NOBODY = {} as LogQueries;

function question(answer: { entries: number; complete: boolean }): Question {
  return {
    name: "all",
    everyTurns: 1,
    msMax: 1,
    ask: () => Promise.resolve(answer),
    entries: (rows) => ({ least: rows, most: rows + 1 }),
  };
}

Deno.test("asked() takes an answer with as many entries as there have to be", async () => {
  assertEquals(await asked(question({ entries: 10, complete: true }), NOBODY, 10), true);
  assertEquals(await asked(question({ entries: 11, complete: true }), NOBODY, 10), true);
});

Deno.test("asked() says of an answer that is not whole that it is not, however few entries it has", async () => {
  assertEquals(await asked(question({ entries: 9, complete: false }), NOBODY, 10), false);
});

for (
  const answer of [
    { entries: 9, complete: true },
    { entries: 12, complete: true },
    { entries: 12, complete: false },
  ]
) {
  Deno.test(`asked() refuses ${answer.entries} entries of ten, ${answer.complete ? "whole" : "not whole"}`, async () => {
    await assertRejects(() => asked(question(answer), NOBODY, 10), Error, `all: ${answer.entries} entries`);
  });
}
