import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ATTRIBUTES_BYTES_MAX, attributesProblem, attributesText } from "../../../src/entry/attributes.ts";
import { attributes } from "../../support/entries.ts";

Deno.test("attributesText() is one JSON object with its keys sorted, whatever they are called", () => {
  assertEquals(attributesText({ b: "2", a: '"', "10": "x", "9": "y" }), '{"10":"x","9":"y","a":"\\"","b":"2"}');
  const odd = JSON.parse('{"__proto__":"p"}') as Record<string, string>;
  assertEquals(attributesText(odd), '{"__proto__":"p"}');
  fc.assert(fc.property(attributes(), (any) => {
    assertEquals(JSON.parse(attributesText(any)), any);
    assertEquals(attributesText(Object.fromEntries(Object.entries(any).reverse())), attributesText(any));
  }));
});

Deno.test("attributesProblem() takes 64 KiB of JSON, and not a byte more", () => {
  const room = ATTRIBUTES_BYTES_MAX - attributesText({ a: "" }).length;
  assertEquals(attributesProblem({ a: "x".repeat(room) }), undefined);
  assertEquals(attributesProblem({ a: "x".repeat(room + 1) }), { bytes: ATTRIBUTES_BYTES_MAX + 1 });
  assertEquals(attributesProblem({ a: "\u00e9".repeat(room / 2) })?.toString(), undefined);
  assertEquals(attributesProblem({ a: "\u0001".repeat(room / 6 | 0) }), undefined);
  assertEquals(attributesProblem({}), undefined);
});

Deno.test("attributesProblem() finds half a surrogate pair in a name and in a value", () => {
  assertEquals(attributesProblem({ "\ud800": "" }), "ill-formed");
  assertEquals(attributesProblem({ a: "\udc00" }), "ill-formed");
});
