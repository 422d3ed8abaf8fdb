import { assertEquals } from "@std/assert";
import { looksLike } from "../../../src/entry/foreign.ts";

for (
  const [format, data] of [
    ["a Cloud Logging LogEntry", { logName: "projects/p/logs/l", resource: {}, textPayload: "x" }],
    ["a Cloud Logging LogEntry", { logName: "projects/p/logs/l", insertId: "1" }],
    ["a CloudEvent", { specversion: "1.0", type: "t", source: "s", data: {} }],
    ["OpenTelemetry logs (OTLP)", { resourceLogs: [] }],
    ["a Pub/Sub push request", { message: { data: "" }, subscription: "s" }],
    ["an event of Logstash or Elastic", { "@timestamp": "2026-01-02T03:04:05Z", message: "x" }],
    ["several entries in one message", [{ service_name: "alpha" }]],
    ["JSON in base64", btoa('{"service_name":"alpha"}')],
    [undefined, { service_name: "alpha" }],
    [undefined, { __proto__: { logName: "inherited", resource: {} } }],
    [undefined, "plain text"],
    [undefined, "null"],
    [undefined, ""],
    [undefined, "[".repeat(20_000)],
  ] as const
) {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  Deno.test(`looksLike() takes ${text.slice(0, 40)} for ${format}`, () => {
    assertEquals(looksLike(new TextEncoder().encode(text)), format);
  });
}

Deno.test("looksLike() knows gzip by its first bytes", () => {
  assertEquals(looksLike(Uint8Array.of(0x1f, 0x8b, 8)), "data compressed with gzip");
});
