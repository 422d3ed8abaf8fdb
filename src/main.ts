/**
 * The program: arguments, environment, signals and standard streams in, an exit code out.
 *
 * @module
 */
import project from "../deno.json" with { type: "json" };
import { describeBuild, readBuildInfo } from "./build_info.ts";
import { run } from "./cli.ts";
import { EXIT } from "./commands/command.ts";
import { openLog } from "./ops/logger.ts";
import { safeLines } from "./ops/safe_text.ts";
import { Terminal } from "./ops/terminal.ts";

const build = readBuildInfo(new URL("./build.json", import.meta.url));
const encoder = new TextEncoder();

/** Writes all of a text now; a reader that went away is no reason to stop storing. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

const drain = new AbortController();
const abort = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.addSignalListener(signal, () => {
    if (abort.signal.aborted) Deno.exit(EXIT.handedBack);
    if (drain.signal.aborted) abort.abort();
    else drain.abort();
  });
}

const interactive = Deno.stdout.isTerminal();
const terminal = new Terminal({
  write: (text) => write(Deno.stderr, text),
  live: Deno.stderr.isTerminal(),
  columns: () => Deno.consoleSize().columns,
});

const code = await run({
  args: Deno.args,
  env: (name) => Deno.env.get(name),
  print: (line) => {
    terminal.status([]);
    write(Deno.stdout, `${interactive ? safeLines(line) : line}\n`);
  },
  interactive,
  complain: (line) => terminal.line(line),
  readFile: (path) => Deno.readTextFile(path),
  writeFile: (path, text) => Deno.writeTextFile(path, text),
  openLog: (level, format) =>
    openLog({
      level,
      format: format ?? (terminal.live ? "text" : "json"),
      write: (line) => terminal.line(line),
    }),
  terminal,
  drain: drain.signal,
  abort: abort.signal,
  program: build.program,
  version: project.version,
  date: build.date,
  build: describeBuild(project.version, build),
  ...(build.commands === undefined ? {} : { commands: build.commands }),
});
Deno.exit(code);
