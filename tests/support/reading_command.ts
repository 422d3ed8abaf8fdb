/**
 * Reading commands over what a test holds in memory.
 *
 * @module
 */
import { parseFlags } from "../../src/cli/flags.ts";
import { settingsOf } from "../../src/cli/help.ts";
import type { Declaration } from "../../src/commands/command.ts";
import { readConfig } from "../../src/config/read_config.ts";
import type { Config, SettingName } from "../../src/config/settings.ts";
import type { Context } from "../../src/app/context.ts";
import type { TableOptions } from "../../src/ops/table.ts";
import { type FakeWorld, fakeWorld } from "./world.ts";

/** A command line, read as the program reads it. */
export interface CommandLine<N extends SettingName> {
  readonly config: Config<N>;
  readonly context: Context;
  readonly words: readonly string[];
  readonly world: FakeWorld;
}

/** Reads arguments after the command's name. @throws What is wrong with them. */
export function commandLine<N extends SettingName>(
  command: Declaration<N>,
  args: readonly string[],
  given: { readonly results?: TableOptions; readonly input?: string } = {},
): CommandLine<N> {
  const { flags, lists, args: words, problem } = parseFlags(command, args);
  if (problem !== undefined) throw new Error(problem);
  const config = readConfig(settingsOf(command), {
    flags,
    lists,
    env: () => undefined,
    defaults: command.defaults ?? {},
  });
  if (!config.ok) throw new Error(config.problem);
  const world = fakeWorld(args, {}, given);
  const context: Context = { ...world, log: world.openLog("info", undefined) };
  return { config: config.value as Config<N>, context, words, world };
}
