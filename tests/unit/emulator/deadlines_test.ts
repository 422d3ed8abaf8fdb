import { assertEquals } from "@std/assert";
import { isEndless } from "../../../src/emulator/deadlines.ts";

Deno.test("isEndless() tells what is beyond a timer's 2^31 - 1 ms", () => {
  // 2^31 ms are 2,147,483.648 s, or 596.5 hours.
  const cases: Record<string, boolean> = {
    "2147483S": false,
    "2147484S": true,
    "2147483647m": false,
    "2147483648m": true,
    "596H": false,
    "597H": true,
    "1193047H": true,
    "35791M": false,
    "35792M": true,
    "99999999u": false,
    "99999999n": false,
    "10S": false,
    "": false,
    "soon": false,
    "10": false,
    "99999999X": false,
  };
  assertEquals(Object.fromEntries(Object.keys(cases).map((timeout) => [timeout, isEndless(timeout)])), cases);
});
