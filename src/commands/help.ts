/**
 * Help texts, from the tables of commands and settings.
 *
 * @module
 */
import { type Setting, type SettingName, SETTINGS } from "../config.ts";
import { type Command, EXIT, EXIT_MEANINGS } from "./command.ts";

/** How durations and sizes are written. */
export const UNITS =
  "Durations are seconds, or take a unit: 500ms, 90s, 5m. Sizes are bytes, or take one: 512KiB, 16MiB.";

/** How else variables are written. */
export const PREFIXES = "Every variable may have LMS_ before its name: LMS_BATCHSIZE counts before BATCHSIZE.";

/** What `lms --help` prints. */
export function programHelp(commands: readonly Command[], program: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "LMS, the Log Monitoring Server: stores log messages from Google Pub/Sub in MySQL, each exactly once.",
    "",
    `Usage: ${program} COMMAND [FLAGS]`,
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    `${program} COMMAND --help tells a command's flags, ${program} --version this program's version.`,
    ...(commands.some(({ name }) => name === "demo")
      ? [`Nothing at hand? ${program} demo runs everything at once in one process.`]
      : []),
    "",
    `Exit codes: ${exitCodes().map(([code, meaning]) => `${code} ${meaning}`).join(", ")}.`,
  ].join("\n");
}

/** Every exit code with its meaning. */
export function exitCodes(): readonly (readonly [code: number, meaning: string])[] {
  return (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [EXIT[name], EXIT_MEANINGS[name]]);
}

/** How a command is called, without the program's name. */
export function usageOf({ name, argument }: Command): string {
  return `${name} [FLAGS]${argument === undefined ? "" : ` [${argument.name}]`}`;
}

/** The settings of a command, those that every command has included. */
export function settingsOf({ settings }: Command): readonly SettingName[] {
  return [...settings, "logLevel", "logFormat"];
}

/** What `lms COMMAND --help` prints. */
export function commandHelp(command: Command, program: string): string {
  const { name, summary, description, argument, defaults, notes } = command;
  const flags: [string, string][] = [];
  const variables: [string, string][] = [];
  for (const key of settingsOf(command)) {
    const setting: Setting<unknown> = SETTINGS[key];
    const text = meaning(setting, defaults?.[key] ?? notes?.[key]);
    const value = setting.value === undefined ? "" : ` ${setting.value}`;
    if (setting.flag !== undefined) {
      const env = setting.env === undefined ? "" : ` [${setting.env.join(", else ")}]`;
      flags.push([`--${setting.flag}${value}`, text + env]);
    } else {
      variables.push([`${setting.env![0]}=${setting.value}`, text]);
    }
  }
  flags.push(["--help", "this text"]);
  const width = Math.max(...[...flags, ...variables].map(([left]) => left.length));
  const rows = (list: readonly [string, string][]) => list.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [
    `${program} ${name}: ${summary}`,
    "",
    `Usage: ${program} ${usageOf(command)}`,
    "",
    ...description,
    ...(argument === undefined ? [] : ["", `${argument.name}: ${argument.help}`]),
    "",
    "Flags, over the environment in brackets, over defaults:",
    ...rows(flags),
    "",
    ...(variables.length === 0 ? [] : ["Environment only:", ...rows(variables), ""]),
    UNITS,
    PREFIXES,
  ].join("\n");
}

/** What a setting means and its default, in a line. @param override The command's own default. */
export function meaning({ help, default: text, defaultNote }: Setting<unknown>, override: string | undefined): string {
  // The words come first: a switch's default as text is what `read` takes, not what a person writes.
  const fallback = override ?? defaultNote ?? text;
  return fallback === undefined ? help : `${help} (default: ${fallback})`;
}
