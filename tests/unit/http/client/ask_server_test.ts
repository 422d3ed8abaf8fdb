import { assertEquals, assertRejects } from "@std/assert";
import { askServer, parseServerUrl } from "../../../../src/http/client/ask_server.ts";
import { StoreError } from "../../../../src/store/store.ts";

for (
  const [text, token, url] of [
    ["http://127.0.0.1:8080", true, "http://127.0.0.1:8080"],
    ["http://[::1]:8080/", true, "http://[::1]:8080"],
    ["http://localhost/lms/", true, "http://localhost/lms"],
    ["https://logs.example.com/lms", true, "https://logs.example.com/lms"],
    ["http://logs.example.com", false, "http://logs.example.com"],
  ] as const
) {
  Deno.test(`parseServerUrl() takes ${text}`, () => {
    assertEquals(parseServerUrl(text, { token }), { ok: true, value: url });
  });
}

for (
  const [text, token] of [
    ["logs.example.com", false],
    ["mysql://db/lms", false],
    ["http://lms:secret@localhost", false],
    ["http://localhost/?a=b", false],
    ["http://logs.example.com", true],
    ["http://127.0.0.1.example.com", true],
  ] as const
) {
  Deno.test(`parseServerUrl() refuses ${text}${token ? " with a token" : ""}`, () => {
    const result = parseServerUrl(text, { token });
    assertEquals([result.ok, JSON.stringify(result).includes("secret")], [false, false]);
  });
}

Deno.test("askServer() tells that nobody answers, and gives the signal's reason back", async () => {
  // Without the right to connect nothing is connected to, which is told as well.
  const ask = askServer({ url: "http://127.0.0.1:1" });
  const error = await assertRejects(() => ask("/v1/logs", {}), StoreError, "Cannot ask http://127.0.0.1:1: ");
  assertEquals(error.disposition, "reconnect");
  const reason = new Error("enough");
  await assertRejects(() => ask("/v1/logs", { signal: AbortSignal.abort(reason) }), Error, "enough");
});
