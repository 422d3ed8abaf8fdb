import { assertEquals } from "@std/assert";
import { hostProblem } from "../../../../src/http/guard/hosts.ts";

const NAMES = ["logs.example.com"];

function kindOf(headers: Readonly<Record<string, string>>): string | undefined {
  return hostProblem(new Headers(headers), NAMES)?.kind;
}

for (const host of ["127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "localhost", "LOCALHOST:1", "logs.example.com:443"]) {
  Deno.test(`hostProblem() lets ${host} through`, () => assertEquals(kindOf({ host }), undefined));
}

for (
  const host of ["", "evil.example", "logs.example.com.evil.example", "127.0.0.1.evil.example", "1.2.3.4@evil", "a/b"]
) {
  Deno.test(`hostProblem() refuses the host "${host}"`, () => assertEquals(kindOf({ host }), "foreign_host"));
}

Deno.test("hostProblem() refuses a request without a host", () => assertEquals(kindOf({}), "bad_request"));

Deno.test("hostProblem() lets the server's own pages ask, and those of its names", () => {
  const host = "127.0.0.1:8080";
  assertEquals(kindOf({ host, origin: "http://127.0.0.1:8080" }), undefined);
  assertEquals(kindOf({ host, origin: "https://logs.example.com" }), undefined);
});

for (
  const origin of [
    "http://127.0.0.1:8081",
    "http://127.0.0.2:8080",
    "http://localhost:8080",
    "null",
    "https://evil.example",
    "file://",
    "https://logs.example.com.evil.example",
  ]
) {
  Deno.test(`hostProblem() refuses a page of ${origin}`, () => {
    assertEquals(kindOf({ host: "127.0.0.1:8080", origin }), "foreign_origin");
  });
}

Deno.test("hostProblem() refuses what another site's page loads, and not who follows its link", () => {
  const host = "localhost";
  const cross = { host, "sec-fetch-site": "cross-site" };
  assertEquals(kindOf({ ...cross, "sec-fetch-mode": "no-cors" }), "foreign_origin");
  assertEquals(kindOf({ ...cross, "sec-fetch-mode": "navigate" }), undefined);
  assertEquals(kindOf({ host, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }), undefined);
});
