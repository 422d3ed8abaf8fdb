import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../src/cli/catalogue.ts";
import { commandHelp, programHelp } from "../../../src/cli/help.ts";
import { defineCommand } from "../../../src/commands/command.ts";
import { definitionsIn } from "../../support/help_text.ts";

const greet = defineCommand({
  name: "greet",
  summary: "say hello",
  description: ["Says hello.", "Then ends."],
  argument: { name: "whom", help: "who is greeted (default: all)" },
  settings: ["batchSize", "emulatorHost", "dryRun", "seed"],
  defaults: { batchSize: "7" },
});

const leave = defineCommand({
  name: "leave",
  summary: "say nothing",
  description: [],
  settings: [],
});

/** What is said of a flag or a variable, in one line. */
function lineOf(help: string, start: string): string {
  const line = definitionsIn(help).find((line) => line.startsWith(`  ${start}`));
  assert(line !== undefined, start);
  return line;
}

Deno.test("programHelp() lists every command with its line, aligned", () => {
  const help = programHelp([greet, leave], { program: "lms" });
  assertStringIncludes(help, "\n  greet  say hello\n  leave  say nothing\n");
});

Deno.test("programHelp() and commandHelp() say the name that the program was built under", () => {
  const help = programHelp([greet], { program: "lms-mon" }) + commandHelp(greet, { program: "lms-mon" });
  assertStringIncludes(help, "Usage: lms-mon COMMAND");
  assertStringIncludes(help, "Usage: lms-mon greet");
  assertEquals(/\blms(?!-mon)\b/.exec(help), null);
});

Deno.test("commandHelp() tells usage, description and argument", () => {
  const help = commandHelp(greet, { program: "lms" });
  assertStringIncludes(help, "lms greet: say hello\n\nUsage: lms greet [FLAGS] [whom]\n\nSays hello. Then ends.\n");
  assertStringIncludes(help, "\nwhom: who is greeted (default: all)\n");
  assertStringIncludes(commandHelp(leave, { program: "lms" }), "Usage: lms leave [FLAGS]\n");
});

Deno.test("commandHelp() tells the command's own default over the setting's, and the variable", () => {
  assertMatch(
    lineOf(commandHelp(greet, { program: "lms" }), "--batch-size N"),
    /messages per batch \(default: 7\) \[BATCHSIZE\]$/,
  );
});

Deno.test("commandHelp() tells a default that depends in words, and that a switch is off", () => {
  const help = commandHelp(greet, { program: "lms" });
  assertMatch(lineOf(help, "--seed N"), /\(default: a random one\)$/);
  assertMatch(lineOf(help, "--dry-run "), /\(default: off\)$/);
});

Deno.test("commandHelp() lists variables that have no flag apart, where there are any, and the log's with every command", () => {
  const [flags, variables] = commandHelp(greet, { program: "lms" }).split("Environment only:");
  lineOf(variables!, "PUBSUB_EMULATOR_HOST=HOST:PORT");
  for (const help of [flags!, commandHelp(leave, { program: "lms" })]) {
    assertMatch(lineOf(help, "--log-level LEVEL"), /\[LOG_LEVEL\]$/);
    assertMatch(lineOf(help, "--log-format FORMAT"), /\[LOG_FORMAT\]$/);
  }
  assertEquals(commandHelp(leave, { program: "lms" }).includes("Environment only:"), false);
});

for (const width of [20, 30, 60, 80, 200]) {
  Deno.test(`commandHelp() and programHelp() wrap to ${width} columns, to 80 at most and 30 at least`, () => {
    const lines = [
      ...COMMANDS.map((command) => commandHelp(command, { program: "lms", width })),
      programHelp(COMMANDS, { program: "lms", width }),
    ].join("\n").split("\n");
    const most = Math.min(Math.max(width, 30), 80);
    // A word is never broken.
    assertEquals(
      lines.filter((line) => line.length > most && line.trim().includes(" ") && !/^(Usage: | {2}\S)/.test(line)),
      [],
    );
    assert(lines.some((line) => line.length > most - 6));
  });
}
