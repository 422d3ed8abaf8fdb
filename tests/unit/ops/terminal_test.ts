import { assert, assertEquals } from "@std/assert";
import { Terminal, type TerminalOptions } from "../../../src/ops/terminal.ts";

/** As much of a screen as the terminal's text needs: text, line ends, cursor up, erase below. */
function screenOf(written: string): string[] {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  // deno-lint-ignore no-control-regex
  for (const [token] of written.matchAll(/\x1b\[\d*[A-Z]|[^]/gu)) {
    if (token === "\n") {
      row++;
      column = 0;
      rows[row] ??= [];
    } else if (token === "\r") {
      column = 0;
    } else if (token === "\x1b[J") {
      rows.length = row + 1;
      rows[row]!.length = column;
    } else if (token.startsWith("\x1b[")) {
      assert(token.endsWith("A"), `an escape sequence that this screen does not know: ${JSON.stringify(token)}`);
      row -= Number(token.slice(2, -1));
      assert(row >= 0, "the cursor left the screen");
    } else {
      rows[row]![column++] = token;
    }
  }
  return rows.map((cells) => cells.join(""));
}

function setup(
  options: Partial<TerminalOptions> = {},
): { readonly terminal: Terminal; readonly written: () => string } {
  let written = "";
  const terminal = new Terminal({ live: true, ...options, write: (text) => written += text });
  return { terminal, written: () => written };
}

Deno.test("Terminal draws a status over the one before, whatever their numbers of rows", () => {
  const { terminal, written } = setup();
  terminal.line("started");
  terminal.status(["one", "two", "three"]);
  assertEquals(screenOf(written()), ["started", "one", "two", "three"]);
  terminal.status(["uno"]);
  assertEquals(screenOf(written()), ["started", "uno"]);
  terminal.status(["eins", "zwei"]);
  assertEquals(screenOf(written()), ["started", "eins", "zwei"]);
});

Deno.test("Terminal prints lines in place of the status, which follows below with the next draw", () => {
  const { terminal, written } = setup();
  terminal.status(["a status that is longer", "and another row"]);
  terminal.line("news");
  assertEquals(screenOf(written()), ["news", ""]);
  terminal.line("more");
  terminal.status(["1 of 2", "2 of 2"]);
  assertEquals(screenOf(written()), ["news", "more", "1 of 2", "2 of 2"]);
});

Deno.test("Terminal erases its status when drawn without rows", () => {
  const { terminal, written } = setup();
  terminal.line("started");
  terminal.status(["one", "two"]);
  terminal.status([]);
  terminal.line("ended");
  assertEquals(screenOf(written()), ["started", "ended", ""]);
});

Deno.test("Terminal writes lines alone, without a control character, where nobody is looking", () => {
  const { terminal, written } = setup({ live: false });
  terminal.status(["hidden"]);
  terminal.line("shown");
  terminal.status(["hidden"]);
  terminal.status([]);
  assertEquals(written(), "shown\n");
  assertEquals(terminal.live, false);
});

Deno.test("Terminal cuts rows one short of its width, in cells and not in halves of characters, and shows that it did", () => {
  const { terminal, written } = setup({ columns: () => 6 });
  terminal.status(["12345678", "🚀🚀🚀🚀🚀🚀", "日本語", "12345"]);
  assertEquals(screenOf(written()), ["1234…", "🚀🚀…", "日本…", "12345"]);
});

Deno.test("Terminal draws a table as it is, over the status before", () => {
  const { terminal, written } = setup();
  terminal.status(["one", "two"]);
  terminal.table(["a  \x1b[31mb\x1b[0m"]);
  assert(written().endsWith("\x1b[1A\x1b[Ja  \x1b[31mb\x1b[0m"), JSON.stringify(written()));
});

Deno.test("Terminal asks for its width at each status, and takes 80 where it is told nothing or 0", () => {
  let columns = 11;
  const { terminal, written } = setup({ columns: () => columns });
  terminal.status(["x".repeat(100)]);
  assertEquals(screenOf(written()), [`${"x".repeat(9)}…`]);
  columns = 0;
  terminal.status(["x".repeat(100)]);
  assertEquals(screenOf(written()), [`${"x".repeat(78)}…`]);
  const untold = setup();
  untold.terminal.status(["x".repeat(100)]);
  assertEquals(screenOf(untold.written()), [`${"x".repeat(78)}…`]);
});

Deno.test("Terminal escapes control characters in a status, so that it finds its rows again", () => {
  const { terminal, written } = setup();
  terminal.status(["two\nrows", "an \x1b[2Jescape", "\u009bcsi\r"]);
  assertEquals(screenOf(written()), ["two\\nrows", "an \\u001b[2Jescape", "\\u009bcsi\\r"]);
  terminal.status(["next"]);
  assertEquals(screenOf(written()), ["next"]);
});
