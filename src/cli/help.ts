/**
 * Help texts, from the tables of commands and settings.
 *
 * @module
 */
import { type Declaration, EXIT, EXIT_MEANINGS } from "../commands/command.ts";
import type { Setting } from "../config/setting.ts";
import { type SettingName, SETTINGS } from "../config/settings.ts";
import { displayWidth } from "../ops/width.ts";
import { definitions, wrapped } from "../ops/wrap.ts";
import { blocksOf } from "./description.ts";

/** How durations and sizes are written. */
export const UNITS =
  "Durations are seconds, or take a unit: 500ms, 90s, 5m. Sizes are bytes, or take one: 512KiB, 16MiB.";

/** How else variables are written. */
export const PREFIXES = "Every variable may have LMS_ before its name: LMS_BATCHSIZE counts before BATCHSIZE.";

/** Who prints it, and where. */
export interface HelpOptions {
  readonly program: string;
  /** Cells in a line, at most; default {@linkcode WIDTH_MAX}. */
  readonly width?: number | undefined;
}

/** The widest that a help text gets: longer lines are hard to read. */
export const WIDTH_MAX = 80;

/** Narrower than this nothing is shown as it should be. */
const WIDTH_MIN = 30;

function widthOf({ width = WIDTH_MAX }: HelpOptions): number {
  return Math.min(Math.max(width, WIDTH_MIN), WIDTH_MAX);
}

/** What `lms --help` prints. */
export function programHelp(commands: readonly Declaration[], options: HelpOptions): string {
  const { program } = options;
  const width = widthOf(options);
  const filled = (text: string) => wrapped(text, width);
  return [
    ...filled("LMS, the Log Monitoring Server: stores log messages from Google Pub/Sub in MySQL, each exactly once."),
    "",
    `Usage: ${program} COMMAND [FLAGS]`,
    "",
    "Commands:",
    ...definitions(commands.map(({ name, summary }) => [name, summary]), { width }),
    "",
    ...filled(`${program} COMMAND --help tells a command's flags, ${program} --version this program's version.`),
    ...(commands.some(({ name }) => name === "demo")
      ? filled(`Nothing at hand? ${program} demo runs everything at once in one process.`)
      : []),
    "",
    ...filled(`Exit codes: ${exitCodes().map(([code, meaning]) => `${code} ${meaning}`).join(", ")}.`),
  ].join("\n");
}

/** Every exit code with its meaning. */
export function exitCodes(): readonly (readonly [code: number, meaning: string])[] {
  return (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [EXIT[name], EXIT_MEANINGS[name]]);
}

/** How a command is called, without the program's name. */
export function usageOf({ name, argument }: Declaration): string {
  return `${name} [FLAGS]${argument === undefined ? "" : ` [${argument.name}]`}`;
}

/** The settings of a command, those that every command has included. */
export function settingsOf({ settings }: Declaration): readonly SettingName[] {
  return [...settings, "logLevel", "logFormat"];
}

/** What `lms COMMAND --help` prints. */
export function commandHelp(command: Declaration, options: HelpOptions): string {
  const { name, summary, description, argument, defaults, notes } = command;
  const { program } = options;
  const width = widthOf(options);
  const filled = (text: string) => wrapped(text, width);
  const flags: [string, string][] = [];
  const variables: [string, string][] = [];
  for (const key of settingsOf(command)) {
    const setting: Setting<unknown> = SETTINGS[key];
    const text = meaning(setting, defaults?.[key] ?? notes?.[key]);
    const value = setting.value === undefined ? "" : ` ${setting.value}`;
    if (setting.flag !== undefined) {
      const env = setting.env === undefined ? "" : ` [${setting.env.join(", else ")}]`;
      const short = setting.short === undefined ? "" : ` (-${setting.short})`;
      flags.push([`--${setting.flag}${value}${short}`, text + env]);
    } else {
      variables.push([`${setting.env![0]}=${setting.value}`, text]);
    }
  }
  flags.push(["--help", "this text"]);
  const termWidth = Math.max(...[...flags, ...variables].map(([term]) => displayWidth(term)));
  return [
    ...filled(`${program} ${name}: ${summary}`),
    "",
    `Usage: ${program} ${usageOf(command)}`,
    "",
    ...blocksOf(description).flatMap((block, at) => [
      ...(at === 0 ? [] : [""]),
      ...(block.kind === "table" ? definitions(block.rows, { width }) : filled(block.text)),
    ]),
    ...(argument === undefined ? [] : ["", ...filled(`${argument.name}: ${argument.help}`)]),
    "",
    ...filled("Flags, over the environment in brackets, over defaults:"),
    ...definitions(flags, { width, termWidth }),
    "",
    ...(variables.length === 0 ? [] : ["Environment only:", ...definitions(variables, { width, termWidth }), ""]),
    ...filled(UNITS),
    ...filled(PREFIXES),
  ].join("\n");
}

/** What a setting means and its default, in a line. @param override The command's own default. */
export function meaning({ help, default: text, defaultNote }: Setting<unknown>, override: string | undefined): string {
  // The words come first: a switch's default as text is what `read` takes, not what a person writes.
  const fallback = override ?? defaultNote ?? text;
  return fallback === undefined ? help : `${help} (default: ${fallback})`;
}
