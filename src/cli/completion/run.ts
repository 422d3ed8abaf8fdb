/**
 * `lms completion`: scripts that let a shell complete commands, flags and their values.
 *
 * @module
 */
import { type CommandContext, EXIT } from "../../commands/command.ts";
import type { Config } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import { unknownWord } from "../../ops/nearest.ts";
import { bashCompletion } from "./bash.ts";
import { SHELLS } from "./command.ts";
import { fishCompletion } from "./fish.ts";
import type { Completed } from "./words.ts";
import { zshCompletion } from "./zsh.ts";

const SCRIPTS: Readonly<Record<typeof SHELLS[number], (completed: Completed) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Runs the command. */
export function run(
  _config: Config<never>,
  { print, program, commands }: CommandContext,
  [name]: readonly string[],
): Promise<number> {
  if (name === undefined) {
    throw new UsageError(`Cannot choose a shell: say ${SHELLS.join(", ").replace(/, (\w+)$/, " or $1")}`);
  }
  const shell = SHELLS.find((shell) => shell === name);
  if (shell === undefined) throw new UsageError(unknownWord("shell", name, SHELLS));
  print(SCRIPTS[shell]({ program, commands }));
  return Promise.resolve(EXIT.ok);
}
