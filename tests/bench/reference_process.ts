/**
 * A program of this folder as a process of its own.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/** A running or ended process; disposing kills it where it still runs. */
export class ReferenceProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: ReadableStreamDefaultReader<string>;
  readonly #stderr: Promise<string>;
  #printed = "";

  /** @param env Added to the environment of this process. */
  constructor(file: string, env: Readonly<Record<string, string>>) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        `--config=${new URL("deno.json", ROOT).pathname}`,
        ...["--no-prompt", "--allow-net", "--allow-env", "--allow-read", "--allow-sys"],
        new URL(`tests/bench/${file}`, ROOT).pathname,
      ],
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdout = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#stderr = new Response(this.#child.stderr).text();
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** The next line that it prints. @throws {Error} When it ends before. */
  async line(): Promise<string> {
    while (true) {
      const end = this.#printed.indexOf("\n");
      if (end >= 0) {
        const line = this.#printed.slice(0, end);
        this.#printed = this.#printed.slice(end + 1);
        return line;
      }
      const { done, value } = await this.#stdout.read();
      if (done) throw new Error(`the process ended: ${(await this.#stderr).slice(-2_000)}`);
      this.#printed += value;
    }
  }

  /** Sends it an empty line, which tells it to go on. */
  async go(): Promise<void> {
    const input = this.#child.stdin.getWriter();
    await input.write(new TextEncoder().encode("\n"));
    input.releaseLock();
  }

  /** How it ended. */
  async ended(): Promise<{ readonly code: number; readonly stderr: string }> {
    const { code } = await this.#child.status;
    return { code, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.ended();
    await this.#child.stdin.close().catch(() => {});
    await this.#stdout.cancel();
  }
}
