import { assertEquals } from "@std/assert";
import { bold, described, request, roffEscaped, roffLine } from "../../../../src/cli/man/roff.ts";

const escapes: readonly (readonly [text: string, escaped: string])[] = [
  ["--dry-run", "\\-\\-dry\\-run"],
  ["a\\nb", "a\\(rsnb"],
  ['Google\'s `x` ^ ~ "y"', "Google\\(aqs \\(gax\\(ga \\(ha \\(ti \\(dqy\\(dq"],
  ["a…é", "a\\[u2026]\\[u00E9]"],
];

for (const [text, escaped] of escapes) {
  Deno.test(`roffEscaped() of ${JSON.stringify(text)} means nothing but itself`, () => {
    assertEquals(roffEscaped(text), escaped);
  });
}

Deno.test("roffLine() begins no request, and ends in no blank", () => {
  assertEquals(roffLine(".TH is text"), "\\&.TH is text");
  assertEquals(roffLine("'br is text  "), "\\(aqbr is text");
  assertEquals(roffLine("lms.db"), "lms.db");
});

Deno.test("bold() and request() take any text apart from what stands around it", () => {
  assertEquals(bold("--seed", " N"), "\\fB\\-\\-seed\\fR N");
  assertEquals(request("SS", bold("lms mon"), ""), '.SS "\\fBlms mon\\fR" ""');
});

Deno.test("described() parts paragraphs, and makes terms of the rows of a table", () => {
  assertEquals(
    described([
      "One line,",
      "and its next.",
      "",
      "show ID...  all of it:",
      "            attributes too",
      "  drop      gone",
      "",
      "End.",
    ]),
    [
      "One line, and its next.",
      ".TP",
      "\\fBshow ID...\\fR",
      "all of it: attributes too",
      ".TP",
      "\\fBdrop\\fR",
      "gone",
      ".PP",
      "End.",
    ],
  );
});
