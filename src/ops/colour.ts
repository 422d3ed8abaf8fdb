/**
 * Colours on a terminal: by how serious something is.
 *
 * @module
 */

/** SGR codes, https://en.wikipedia.org/wiki/ANSI_escape_code: of the 16 colours, which every terminal's theme fits. */
const CODES: Readonly<Record<string, string>> = {
  debug: "2",
  warn: "33",
  error: "31",
  fatal: "1;31",
};

/** The text in the colour of a severity or a log level, or as it is where that has none. */
export function coloured(text: string, severity: string): string {
  const code = Object.hasOwn(CODES, severity) ? CODES[severity] : undefined;
  return code === undefined ? text : `\x1b[${code}m${text}\x1b[0m`;
}

/**
 * Whether to use colours: on a terminal that knows them, unless `NO_COLOR` is set; with `FORCE_COLOR` always, or with
 * `FORCE_COLOR=0` never. See https://no-color.org and https://force-color.org.
 */
export function takesColour(env: (name: string) => string | undefined, isTerminal: boolean): boolean {
  const force = env("FORCE_COLOR");
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  return isTerminal && !env("NO_COLOR") && env("TERM") !== "dumb";
}
