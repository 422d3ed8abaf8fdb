import { assertEquals } from "@std/assert";
import { protocolOf } from "../../../src/emulator/opening.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("protocolOf() takes HTTP/2's preface for it once it cannot be anything else", () => {
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  for (let length = 0; length <= preface.length; length++) {
    assertEquals(protocolOf(bytes(preface.slice(0, length))), length < 14 ? "undecided" : "http/2", `${length} bytes`);
  }
});

for (
  const begun of ["G", "GET / HTTP/1.1", "PU", "PO", "PATCH", "PRI * HTTP/1.1", "PRI /", "p", "\x16\x03\x01", "\0"]
) {
  Deno.test(`protocolOf() takes ${JSON.stringify(begun)} for HTTP/1.1 at once`, () => {
    assertEquals(protocolOf(bytes(begun)), "http/1.1");
  });
}

Deno.test("protocolOf() waits for the byte that tells POST from PRI", () => {
  assertEquals(protocolOf(bytes("P")), "undecided");
});
