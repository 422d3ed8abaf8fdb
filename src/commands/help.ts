/**
 * Help texts, from the tables of commands and settings.
 *
 * @module
 */
import { type Setting, type SettingName, SETTINGS } from "../config.ts";
import type { Command } from "./command.ts";

/** What `lms --help` prints. */
export function programHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "LMS, the Log Monitoring Server: stores log messages from Google Pub/Sub in MySQL, each exactly once.",
    "",
    "Usage: lms COMMAND [FLAGS]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "lms COMMAND --help tells a command's flags, lms --version this program's version.",
    ...(commands.some(({ name }) => name === "demo")
      ? ["Nothing at hand? lms demo runs everything at once in one process."]
      : []),
    "",
    "Exit codes: 0 done, 1 failed, 2 unknown or contradictory settings, 3 done but messages were given back.",
  ].join("\n");
}

/** What `lms COMMAND --help` prints. */
export function commandHelp({ name, summary, description, argument, settings, defaults }: Command): string {
  const all: readonly SettingName[] = [...settings, "logLevel", "logFormat"];
  const flags: [string, string][] = [];
  const variables: [string, string][] = [];
  for (const key of all) {
    const setting: Setting<unknown> = SETTINGS[key];
    const text = meaning(setting, defaults?.[key]);
    const value = setting.value === undefined ? "" : ` ${setting.value}`;
    if (setting.flag !== undefined) {
      const env = setting.env === undefined ? "" : ` [${setting.env.join(", else ")}]`;
      flags.push([`--${setting.flag}${value}`, text + env]);
    } else {
      variables.push([`${setting.env![0]}=${setting.value}`, text]);
    }
  }
  flags.push(["--help", "this text"]);
  const usage = `Usage: lms ${name} [FLAGS]${argument === undefined ? "" : ` [${argument.name}]`}`;
  const width = Math.max(...[...flags, ...variables].map(([left]) => left.length));
  const rows = (list: readonly [string, string][]) => list.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [
    `lms ${name}: ${summary}`,
    "",
    usage,
    "",
    ...description,
    ...(argument === undefined ? [] : ["", `${argument.name}: ${argument.help}`]),
    "",
    "Flags, over the environment in brackets, over defaults:",
    ...rows(flags),
    "",
    "Environment only:",
    ...rows(variables),
    "",
    "Durations are seconds, or take a unit: 500ms, 90s, 5m. Sizes are bytes, or take one: 512KiB, 16MiB.",
  ].join("\n");
}

function meaning({ help, default: text, defaultNote }: Setting<unknown>, override: string | undefined): string {
  // The words come first: a switch's default as text is what `read` takes, not what a person writes.
  const fallback = override ?? defaultNote ?? text;
  return fallback === undefined ? help : `${help} (default: ${fallback})`;
}
