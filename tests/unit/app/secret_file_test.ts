import { assertEquals, assertRejects } from "@std/assert";
import { readSecret } from "../../../src/app/secret_file.ts";
import { UsageError } from "../../../src/config/usage_error.ts";

function read(readFile: () => Promise<string>): Promise<string> {
  return readSecret("/run/secrets/it", { setting: "SOME_FILE", holds: "the password", readFile });
}

const TEXTS: readonly (readonly [text: string, secret: string])[] = [
  ["secret", "secret"],
  ["secret\n", "secret"],
  ["secret\r\n", "secret"],
  ["secret\n\n", "secret\n"],
  ["secret\r", "secret\r"],
  ["\n sec ret \n", "\n sec ret "],
  ["\uFEFFsecret\n", "\uFEFFsecret"],
];

for (const [text, secret] of TEXTS) {
  Deno.test(`readSecret() takes ${JSON.stringify(text)} as ${JSON.stringify(secret)}`, async () => {
    assertEquals(await read(() => Promise.resolve(text)), secret);
  });
}

for (const text of ["", "\n", "\r\n"]) {
  Deno.test(`readSecret() refuses ${JSON.stringify(text)}, which is no secret`, async () => {
    const error = await assertRejects(() => read(() => Promise.resolve(text)), UsageError);
    assertEquals(error.message, 'Cannot use SOME_FILE "/run/secrets/it": it is empty; put the password into it');
  });
}

Deno.test("readSecret() names setting, path and remedy of a file that it may not read", async () => {
  const error = await assertRejects(() => read(() => Promise.reject(new Deno.errors.PermissionDenied())), UsageError);
  assertEquals(
    error.message,
    'Cannot use SOME_FILE "/run/secrets/it": it may not be read; give the user that LMS runs as the right to read it',
  );
});
