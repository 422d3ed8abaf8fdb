import { assert, assertEquals } from "@std/assert";
import { TokenFiles } from "../../../../src/http/guard/token_files.ts";
import { bearerOf } from "../../../../src/http/guard/tokens.ts";
import { FakeTime } from "../../../support/time.ts";

const [A, B] = ["a".repeat(16), "b".repeat(16)];

/** Files that a test writes. */
async function opened(text: string) {
  const told: string[] = [];
  const file = { text, reads: 0 };
  const opened = await TokenFiles.open({
    files: [{
      access: "read",
      read: () => {
        file.reads++;
        return file.text === "" ? Promise.reject(new Error("gone")) : Promise.resolve(file.text);
      },
    }],
    onProblem: (access, problem) => told.push(`${access} ${problem}`),
    onChange: (access) => told.push(`${access} changed`),
  });
  assert(opened.ok);
  const files = opened.value;
  const knows = async (token: string) => bearerOf(token, await files.tokens()) !== undefined;
  return { file, files, told, knows };
}

Deno.test("TokenFiles.open() says which file is no good, and why", async () => {
  const files = await TokenFiles.open({ files: [{ access: "admin", read: () => Promise.resolve("short") }] });
  assertEquals(files, {
    ok: false,
    problem: { access: "admin", problem: "has a token of 5 characters, and not 16 to 512, in line 1" },
  });
});

Deno.test("TokenFiles takes what a file holds a second later, and forgets what it held", async () => {
  using time = new FakeTime();
  const { file, told, knows } = await opened(A);
  file.text = B;
  await time.tickAsync(999);
  assertEquals([await knows(A), await knows(B), file.reads], [true, false, 1]);
  await time.tickAsync(1);
  assertEquals(await Promise.all([knows(A), knows(B)]), [false, true]);
  assertEquals(file.reads, 2, "one look for all who ask");
  assertEquals(told, ["read changed"]);
});

Deno.test("TokenFiles goes on with what it has while a file cannot be used, and tells that once", async () => {
  using time = new FakeTime();
  const { file, told, knows } = await opened(A);
  for (const text of ["", "", "half", B]) {
    file.text = text;
    await time.tickAsync(1_000);
    assertEquals(await knows(A), text !== B, text);
  }
  assertEquals(told, [
    "read cannot be read: Error: gone",
    "read has a token of 4 characters, and not 16 to 512, in line 1",
    "read changed",
  ]);
});

Deno.test("TokenFiles.has() says of what there is a file", async () => {
  const { files } = await opened(A);
  assertEquals([files.has("read"), files.has("admin")], [true, false]);
});
