import { assertEquals, assertRejects } from "@std/assert";
import { findServer } from "../../../src/app/server_address.ts";
import { UsageError } from "../../../src/config/usage_error.ts";

const FILES: Readonly<Record<string, string>> = {
  token: "0123456789abcdef\n",
  named: "reader:0123456789abcdef\n",
  two: "0123456789abcdef\n0123456789abcdeg\n",
  empty: "\n",
};

function readFile(path: string): Promise<string> {
  const text = FILES[path];
  return text === undefined ? Promise.reject(new Deno.errors.NotFound()) : Promise.resolve(text);
}

Deno.test("findServer() gives the URL, and the token as the file has it", async () => {
  const none = { url: undefined, tokenFile: undefined };
  assertEquals(await findServer(none, readFile), undefined);
  assertEquals(await findServer({ ...none, url: "http://127.0.0.1:8080/" }, readFile), {
    url: "http://127.0.0.1:8080",
  });
  const found = await findServer({ url: "https://logs.example.com/lms", tokenFile: "token" }, readFile);
  assertEquals([found?.url, await found?.token?.()], ["https://logs.example.com/lms", "0123456789abcdef"]);
});

for (
  const [url, tokenFile, words] of [
    [undefined, "token", "Cannot use --token-file without --url"],
    ["logs.example.com", undefined, "Cannot use --url: it must be an address"],
    ["http://logs.example.com", "token", "over plain HTTP"],
    ["http://localhost", "named", "holds other than one token"],
    ["http://localhost", "two", "holds other than one token"],
    ["http://localhost", "empty", "it is empty"],
    ["http://localhost", "none", 'Cannot use --token-file "none"'],
  ] as const
) {
  Deno.test(`findServer() refuses ${url} with ${tokenFile}`, async () => {
    const error = await assertRejects(() => findServer({ url, tokenFile }, readFile), UsageError, words);
    assertEquals(error.message.includes("0123456789"), false);
  });
}
