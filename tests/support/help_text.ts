/**
 * Help texts, as tests read them.
 *
 * @module
 */

/** The lines of a help text with each flag, variable or command and all that is said of it in one. */
export function definitionsIn(help: string): string[] {
  return help.split("\n").reduce<string[]>((lines, line) => {
    if (/^ {4}/.test(line) && lines.length > 0) lines.push(`${lines.pop()!} ${line.trim()}`);
    else lines.push(line);
    return lines;
  }, []);
}
