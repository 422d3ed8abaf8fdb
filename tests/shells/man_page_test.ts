/**
 * The manual page in mandoc, which is stricter than groff about what it reads.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { temporaryFolder } from "../support/run_lms.ts";
import { printed, runProgram, SOME_COMMANDS } from "./program.ts";

for (const program of ["lms", "lms-mon"]) {
  Deno.test(`mandoc finds nothing wrong with the manual page of ${program}, and shows every command of it`, async () => {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/${program}.1`;
    await Deno.writeTextFile(path, await printed(["man"], program));
    assertEquals(await runProgram("mandoc", ["-T", "lint", "-W", "warning", path]), {
      code: 0,
      stdout: "",
      stderr: "",
    });
    const { stdout } = await runProgram("mandoc", ["-T", "ascii", "-O", "width=100", path]);
    // Bold is a letter, a step back and the letter again.
    const page = stdout.replaceAll(/.[\b]/g, "");
    for (const { name } of COMMANDS) {
      const there = program === "lms" || SOME_COMMANDS.some((one) => one === name);
      assertEquals(new RegExp(`^ {3}${program} ${name} \\[FLAGS\\]`, "m").test(page), there, name);
    }
    assertStringIncludes(page, "--batch-size N");
    assertMatch(page, /^ +MAXINFLIGHTBYTES$/m);
  });
}
