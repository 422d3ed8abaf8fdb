/**
 * The program: arguments, environment, signals and standard streams in, an exit code out.
 *
 * @module
 */
import project from "../deno.json" with { type: "json" };
import { describeBuild, readBuildInfo, readPage } from "./build_info.ts";
import { run } from "./cli/run.ts";
import { EXIT } from "./commands/command.ts";
import { takesColour } from "./ops/colour.ts";
import { safeLines } from "./ops/safe_text.ts";
import { Stderr } from "./ops/stderr.ts";

const build = readBuildInfo(new URL("./build.json", import.meta.url));
const encoder = new TextEncoder();

/** How long the end of the program waits for a reader of its log, in milliseconds. */
const LOG_FLUSH_MS = 1_000;

const interactive = Deno.stdout.isTerminal();
const env = (name: string) => Deno.env.get(name);
const columns = () => Deno.consoleSize().columns;
const stderr = new Stderr(Deno.stderr, { columns, colour: takesColour(env, Deno.stderr.isTerminal()) });
const { terminal } = stderr;
const unread = new AbortController();

/** Prints a result, all of it, now: who reads it may be slow, and loses nothing. */
function printNow(text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    // A reader that has seen enough, and a terminal that was closed, are no failures.
    if (interactive || error instanceof Deno.errors.BrokenPipe) return unread.abort();
    throw new Error(`Cannot print the result: ${(error as Error).message}`, { cause: error });
  }
}

function printText(text: string): void {
  terminal.status([]);
  // On one terminal with the log, after what the log has to say.
  if (terminal.live && interactive && !stderr.idle) stderr.print(`${text}\n`);
  else printNow(`${text}\n`);
}

const drain = new AbortController();
const abort = new AbortController();

function stop(): void {
  if (abort.signal.aborted) Deno.exit(EXIT.handedBack);
  if (drain.signal.aborted) abort.abort();
  else drain.abort();
}

const windows = Deno.build.os === "windows";
for (const signal of ["SIGINT", windows ? "SIGBREAK" : "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
if (!windows) {
  Deno.addSignalListener("SIGHUP", () => {
    // Who sat at the terminal is gone. Without one, as under nohup, it is none of this program's business.
    if (terminal.live) stop();
    else stderr.log?.info("SIGHUP is ignored, because the log does not go to a terminal; stop with SIGTERM");
  });
}

const code = await run({
  args: Deno.args,
  env,
  print: (line) => printText(interactive ? safeLines(line) : line),
  printRows: (rows) => rows.forEach(printText),
  unread: unread.signal,
  results: {
    get columns() {
      // Some terminals say 0.
      return interactive ? columns() || undefined : undefined;
    },
    colour: takesColour(env, interactive),
  },
  interactive,
  complain: (line) => terminal.line(line),
  readFile: (path) => Deno.readTextFile(path),
  readInput: () => Deno.stdin.readable,
  reserveFile: async (path) => (await Deno.open(path, { append: true, create: true })).close(),
  mayWrite: (path) => Deno.permissions.querySync({ name: "write", path }).state === "granted",
  writeFile: (path, text) => Deno.writeTextFile(path, text),
  openLog: (level, format) => stderr.openLog(level, format),
  terminal,
  drain: drain.signal,
  abort: abort.signal,
  program: build.program,
  version: project.version,
  date: build.date,
  build: describeBuild(project.version, build),
  readPage: () => readPage(["./page.json", "../dist/page.json"].map((place) => new URL(place, import.meta.url))),
  ...(build.commands === undefined ? {} : { commands: build.commands }),
}).finally(() => stderr.flushed(LOG_FLUSH_MS));
Deno.exit(code);
