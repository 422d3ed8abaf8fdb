/**
 * LMS as a process of its own, as its users run it.
 *
 * @module
 */

import project from "../../deno.json" with { type: "json" };

/**
 * How to start the program: the compiled one where one is named, else from source with the flags of the task that
 * users run. Not through `deno task` itself: a signal would hit the task runner and leave the program behind.
 */
export function program(binary: string | undefined, task: Task): { command: string; args: string[] } {
  if (binary === undefined || binary === "") return fromSource(project, { root: ROOT, task });
  return { command: new URL(binary, ROOT).pathname, args: [] };
}

type Task = "lms" | "lms-mon";

const ROOT = new URL("../../", import.meta.url);

/** The program of another tree, with the flags of its own task. */
function ofTree(path: string, task: Task) {
  return fromSource(JSON.parse(Deno.readTextFileSync(`${path}/deno.json`)), { root: new URL(`file://${path}/`), task });
}

function fromSource({ tasks }: Pick<typeof project, "tasks">, { root, task }: { root: URL; task: Task }) {
  const [, run, ...flags] = tasks[task].command.replaceAll("$HOME", Deno.env.get("HOME") ?? "/nowhere").split(
    " ",
  );
  const main = flags.pop()!;
  // Users start it in the repository, where `.` has the program of the thread that reads SQLite's file, and the page;
  // tests do not.
  const own = ["src", "dist/page.json"].map((path) => new URL(path, root).pathname).join(",");
  const readable = flags.map((flag) => flag.replace(/^--allow-read=\./, `$&,${own}`));
  return {
    command: Deno.execPath(),
    args: [run!, `--config=${new URL("deno.json", root).pathname}`, ...readable, new URL(main, root).pathname],
  };
}

/** The same, with fewer files than this process may open. */
function limited(files: number, { command, args }: { command: string; args: string[] }) {
  return { command: "/bin/sh", args: ["-c", 'ulimit -n "$0" && exec "$@"', String(files), command, ...args] };
}

/** The same on a terminal of its own. */
function onTerminal(command: string, args: readonly string[]) {
  const line = [command, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  return { command: "script", args: ["--quiet", "--return", "--command", line, "/dev/null"] };
}

/** Where tests keep their files: the program may read and write below the folder that it is started in. */
const FOLDER = Deno.env.get("TMPDIR") ?? "/tmp";

/** A line of LMS's own log. */
export interface LogLine {
  readonly msg: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

/** A running or ended process; disposing kills it where it still runs. */
export class LmsProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Promise<string>;
  #stderr: Promise<string> | undefined;
  #lines: LogLine[] = [];
  #waiting: { readonly test: (line: LogLine) => boolean; readonly resolve: (line: LogLine) => void }[] = [];

  /**
   * @param args Arguments after the program's name.
   * @param env The whole environment, but for what starting a program needs.
   * @param options.binary A compiled program, its path from the repository's root; default: what `LMS_BIN` names.
   * @param options.tree The folder of another version's sources, to run in place of these or what is compiled.
   * @param options.task Whose flags it is started with where it is not compiled; default `lms`.
   * @param options.files How many files it may have open at once.
   * @param options.unread Nobody reads its log until it is stopped.
   * @param options.terminal Its standard streams are a terminal, whose screen is what it prints.
   */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    { binary = Deno.env.get("LMS_BIN"), tree, task = "lms", files, terminal = false, unread = false }: {
      readonly binary?: string | undefined;
      readonly tree?: string | undefined;
      readonly task?: Task;
      readonly files?: number | undefined;
      readonly terminal?: boolean;
      readonly unread?: boolean;
    } = {},
  ) {
    const unlimited = tree === undefined ? program(binary, task) : ofTree(tree, task);
    const started = files === undefined ? unlimited : limited(files, unlimited);
    const { command, args: all } = terminal
      ? onTerminal(started.command, [...started.args, ...args])
      : { command: started.command, args: [...started.args, ...args] };
    const keep = ["PATH", "HOME", "DENO_DIR", "JSR_URL", "DENO_TLS_CA_STORE", "DENO_NO_UPDATE_CHECK"];
    const kept = Object.fromEntries(keep.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }));
    this.#child = new Deno.Command(command, {
      args: all,
      env: { ...kept, LOG_FORMAT: "json", ...env },
      clearEnv: true,
      cwd: FOLDER,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdout = new Response(this.#child.stdout).text();
    if (!unread) this.#stderr = this.#readLog();
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Lines of its log so far. */
  get log(): readonly LogLine[] {
    return this.#lines;
  }

  /** The first log line, past or to come, that passes. Never resolves when none does. */
  logged(test: (line: LogLine) => boolean): Promise<LogLine> {
    const past = this.#lines.find(test);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => this.#waiting.push({ test, resolve }));
  }

  /** Sends a signal. */
  signal(signal: "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGKILL"): void {
    this.#child.kill(signal);
  }

  /** What it printed and how it ended. */
  async ended(): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    this.#stderr ??= this.#readLog();
    const { code } = await this.#child.status;
    return { code, stdout: await this.#stdout, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.ended();
  }

  async #readLog(): Promise<string> {
    let text = "";
    let rest = "";
    for await (const piece of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      text += piece;
      const lines = (rest + piece).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#take(line);
    }
    return text;
  }

  #take(text: string): void {
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text) as LogLine;
    this.#lines.push(line);
    this.#waiting = this.#waiting.filter(({ test, resolve }) => {
      if (!test(line)) return true;
      resolve(line);
      return false;
    });
  }
}
