import { assertEquals } from "@std/assert";
import { blocksOf } from "../../../src/cli/description.ts";

Deno.test("blocksOf() takes paragraphs and tables apart", () => {
  assertEquals(
    blocksOf([
      "One line,",
      "and its next.",
      "  list   tells",
      "         of all",
      "  drop   drops",
      "",
      "Another.",
      "",
      "More.",
    ]),
    [
      { kind: "paragraph", text: "One line, and its next." },
      { kind: "table", rows: [["list", "tells of all"], ["drop", "drops"]] },
      { kind: "paragraph", text: "Another." },
      { kind: "paragraph", text: "More." },
    ],
  );
  assertEquals(blocksOf([]), []);
});
