import { assertEquals } from "@std/assert";
import { anchorsIn, codeIn, linksIn, rowsOf } from "../../support/documents.ts";

Deno.test("linksIn() finds links of every form, and none in code", () => {
  const text = "[a\nb](x.md#y) `[c](no.md)` ![d](e.png)\n\n```text\n[f](no.md)\n```\n\n[g]: h.md\n";
  assertEquals(linksIn(text), ["x.md#y", "e.png", "h.md"]);
});

Deno.test("anchorsIn() names headings as GitHub does", () => {
  const text = "# LMS's own log\n\n## `make demo`\n\n### `make demo`\n\n```sh\n# none\n```\n\n## A [link](x.md), two\n";
  assertEquals([...anchorsIn(text)], ["lmss-own-log", "make-demo", "make-demo-1", "a-link-two"]);
});

Deno.test("codeIn() and rowsOf() tell code and tables apart, also in a list", () => {
  const text = "- `a`\n\n  ```sh\n  | b | c |\n  ```\n\n| `d` | e \\| f |\n";
  assertEquals(codeIn(text), ["  | b | c |\n", "a", "d"]);
  assertEquals(rowsOf(text), ["d | e | f"]);
});
