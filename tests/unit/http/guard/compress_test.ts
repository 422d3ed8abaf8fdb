import { assertEquals } from "@std/assert";
import { takesGzip, textResponse } from "../../../../src/http/guard/compress.ts";

for (
  const [header, takes] of [
    [null, false],
    ["", false],
    ["gzip", true],
    ["br, GZIP;q=0.5", true],
    ["deflate, *", true],
    ["gzip;q=0", false],
    ["gzip; q=0.000, *;q=1", false],
    ["br", false],
  ] as const
) {
  Deno.test(`takesGzip() is ${takes} of ${header}`, () => assertEquals(takesGzip(header), takes));
}

Deno.test("textResponse() sends in gzip what is worth it, to those who take it", async () => {
  const send = async (text: string, coding: string) => {
    const request = new Request("http://localhost", { headers: { "accept-encoding": coding } });
    const response = textResponse(text, { request, headers: { "content-type": "text/plain" } });
    assertEquals(response.headers.get("vary"), "accept-encoding");
    const packed = response.headers.get("content-encoding") === "gzip";
    const body = packed ? response.body!.pipeThrough(new DecompressionStream("gzip")) : response.body!;
    assertEquals(await new Response(body).text(), text);
    return packed;
  };
  const long = "ä word ".repeat(200);
  assertEquals([await send(long, "gzip"), await send(long, "br"), await send("short", "gzip")], [true, false, false]);
});
