/**
 * Writes the documents that are made of the program itself, every command and every setting: `deno task docs`.
 *
 * @module
 */
import { COMMANDS } from "../src/cli/catalogue.ts";
import type { Command } from "../src/commands/command.ts";
import { blocksOf } from "../src/cli/description.ts";
import { settingsOf, usageOf } from "../src/cli/help.ts";
import type { Setting } from "../src/config/setting.ts";
import { SETTINGS } from "../src/config/settings.ts";

const ROOT = new URL("../", import.meta.url);

/** For who opens one of the files to change it. */
const ORIGIN = "<!-- Written by `deno task docs`. What it says is in src: change it there. -->";

const settings: Readonly<Record<string, Setting<unknown>>> = SETTINGS;

/** What is a name or a value in a sentence of the catalogue: flags, variables, tables, addresses and paths. */
const CODE = new RegExp(
  [
    "--[a-z][a-z-]*",
    "mysql://[^ ,]+",
    "sqlite:[^ ,]*",
    "[a-z]+(?:_[a-z]+)+",
    "/(?:livez|readyz)",
    "~/[\\w./-]+",
    ...Object.values(settings).flatMap(({ env }) => env ?? []).map((name) => `\\b${name}\\b`),
  ].join("|"),
  "g",
);

/** A sentence with its names marked as code, and nothing in it that Markdown takes for its own. */
function marked(text: string): string {
  let rest = 0;
  let out = "";
  const plain = (piece: string) => piece.replaceAll(/[<|]/g, "\\$&");
  for (const match of text.matchAll(CODE)) {
    out += `${plain(text.slice(rest, match.index))}\`${match[0].replaceAll("|", "\\|")}\``;
    rest = match.index + match[0].length;
  }
  return out + plain(text.slice(rest));
}

/** A table in Markdown; the formatter aligns it. */
function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [heading, heading.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

/** How a setting is given: its flag, else its variable. */
function nameOf({ flag, env }: Setting<unknown>): string {
  return flag === undefined ? env![0]! : `--${flag}`;
}

function described(lines: readonly string[]): string[] {
  return blocksOf(lines).flatMap((block) => [
    ...(block.kind === "table"
      ? table(["", ""], block.rows.map(([term, text]) => [`\`${term}\``, marked(text)]))
      : [marked(block.text)]),
    "",
  ]);
}

/** What a command takes where it differs from the settings' own defaults. */
function ownDefaults({ defaults = {}, notes = {} }: Command): string {
  return Object.entries({ ...notes, ...defaults })
    .map(([setting, text]) => `\`${nameOf(settings[setting]!)}\` ${marked(text)}`).join(", ");
}

/** What a document by hand tells of, in more words than a command has for itself. */
const BY_HAND: Readonly<Record<string, readonly string[]>> = { "reading.md": ["logs", "stats", "batches", "mcp"] };

function section(command: Command): string[] {
  const { argument, description } = command;
  return [
    `## lms ${usageOf(command)}`,
    "",
    ...described(description),
    ...(argument === undefined ? [] : [`\`${argument.name}\`: ${marked(argument.help)}.`, ""]),
  ];
}

/** Which commands take a setting. */
function takenBy(setting: Setting<unknown>): string {
  const those = COMMANDS.filter((command) => settingsOf(command).some((name) => settings[name] === setting));
  return those.length === COMMANDS.length ? "every command" : those.map(({ name }) => `\`${name}\``).join(", ");
}

function commands(): string[] {
  return [
    "# Commands",
    "",
    ORIGIN,
    "",
    "[using.md](using.md) shows them at work; [settings.md](settings.md) tells which flags each takes.",
    ...Object.entries(BY_HAND).map(([path, names]) =>
      `[${path}](${path}) tells of ${names.map((name) => `\`${name}\``).join(", ")}.`
    ),
    "",
    ...table(
      ["command", "does"],
      COMMANDS.map(({ name, argument, summary }) => [
        `\`lms ${name}${argument === undefined ? "" : ` [${argument.name}]`}\``,
        marked(summary),
      ]),
    ),
    "",
    ...COMMANDS.filter(({ name }) => !Object.values(BY_HAND).flat().includes(name)).flatMap(section),
  ];
}

function everySetting(): string[] {
  return [
    "# Settings",
    "",
    ORIGIN,
    "",
    "A flag wins over the environment, which wins over the default. Every variable may have `LMS_` before its name,",
    "which wins over the name alone: `LMS_DATABASE_URL` where `DATABASE_URL` is another program's. Where both are set",
    "and differ, LMS says so at start, and it says which variable is meant where one is set that is often taken for it",
    "(`BATCH_SIZE`, `LMS_BATCH_SIZE`, `DB_URL` and the like). Durations are seconds, or take a unit: `500ms`, `90s`,",
    "`5m`, `2h`. Sizes are bytes, or take one: `512KiB`, `16MiB`. A command's `--help` lists the flags that it takes.",
    "",
    ...table(
      ["variable", "flag", "default", "meaning", "taken by"],
      Object.values(settings).map((setting) => {
        const { env = [], flag, short, default: text = "", defaultNote, help } = setting;
        return [
          env.map((name) => `\`${name}\``).join(", else "),
          flag === undefined ? "" : `\`--${flag}\`${short === undefined ? "" : ` (\`-${short}\`)`}`,
          marked(defaultNote ?? text),
          marked(help),
          takenBy(setting),
        ];
      }),
    ),
    "",
    "Some commands have defaults of their own:",
    "",
    ...table(
      ["command", "its defaults"],
      COMMANDS.filter((command) => ownDefaults(command) !== "")
        .map((command) => [`\`lms ${command.name}\``, ownDefaults(command)]),
    ),
    "",
  ];
}

/** As `deno task fmt` leaves it. */
async function formatted(markdown: string): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const [{ code, stdout }] = await Promise.all([
    process.output(),
    new Response(markdown).body!.pipeTo(process.stdin),
  ]);
  if (code !== 0) throw new Error(`Cannot format: deno fmt ended with ${code}`);
  return new TextDecoder().decode(stdout);
}

/** The files that `deno task docs` writes, by their path in the repository. */
export async function writtenDocuments(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    [".github/docs/commands.md", await formatted(commands().join("\n"))],
    [".github/docs/settings.md", await formatted(everySetting().join("\n"))],
  ]);
}

if (import.meta.main) {
  for (const [path, text] of await writtenDocuments()) await Deno.writeTextFile(new URL(path, ROOT), text);
}
