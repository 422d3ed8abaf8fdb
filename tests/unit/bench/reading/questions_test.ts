import { assertRejects } from "@std/assert";
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
  await asked(question({ entries: 10, complete: true }), NOBODY, 10);
  await asked(question({ entries: 11, complete: true }), NOBODY, 10);
});

for (
  const [answer, problem] of [
    [{ entries: 9, complete: true }, "all: 9 entries"],
    [{ entries: 12, complete: true }, "all: 12 entries"],
    [{ entries: 10, complete: false }, "all: 10 entries, and not all"],
  ] as const
) {
  Deno.test(`asked() refuses ${problem}`, async () => {
    await assertRejects(() => asked(question(answer), NOBODY, 10), Error, problem);
  });
}
