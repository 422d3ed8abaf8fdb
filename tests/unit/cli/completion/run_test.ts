import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { COMMANDS } from "../../../../src/cli/catalogue.ts";
import { SHELLS } from "../../../../src/cli/completion/command.ts";
import { run } from "../../../../src/cli/completion/run.ts";
import type { CommandContext, Declaration } from "../../../../src/commands/command.ts";
import type { Setting } from "../../../../src/config/setting.ts";
import { SETTINGS } from "../../../../src/config/settings.ts";
import { UsageError } from "../../../../src/config/usage_error.ts";
import { fakeWorld } from "../../../support/world.ts";

/** What the command prints. */
async function script(shell: string, program = "lms", commands: readonly Declaration[] = COMMANDS): Promise<string> {
  const world = fakeWorld([]);
  const context: CommandContext = { ...world, log: world.openLog("error", "json"), program, commands };
  assertEquals(await run({}, context, [shell]), 0);
  return world.printed.join("\n");
}

/** How each shell is told of a flag. */
const FLAG: Readonly<Record<typeof SHELLS[number], (flag: string) => RegExp>> = {
  bash: (flag) => new RegExp(`_lms_words .*'--${flag}'`),
  zsh: (flag) => new RegExp(`--${flag}=?\\[`),
  fish: (flag) => new RegExp(` -l ${flag} `),
};

/** The lines that tell of a command: what comes after its name, up to the next. */
function partOf(text: string, shell: typeof SHELLS[number], command: string): string {
  const lines = text.split("\n");
  if (shell === "fish") return lines.filter((line) => line.includes(`__lms_follows ${command}`)).join("\n");
  const start = lines.indexOf(`    ${command})`);
  return lines.slice(start, lines.indexOf("      ;;", start)).join("\n");
}

for (const shell of SHELLS) {
  Deno.test(`completion ${shell} has every command and every flag of it`, async () => {
    const text = await script(shell);
    for (const { name, settings } of COMMANDS) {
      const part = partOf(text, shell, name);
      for (const key of settings) {
        const { flag }: Setting<unknown> = SETTINGS[key];
        if (flag !== undefined) assertMatch(part, FLAG[shell](flag), `${name} --${flag}`);
      }
      assertMatch(part, FLAG[shell]("help"), name);
    }
  });

  Deno.test(`completion ${shell} has the words of flags and arguments that are one of some`, async () => {
    const part = partOf(await script(shell), shell, "dead-letters");
    const between = shell === "bash" ? "' '" : " ";
    for (
      const words of [SETTINGS.status.read.words!, SETTINGS.reason.read.words!, ["list", "show", "replay", "drop"]]
    ) {
      assertStringIncludes(part, words.join(between));
    }
  });

  Deno.test(`completion ${shell} completes the program under its own name, and only its commands`, async () => {
    const text = await script(shell, "lms-mon", COMMANDS.filter(({ name }) => name === "migrate"));
    assertMatch(
      text,
      { bash: /^complete -F _lms_mon lms-mon$/m, zsh: /^#compdef lms-mon\n/, fish: /^complete -c lms-mon -f$/m }[shell],
    );
    assertEquals(/\blms (?=\w)/.exec(text), null);
    assertEquals(/\bmock\b/.exec(text), null);
  });

  Deno.test(`completion ${shell} prints the same each time`, async () => {
    assertEquals(await script(shell), await script(shell));
  });
}

Deno.test("completion of no shell, or of one that is not known, is refused with those that are", () => {
  const world = fakeWorld([]);
  const context: CommandContext = { ...world, log: world.openLog("error", "json"), commands: COMMANDS };
  assertThrows(() => run({}, context, []), UsageError, "Cannot choose a shell: say bash, zsh or fish");
  assertThrows(
    () => run({}, context, ["fihs"]),
    UsageError,
    'Unknown shell "fihs"; did you mean fish? Known: bash, zsh, fish',
  );
  assertThrows(
    () => run({}, context, ["powershell"]),
    UsageError,
    'Unknown shell "powershell"; known: bash, zsh, fish',
  );
});
