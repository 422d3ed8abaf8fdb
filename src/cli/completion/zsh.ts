/**
 * Completion for zsh, through its own `_describe` and `_arguments`.
 *
 * @module
 */
import type { Declaration } from "../../commands/command.ts";
import { type Completed, type CompletedFlag, flagsOf, functionName, HELP_COMMAND, PROGRAM_FLAGS } from "./words.ts";

/** A text as zsh reads it back, whatever it holds. */
export function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text inside a specification of `_arguments` or `_describe`, where brackets and colons mean something. */
export function zshEscaped(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, "\\$&");
}

/** The script. */
export function zshCompletion({ program, commands }: Completed): string {
  const name = functionName(program);
  const described = [...commands, HELP_COMMAND].map(({ name, summary }) =>
    zshQuoted(`${zshEscaped(name)}:${summary.replaceAll("\\", "\\\\")}`)
  );
  return [
    `#compdef ${program}`,
    `# Completion of ${program} for zsh. Printed by: ${program} completion zsh`,
    `# Install: ${program} completion zsh > ~/.zfunc/_${program}    with fpath=(~/.zfunc $fpath) before compinit`,
    "",
    `${name}() {`,
    '  local curcontext="$curcontext" context state state_descr line',
    "  typeset -A opt_args",
    "  local -a commands=(",
    ...described.map((one) => `    ${one}`),
    "  )",
    "  if ((CURRENT == 2)); then",
    "    if [[ $PREFIX == -* ]]; then",
    "      _arguments \\",
    ...continued(PROGRAM_FLAGS.flatMap(specifications), "        "),
    "    else",
    "      _describe -t commands command commands",
    "    fi",
    "    return",
    "  fi",
    "  # What follows the command is completed as though the command were the program.",
    "  local command=$words[2]",
    "  shift words",
    "  ((CURRENT--))",
    "  case $command in",
    `    ${HELP_COMMAND.name})`,
    "      ((CURRENT == 2)) && _describe -t commands command commands",
    "      ;;",
    ...commands.flatMap((command) => [
      `    ${command.name})`,
      "      _arguments \\",
      ...continued([...flagsOf(command).flatMap(specifications), ...positionals(command)], "        "),
      "      ;;",
    ]),
    "  esac",
    "}",
    "",
    `${name} "$@"`,
  ].join("\n");
}

/** Specifications of a flag, not quoted yet; a flag that has two names has one for each. */
function specifications({ name, short, help, value, values, repeats }: CompletedFlag): string[] {
  const text = `[${zshEscaped(help)}]`;
  if (value !== undefined) {
    const taken = `${text}:${zshEscaped(value)}:${action(values)}`;
    const again = repeats ? "*" : "";
    return [`${again}--${name}=${taken}`, ...(short === undefined ? [] : [`${again}-${short}+${taken}`])];
  }
  if (short === undefined) return [`--${name}${text}`];
  // What asks for help asks for nothing else.
  const others = name === "help" || name === "version" ? "(- *)" : "";
  return [`${others}--${name}${text}`, `${others}-${short}${text}`];
}

/** What stands beside the flags. A message, as for values of flags, would keep zsh from completing a flag there. */
function positionals({ argument }: Declaration): string[] {
  if (argument === undefined) return [];
  const { name, words = [], most = 1 } = argument;
  const first = `1:${zshEscaped(name)}:${action(words)}`;
  return most > 1 ? [first, `*:${zshEscaped(name)}:${action([])}`] : [first];
}

/** A blank says what is wanted, and offers nothing. */
function action(values: CompletedFlag["values"]): string {
  if (values === "any") return " ";
  return values === "file" ? "_files" : `(${values.map((word) => word.replaceAll(/[^\w.-]/g, "\\$&")).join(" ")})`;
}

function continued(specifications: readonly string[], indent: string): string[] {
  return specifications.map((one, at) => indent + zshQuoted(one) + (at < specifications.length - 1 ? " \\" : ""));
}
