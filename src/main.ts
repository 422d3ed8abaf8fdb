/**
 * The program: arguments, environment, signals and standard streams in, an exit code out.
 *
 * @module
 */
import project from "../deno.json" with { type: "json" };
import { describeBuild, readBuildInfo } from "./build_info.ts";
import { run } from "./cli.ts";
import { EXIT } from "./commands/command.ts";
import { explainFailure } from "./commands/failure.ts";
import { type Log, openLog } from "./ops/logger.ts";
import { oneLine, safeLines } from "./ops/safe_text.ts";
import { Terminal } from "./ops/terminal.ts";
import { TextQueue } from "./ops/text_queue.ts";

const build = readBuildInfo(new URL("./build.json", import.meta.url));
const encoder = new TextEncoder();

/** How much of the log may wait for its reader, in characters. */
const LOG_WAITING_MAX = 1024 * 1024;

/** How long the end of the program waits for a reader of its log, in milliseconds. */
const LOG_FLUSH_MS = 1_000;

const stderr = new TextQueue({
  write: (bytes) => Deno.stderr.write(bytes),
  waitingMax: LOG_WAITING_MAX,
  dropped: (count) => log?.warn("lines of the log were dropped, because nobody read them", { count }),
});
let log: Log | undefined;

/** Prints a result, all of it, now: who reads it may be slow, and loses nothing. */
function printNow(text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    // A reader that has seen enough, and a terminal that was closed, are no failures.
    if (interactive || error instanceof Deno.errors.BrokenPipe) return;
    throw new Error(`Cannot print the result: ${(error as Error).message}`, { cause: error });
  }
}

const drain = new AbortController();
const abort = new AbortController();

function stop(): void {
  if (abort.signal.aborted) Deno.exit(EXIT.handedBack);
  if (drain.signal.aborted) abort.abort();
  else drain.abort();
}

const live = Deno.stderr.isTerminal();
const interactive = Deno.stdout.isTerminal();
const terminal = new Terminal({
  write: (text) => stderr.add(text),
  live,
  columns: () => Deno.consoleSize().columns,
});

const windows = Deno.build.os === "windows";
for (const signal of ["SIGINT", windows ? "SIGBREAK" : "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
if (!windows) {
  Deno.addSignalListener("SIGHUP", () => {
    // Who sat at the terminal is gone. Without one, as under nohup, it is none of this program's business.
    if (live) stop();
    else log?.info("SIGHUP is ignored, because the log does not go to a terminal; stop with SIGTERM");
  });
}

try {
  const code = await run({
    args: Deno.args,
    env: (name) => Deno.env.get(name),
    print: (line) => {
      terminal.status([]);
      const text = `${interactive ? safeLines(line) : line}\n`;
      // On one terminal with the log, after what the log has to say.
      if (live && interactive && !stderr.idle) stderr.keep(text);
      else printNow(text);
    },
    interactive,
    complain: (line) => terminal.line(line),
    readFile: (path) => Deno.readTextFile(path),
    writeFile: (path, text) => Deno.writeTextFile(path, text),
    openLog: (level, format) =>
      log = openLog({ level, format: format ?? (live ? "text" : "json"), write: (line) => terminal.line(line) }),
    terminal,
    drain: drain.signal,
    abort: abort.signal,
    program: build.program,
    version: project.version,
    date: build.date,
    build: describeBuild(project.version, build),
    ...(build.commands === undefined ? {} : { commands: build.commands }),
  });
  await stderr.flushed(LOG_FLUSH_MS);
  Deno.exit(code);
} catch (error) {
  const failure = explainFailure(error);
  if (failure !== undefined) terminal.line(`${build.program}: ${oneLine(failure)}`);
  await stderr.flushed(LOG_FLUSH_MS);
  if (failure === undefined) throw error;
  Deno.exit(EXIT.failed);
}
