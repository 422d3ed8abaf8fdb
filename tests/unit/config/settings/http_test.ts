import { assertEquals } from "@std/assert";
import { HTTP_SETTINGS } from "../../../../src/config/settings/http.ts";

const read = <T>(reader: (text: string) => { readonly ok: boolean; readonly value?: T }, text: string) =>
  reader(text).value;

for (
  const [text, host, port] of [
    ["8080", "127.0.0.1", 8080],
    ["0", "127.0.0.1", 0],
    ["127.0.0.1:8080", "127.0.0.1", 8080],
    ["[::1]:8080", "::1", 8080],
    ["0.0.0.0:80", "0.0.0.0", 80],
    ["localhost:65535", "localhost", 65_535],
  ] as const
) {
  Deno.test(`HTTPADDRESS reads ${text}`, () => assertEquals(read(HTTP_SETTINGS.http.read, text), { host, port }));
}

Deno.test("HTTPADDRESS refuses what is no address with a port", () => {
  for (const text of ["", ":8080", "127.0.0.1", "::1:8080", "65536", "a b:1", "http://a:1", "a:1/"]) {
    assertEquals(read(HTTP_SETTINGS.http.read, text), undefined, text);
  }
});

Deno.test("HTTPHOSTS reads names in small letters, and refuses ports and patterns", () => {
  assertEquals(read(HTTP_SETTINGS.httpHosts.read, "Logs.example.com, b"), ["logs.example.com", "b"]);
  for (const text of ["", "a:1", "*.b", "a,,b", "https://a"]) {
    assertEquals(read(HTTP_SETTINGS.httpHosts.read, text), undefined, text);
  }
});

Deno.test("HTTPBASEPATH is a path without a slash at its end", () => {
  assertEquals(read(HTTP_SETTINGS.httpBasePath.read, "/lms/v2"), "/lms/v2");
  for (const text of ["", "/", "lms", "/lms/", "/a//b", "/a?b"]) {
    assertEquals(read(HTTP_SETTINGS.httpBasePath.read, text), undefined, text);
  }
});
