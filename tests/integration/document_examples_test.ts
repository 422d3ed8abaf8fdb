/**
 * The examples in the documents print what the documents say.
 *
 * @module
 */
import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { examplesIn, patternOf } from "../support/document_examples.ts";
import { everyDocument, isManual } from "../support/documents.ts";
import { runLms, temporaryFolder } from "../support/run_lms.ts";

const manual = (await everyDocument()).filter(isManual);

/** Where the documents have a database. */
const SHOWN_FOLDER = "./";

Deno.test("some examples of the documents are run", () => {
  assertGreater(manual.flatMap(({ text }) => examplesIn(text)).flat().length, 6);
});

for (const { path, text } of manual) {
  for (const [at, examples] of examplesIn(text).entries()) {
    Deno.test(`${path} shows what its commands print: ${at + 1}`, async () => {
      await using folder = await temporaryFolder();
      const here = (word: string) => word.replace(`sqlite:${SHOWN_FOLDER}`, `sqlite:${folder.path}/`);
      for (const { command, env, args, shown } of examples) {
        const { stdout, stderr } = await runLms(args.map(here), { LOG_FORMAT: "text", ...env });
        const printed = (stdout + stderr).replaceAll(`${folder.path}/`, SHOWN_FOLDER);
        assertMatch(printed, patternOf(shown), `${path}: $ ${command}\nprints\n${printed}`);
      }
    });
  }
}

Deno.test("no example is marked and then not found", () => {
  for (const { path, text } of manual) {
    assertEquals(examplesIn(text).length, text.split("<!-- example -->").length - 1, path);
  }
});
