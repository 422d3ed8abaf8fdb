import { assertEquals } from "@std/assert";
import { attributeField, fieldTerm, termsOf, withTerm } from "../../../../src/dashboard/text/query.ts";
import { formatQuery } from "../../../../src/reading/format_query.ts";
import { parseQuery } from "../../../../src/reading/parse_query.ts";

for (const value of ["alpha", "a b", 'say "hi"', "back\\slash", "a,b", "x*", "", "😀", "-a", "a:b"]) {
  Deno.test(`fieldTerm() of ${JSON.stringify(value)} is read as that value`, () => {
    const read = parseQuery(fieldTerm(attributeField("my id"), value), 0);
    assertEquals(read.state === "query" && read.query.terms.map((term) => ({ ...term, place: undefined })), [{
      kind: "attribute",
      negated: false,
      place: undefined,
      name: "my id",
      text: value,
      openStart: false,
      openEnd: false,
    }]);
  });
}

Deno.test("withTerm() takes the place of its opposite, and adds nothing twice", () => {
  assertEquals(withTerm('timeout "a b"', "service:x"), 'timeout "a b" service:x');
  assertEquals(withTerm("timeout service:x", "service:x"), "timeout service:x");
  assertEquals(withTerm("-service:x timeout", "service:x"), "timeout service:x");
  assertEquals(withTerm("service:x", "-service:x"), "-service:x");
});

Deno.test("termsOf() leaves quotes whole", () => {
  const query = 'a "b c" -attr."d e":"f \\" g" severity>=warn';
  assertEquals(termsOf(query), ["a", '"b c"', '-attr."d e":"f \\" g"', "severity>=warn"]);
  const read = parseQuery(query, 0);
  assertEquals(read.state === "query" && termsOf(formatQuery(read.query)).length, 4);
});
