import { assertEquals } from "@std/assert";
import { shellWord } from "../../../src/ops/shell_word.ts";

Deno.test("shellWord() quotes what a shell would take apart or fill in, and nothing else", () => {
  for (
    const [text, word] of [
      ["sqlite:./lms.db", "sqlite:./lms.db"],
      ["sqlite:/home/a b/lms.db", "'sqlite:/home/a b/lms.db'"],
      ["sqlite:o'hara.db", `'sqlite:o'\\''hara.db'`],
      ["$HOME", "'$HOME'"],
      ["~/x", "'~/x'"],
      ["", "''"],
    ] as const
  ) assertEquals(shellWord(text), word);
});
