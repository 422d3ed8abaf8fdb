import { assertMatch } from "@std/assert";
import { whyUnwritable } from "../../../src/ops/unwritable.ts";

const CASES: readonly (readonly [what: string, error: unknown, phrase: RegExp])[] = [
  ["a missing folder", new Deno.errors.NotFound("os error 2"), /^there is no such folder; create it, or name another$/],
  ["a folder", new Deno.errors.IsADirectory("os error 21"), /^it is a folder; name a file in it$/],
  ["another user's file", new Deno.errors.PermissionDenied("os error 13"), /^it may not be written; give the user/],
  [
    "a place out of reach",
    new Deno.errors.NotCapable("write"),
    /^this program was built without .* \.github\/docs\/permissions\.md$/,
  ],
  ["anything else", new Error("Read-only file system"), /^it cannot be written: Read-only file system$/],
];

for (const [what, error, phrase] of CASES) {
  Deno.test(`whyUnwritable() of ${what} says what to do`, () => assertMatch(whyUnwritable(error), phrase));
}
