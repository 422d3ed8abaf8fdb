import { assertEquals } from "@std/assert";
import { encode } from "../../../src/entry/encode.ts";

const TEXT = new TextDecoder();

Deno.test("encode() writes the message format's names, and RFC 3339 for the time", () => {
  const data = encode({
    serviceName: "alpha",
    payload: 'said "hi"\n',
    severity: "warn",
    timestamp: "2026-01-02 03:04:05.000006",
  });
  assertEquals(
    TEXT.decode(data),
    '{"service_name":"alpha","payload":"said \\"hi\\"\\n","severity":"warn","timestamp":"2026-01-02T03:04:05.000006Z"}',
  );
});

Deno.test("encode() leaves the timestamp out where there is none", () => {
  const data = encode({ serviceName: "alpha", payload: "", severity: "info" });
  assertEquals(TEXT.decode(data), '{"service_name":"alpha","payload":"","severity":"info"}');
});
