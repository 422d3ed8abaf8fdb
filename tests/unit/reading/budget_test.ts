import { assertEquals, assertThrows } from "@std/assert";
import { Budget } from "../../../src/reading/budget.ts";

Deno.test("Budget is spent when its rows are", () => {
  const budget = new Budget({ rowsMax: 10 });
  budget.spend(9);
  assertEquals([budget.isSpent, budget.rowsLeft], [false, 1]);
  budget.spend(5);
  assertEquals([budget.isSpent, budget.rowsLeft, budget.examined], [true, 0, 14]);
});

Deno.test("Budget.bounds throws the signal's reason, and refuses bounds that are none", () => {
  assertThrows(() => new Budget({ signal: AbortSignal.abort(new Error("gone")) }).bounds, Error, "gone");
  assertThrows(() => new Budget({ rowsMax: 0 }), RangeError, "rowsMax");
  assertThrows(() => new Budget({ budgetMs: 1.5 }), RangeError, "budgetMs");
});
