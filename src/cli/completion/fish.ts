/**
 * Completion for fish, 3.0 and later.
 *
 * @module
 */
import type { Declaration } from "../../commands/command.ts";
import { type Completed, type CompletedFlag, flagsOf, functionName, HELP_COMMAND, PROGRAM_FLAGS } from "./words.ts";

/** A text as fish reads it back, whatever it holds. */
export function fishQuoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}

/** The script. */
export function fishCompletion({ program, commands }: Completed): string {
  const name = functionName(program);
  const complete = (condition: string, rest: string) => `complete -c ${program} -n ${fishQuoted(condition)} ${rest}`;
  const listed = (condition: string, list: readonly { readonly name: string; readonly summary: string }[]) =>
    list.map(({ name, summary }) => complete(condition, `-a ${fishQuoted(name)} -d ${fishQuoted(summary)}`));
  const first = `_${name}_is_first`;
  const after = (command: string) => `_${name}_follows ${command}`;
  return [
    `# Completion of ${program} for fish. Printed by: ${program} completion fish`,
    `# Install: ${program} completion fish > ~/.config/fish/completions/${program}.fish`,
    "",
    `function ${first} -d 'Whether what is completed is the first word'`,
    "    test (count (commandline -opc)) -eq 1",
    "end",
    "",
    `function _${name}_follows -d 'Whether the first word is this command, and none of further words follows'`,
    "    set -l words (commandline -opc)",
    '    test (count $words) -ge 2; and test "$words[2]" = $argv[1]; or return 1',
    "    for word in $argv[2..-1]",
    "        contains -- $word $words[3..-1]; and return 1",
    "    end",
    "    return 0",
    "end",
    "",
    `complete -c ${program} -f`,
    ...PROGRAM_FLAGS.map((flag) => complete(first, options(flag))),
    ...listed(first, [...commands, HELP_COMMAND]),
    ...listed(`${after(HELP_COMMAND.name)} ${commands.map(({ name }) => name).join(" ")}`, commands),
    ...commands.flatMap((command) => [
      "",
      ...flagsOf(command).map((flag) => complete(after(command.name), options(flag))),
      ...argument(command, (words) => complete(`${after(command.name)} ${words}`, `-a ${fishQuoted(words)}`)),
    ]),
  ].join("\n");
}

/** The line for a command's argument, where that is one of some words; while none of them is there. */
function argument({ argument }: Declaration, line: (words: string) => string): string[] {
  return argument?.words === undefined ? [] : [line(argument.words.join(" "))];
}

function options({ name, short, help, value, values }: CompletedFlag): string {
  const names = `-l ${name}${short === undefined ? "" : ` -s ${short}`}`;
  const taken = value === undefined
    ? ""
    : values === "file"
    ? " -r -F"
    : values === "any"
    ? " -x"
    : ` -x -a ${fishQuoted(values.join(" "))}`;
  return `${names}${taken} -d ${fishQuoted(help)}`;
}
