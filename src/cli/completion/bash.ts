/**
 * Completion for bash, 3.2 and later, with nothing else installed.
 *
 * @module
 */
import type { Declaration } from "../../commands/command.ts";
import { type Completed, type CompletedFlag, flagsOf, functionName, HELP_COMMAND, PROGRAM_FLAGS } from "./words.ts";

/** A text as bash reads it back, whatever it holds. */
export function bashQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The script. */
export function bashCompletion({ program, commands }: Completed): string {
  const name = functionName(program);
  return [
    `# Completion of ${program} for bash. Printed by: ${program} completion bash`,
    `# Install: ${program} completion bash > ~/.local/share/bash-completion/completions/${program}`,
    "",
    "# Offers those of some words that begin with what is there.",
    `${name}_words() {`,
    "  local word",
    "  for word; do",
    '    [[ $word == "$cur"* ]] && COMPREPLY+=("$prefix$word")',
    "  done",
    "}",
    "",
    "# Offers files: as the shell itself does where it can be asked to, else without its quoting.",
    `${name}_files() {`,
    "  local file",
    '  [[ $prefix == "" ]] && compopt -o default 2>/dev/null && return',
    "  while IFS= read -r file; do",
    '    COMPREPLY+=("$prefix$file")',
    '  done < <(compgen -f -- "$cur")',
    "}",
    "",
    "# Whether one of some words stands between the command and what is completed.",
    `${name}_given() {`,
    "  local word given",
    '  for given in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do',
    '    for word; do [[ $word == "$given" ]] && return 0; done',
    "  done",
    "  return 1",
    "}",
    "",
    `${name}() {`,
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} prefix=""',
    "  COMPREPLY=()",
    "  # Bash takes --flag=value apart, unless COMP_WORDBREAKS was changed.",
    '  if [[ $cur == "=" ]]; then',
    '    cur=""',
    '  elif [[ $prev == "=" ]] && ((COMP_CWORD > 2)); then',
    "    prev=${COMP_WORDS[COMP_CWORD-2]}",
    "  elif [[ $cur == --*=* ]]; then",
    "    prefix=${cur%%=*}= prev=${cur%%=*} cur=${cur#*=}",
    "  fi",
    "  if ((COMP_CWORD == 1)); then",
    `    ${name}_words ${words([...commands.map(({ name }) => name), HELP_COMMAND.name, ...written(PROGRAM_FLAGS)])}`,
    "    return",
    "  fi",
    "  case ${COMP_WORDS[1]} in",
    `    ${HELP_COMMAND.name})`,
    `      ((COMP_CWORD == 2)) && ${name}_words ${words(commands.map(({ name }) => name))}`,
    "      ;;",
    ...commands.flatMap((command) => branch(name, command)),
    "  esac",
    "  return 0",
    "}",
    "",
    `complete -F ${name} ${program}`,
  ].join("\n");
}

/** What is offered after a command. */
function branch(name: string, command: Declaration): string[] {
  const flags = flagsOf(command);
  const valued = flags.filter(({ value }) => value !== undefined);
  const free = valued.filter(({ values }) => values === "any");
  const files = valued.filter(({ values }) => values === "file");
  const first = command.argument?.words;
  return [
    `    ${command.name})`,
    "      case $prev in",
    ...(free.length === 0 ? [] : [`        ${pattern(free)}) return 0 ;;`]),
    ...(files.length === 0 ? [] : [`        ${pattern(files)}) ${name}_files; return 0 ;;`]),
    ...valued.flatMap((flag) =>
      typeof flag.values === "string"
        ? []
        : [`        ${pattern([flag])}) ${name}_words ${words(flag.values)}; return 0 ;;`]
    ),
    "      esac",
    `      if [[ $cur == -* ]]; then`,
    `        ${name}_words ${words(written(flags))}`,
    ...(first === undefined
      ? []
      : [`      elif ! ${name}_given ${words(first)}; then`, `        ${name}_words ${words(first)}`]),
    "      fi",
    "      ;;",
  ];
}

function words(list: readonly string[]): string {
  return list.map(bashQuoted).join(" ");
}

function written(flags: readonly CompletedFlag[]): string[] {
  return flags.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
}

function pattern(flags: readonly CompletedFlag[]): string {
  return written(flags).join(" | ");
}
