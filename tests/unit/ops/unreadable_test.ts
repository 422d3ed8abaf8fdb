import { assertMatch } from "@std/assert";
import { whyUnreadable } from "../../../src/ops/unreadable.ts";

const CASES: readonly (readonly [what: string, error: unknown, phrase: RegExp])[] = [
  ["a missing file", new Deno.errors.NotFound("os error 2"), /^there is no such file; create it, or name another$/],
  ["a folder", new Deno.errors.IsADirectory("os error 21"), /^it is a folder; name the file in it$/],
  ["another user's file", new Deno.errors.PermissionDenied("os error 13"), /^it may not be read; give the user/],
  ["anything else", new Error("Input/output error"), /^it cannot be read: Input\/output error$/],
];

for (const [what, error, phrase] of CASES) {
  Deno.test(`whyUnreadable() of ${what} says what to do`, () => assertMatch(whyUnreadable(error), phrase));
}
