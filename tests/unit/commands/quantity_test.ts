import { assertEquals, assertThrows } from "@std/assert";
import { quantity } from "../../../src/commands/quantity.ts";
import { UsageError } from "../../../src/config/usage_error.ts";

Deno.test("quantity() is three where nobody says", () => {
  assertEquals(quantity(undefined), 3);
});

Deno.test("quantity() takes whole numbers from 1 to 1,000,000", () => {
  assertEquals([quantity("1"), quantity("1000000")], [1, 1_000_000]);
  for (const text of ["", "0", "1000001", "-1", "2.5", "three"]) {
    assertThrows(() => quantity(text), UsageError, `Cannot use qty "${text}": it must be a whole number from 1 to`);
  }
});
