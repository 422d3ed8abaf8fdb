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
import { Terminal } from "./ops/terminal.ts";
import { CallError } from "./pubsub/transport.ts";
import { SubscribeError } from "./pubsub/subscriber.ts";
import { StoreError } from "./store/store.ts";

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

const terminal = new Terminal({
  write: (text) => write(Deno.stderr, text),
  live: Deno.stderr.isTerminal(),
  columns: () => Deno.consoleSize().columns,
});

try {
  const code = await run({
    args: Deno.args,
    env: (name) => Deno.env.get(name),
    print: (line) => {
      terminal.status([]);
      write(Deno.stdout, `${line}\n`);
    },
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
} catch (error) {
  if (!isOperating(error)) throw error;
  terminal.line(`${build.program}: ${forbidden(error) ?? error.message}`);
  Deno.exit(EXIT.failed);
}

/** Whether this is an error of the world around, which its message explains; any other is a mistake in the program. */
function isOperating(error: unknown): error is Error {
  return error instanceof StoreError || error instanceof SubscribeError || error instanceof CallError ||
    error instanceof Error && (typeof (error as { code?: unknown }).code === "number" || error.cause !== undefined) ||
    Object.values(Deno.errors).some((kind) => error instanceof kind);
}

/** What an error says that the program's permissions led to, in the words of who runs it and not of who compiled it. */
function forbidden(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Libraries repeat the runtime's words in errors of their own.
  const [, access, what] = /Requires (\w+) access to ("[^"]*"|[^\s,]+)/.exec(error.message) ?? [];
  if (access === undefined) return forbidden(error.cause);
  return `Cannot ${access === "net" ? "connect to" : access} ${what}: this program was built without the right to; ` +
    `see "Permissions" in the README, or build it with ALLOW_${access.toUpperCase()}`;
}
