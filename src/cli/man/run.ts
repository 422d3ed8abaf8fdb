/**
 * `lms man`: the manual page, from the same tables as the help texts.
 *
 * @module
 */
import { type CommandContext, type Declaration, EXIT } from "../../commands/command.ts";
import type { Setting } from "../../config/setting.ts";
import { type Config, SETTINGS } from "../../config/settings.ts";
import { exitCodes, meaning, PREFIXES, settingsOf, UNITS } from "../help.ts";
import { bold, definition, described, request, roffEscaped, roffLine } from "./roff.ts";

/** What a page is written for. */
export type Documented = Pick<CommandContext, "program" | "commands" | "version" | "date">;

/** Command lines that show what the program is for, after its name. */
const EXAMPLES: readonly { readonly args: string; readonly shows: string }[] = [
  { args: "demo --duration=10", shows: "Everything at once, for ten seconds, with nothing else installed." },
  {
    args: "mon --project=my-project --database='mysql://lms@db.example.com/lms?ssl=verify_identity'",
    shows: "Store what arrives on the subscription log-sub, until stopped.",
  },
  { args: "sim --duration=60 --rate=100 --manifest=sent.json", shows: "Send 100 messages a second for a minute." },
  { args: "verify --database=sqlite:lms.db --against=sent.json", shows: "Check that exactly these were stored." },
  { args: "dead-letters list --reason=bad_field", shows: "See what could not be stored because of a field's value." },
  { args: "dead-letters replay --as severity=info", shows: "Store those that only lack a valid severity." },
];

/** Runs the command. */
export function run(_config: Config<never>, context: CommandContext): Promise<number> {
  context.print(manualPage(context));
  return Promise.resolve(EXIT.ok);
}

/** The page, in roff. */
export function manualPage({ program, commands, version, date }: Documented): string {
  const named = (name: string) => commands.some((command) => command.name === name);
  const examples = EXAMPLES.filter(({ args }) => named(args.split(" ")[0]!));
  return [
    `.\\" Printed by: ${program} man`,
    request(
      "TH",
      roffEscaped(program.toUpperCase()),
      "1",
      date ?? "",
      roffEscaped(`${program} ${version}`),
      "User Commands",
    ),
    // No hyphens and no filling up of lines: flags and values are read letter by letter.
    ".nh",
    ".ad l",
    ".SH NAME",
    roffLine(`${program} - store log messages from Google Pub/Sub in MySQL, each exactly once`),
    ".SH SYNOPSIS",
    `${bold(program)} \\fICOMMAND\\fR [\\fIFLAGS\\fR]`,
    ".br",
    `${bold(`${program} help`)} \\fICOMMAND\\fR`,
    ".br",
    bold(`${program} --version`),
    ".SH DESCRIPTION",
    ...described([
      "LMS, the Log Monitoring Server, pulls log messages from a subscription of Google Pub/Sub, collects them into",
      "batches, and writes each batch to MySQL or SQLite in one transaction: the messages to the table service_logs, and how many",
      "there are of each service and severity to service_severity. A message is acknowledged only after its transaction",
      "committed. What cannot be stored as an entry is kept whole in dead_letters.",
      "",
      "A flag is written --flag=value or --flag value. Flags come before the environment, and that before defaults.",
      UNITS,
      PREFIXES,
    ]),
    ".SH COMMANDS",
    ...commands.flatMap((command) => commandSection(command, program)),
    ".SH ENVIRONMENT",
    ...variables(commands),
    ".SH EXIT STATUS",
    ...exitCodes().flatMap(([code, meaning]) => definition(bold(`${code}`), meaning)),
    ".SH EXAMPLES",
    ...examples.flatMap(({ args, shows }) => [
      ".TP",
      roffLine(`${program} ${args}`),
      roffLine(shows),
    ]),
    ".SH SEE ALSO",
    ".BR gcloud (1),",
    ".BR mysql (1),",
    ".BR sqlite3 (1)",
    ".PP",
    roffLine(`${program} COMMAND --help tells the flags of a command.`),
  ].join("\n");
}

function commandSection(command: Declaration, program: string): string[] {
  const { name, summary, description, argument, defaults, notes } = command;
  const flags = settingsOf(command).flatMap((key) => {
    const setting: Setting<unknown> = SETTINGS[key];
    const { flag, short, value, env } = setting;
    if (flag === undefined) return [];
    const term = bold(`--${flag}`) + (value === undefined ? "" : ` \\fI${roffEscaped(value)}\\fR`) +
      (short === undefined ? "" : ` (${bold(`-${short}`)})`);
    return definition(
      term,
      meaning(setting, defaults?.[key] ?? notes?.[key]) + (env === undefined ? "" : ` [${env.join(", else ")}]`),
    );
  });
  return [
    request("SS", bold(`${program} ${name}`, argument === undefined ? " [FLAGS]" : ` [FLAGS] [${argument.name}]`)),
    roffLine(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`),
    ...paragraph(described(description)),
    ...(argument === undefined ? [] : definition(`\\fI${roffEscaped(argument.name)}\\fR`, argument.help)),
    ...flags,
  ];
}

/** Apart from what is above it. */
function paragraph(lines: readonly string[]): readonly string[] {
  return lines[0]?.startsWith(".") ?? true ? lines : [".PP", ...lines];
}

/** Every variable that some command reads, once. */
function variables(commands: readonly Declaration[]): string[] {
  const keys = [...new Set(commands.flatMap(settingsOf))];
  return keys.flatMap((key) => {
    const setting: Setting<unknown> = SETTINGS[key];
    const { env, flag } = setting;
    if (env === undefined) return [];
    const term = env.map((name) => bold(name)).join(", else ");
    return definition(term, meaning(setting, undefined) + (flag === undefined ? "" : `; the flag is --${flag}`));
  });
}
