/**
 * Runs tests and tells which of them ran and how they ended.
 *
 * @module
 */

/** How long the tests of one run may take, in milliseconds: what hangs without its protection has failed. */
const TIMEOUT_MS = 60_000;

/** What a run of tests came to. */
export interface TestRun {
  /** Names of the tests that passed. */
  readonly passed: readonly string[];
  /** Names of the tests that began and did not pass: they failed, hung, or were broken off by an uncaught error. */
  readonly failed: readonly string[];
  /** Everything that was printed. */
  readonly output: string;
}

/** What to run. */
export interface TestRunOptions {
  /** The folder with deno.json. */
  readonly root: string;
  /** The test file, from there. */
  readonly test: string;
  /** Parts of names: a test runs when its name has one of them. */
  readonly filters: readonly string[];
  /** Beside the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs the tests of one file whose names have one of the filters. Without type checking: a change that does not compile
 * is no proof of a test.
 */
export async function runTests({ root, test, filters, env }: TestRunOptions): Promise<TestRun> {
  const filter = `/${filters.map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|")}/`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--no-prompt", "--allow-all", `--filter=${filter}`, test],
    cwd: root,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // A process group of its own: what a test started must not outlive it.
    detached: true,
  }).spawn();
  const timer = setTimeout(() => Deno.kill(-child.pid, "SIGKILL"), TIMEOUT_MS);
  const { stdout, stderr } = await child.output();
  clearTimeout(timer);
  const printed = new TextDecoder().decode(stdout);
  return { ...outcomes(printed), output: printed + new TextDecoder().decode(stderr) };
}

/** Reads the lines that say that a test began (`NAME ...`) and how it ended (`NAME ... ok (3ms)`). */
function outcomes(printed: string): { readonly passed: string[]; readonly failed: string[] } {
  const begun = new Set<string>();
  const passed = new Set<string>();
  for (const [, name, ending] of printed.matchAll(/^(.+?) \.\.\.(?: (\w+).*)?$/gm)) {
    begun.add(name!);
    if (ending === "ok" || ending === "ignored") passed.add(name!);
  }
  return { passed: [...passed], failed: [...begun].filter((name) => !passed.has(name)) };
}
