/**
 * What the tests of this folder need: programs, and what LMS prints for them.
 *
 * @module
 */
import { run } from "../../src/cli/run.ts";
import { fakeWorld } from "../support/world.ts";

/** The commands of a build that has not all of them. */
export const SOME_COMMANDS = ["mon", "dead-letters", "completion", "man"] as const;

/** What the program prints. @param program `lms` has every command, any other name {@linkcode SOME_COMMANDS}. */
export async function printed(args: readonly string[], program = "lms"): Promise<string> {
  const world = fakeWorld(args);
  const code = await run({ ...world, program, ...(program === "lms" ? {} : { commands: SOME_COMMANDS }) });
  if (code !== 0) throw new Error(`Cannot print ${args.join(" ")}: ${world.complaints.join("; ")}`);
  return `${world.printed.join("\n")}\n`;
}

/** A program's run. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell that waits for what does not come is a failure of the test, and not of the whole run. */
const LONGEST_RUN_MS = 30_000;

/** Runs a program of Debian's; fails with its name and its package where it is missing. */
export async function runProgram(program: string, args: readonly string[], cwd?: string): Promise<Outcome> {
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // Nobody's own settings, and no language but the program's own.
      env: { HOME: cwd ?? "/nonexistent", XDG_CONFIG_HOME: cwd ?? "/nonexistent", LC_ALL: "C.UTF-8", TERM: "xterm" },
      ...(cwd === undefined ? {} : { cwd }),
    }).spawn();
    // An interactive shell ends for nothing less.
    const late = setTimeout(() => child.kill("SIGKILL"), LONGEST_RUN_MS);
    const { code, stdout, stderr } = await child.output().finally(() => clearTimeout(late));
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`${program} is missing: install the package ${program}, as ".ci/run shells" does`, {
      cause: error,
    });
  }
}
