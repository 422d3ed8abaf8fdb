/**
 * Takes each protection out of a copy of the program, and fails unless a test notices.
 *
 *     deno task protections [--only=TEXT] [--list] [--markdown]
 *
 * `--only` restricts to the protections with TEXT in their name, file, or test; `--list` and `--markdown` only print
 * them. Exits 0 when every protection is held by a test, 1 when not, 2 for a flag that it does not understand.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type DatabaseKind, startDatabase, URL_VARIABLE } from "../support/database.ts";
import { markdown, type Protection } from "./protection.ts";
import { PROTECTIONS } from "./protections.ts";
import { runTests, type TestRun } from "./test_run.ts";
import { TreeCopy } from "./tree_copy.ts";

/** How much of a run's output is shown when it is not what was expected, in characters. */
const SHOWN_MAX = 3_000;

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const flags = parseArgs(Deno.args, {
  string: ["only"],
  boolean: ["list", "markdown"],
  unknown: (arg) => {
    say(`Cannot run: there is no ${arg}; there are: --only=TEXT, --list, --markdown`);
    Deno.exit(2);
  },
});
const only = flags.only ?? "";
const chosen = PROTECTIONS.filter(({ name, file, test }) => [name, file, test].some((text) => text.includes(only)));
if (chosen.length === 0) {
  say(`Cannot run: no protection has "${only}" in its name, file or test`);
  Deno.exit(2);
}
if (flags.markdown) say(markdown(chosen));
else if (flags.list) { for (const { name, file } of chosen) say(`${file}: ${name}`); }
else Deno.exit(await check(chosen) ? 0 : 1);

/** Whether every one of these is held. */
async function check(protections: readonly Protection[]): Promise<boolean> {
  await using stack = new AsyncDisposableStack();
  const copy = stack.use(await TreeCopy.of(root));
  const env: Record<string, string> = { LMS_CACHE: Deno.env.get("LMS_CACHE") ?? `${root}/.cache` };
  if (protections.some(({ needs }) => needs === "servers")) {
    for (const kind of ["mysql", "mariadb"] satisfies DatabaseKind[]) {
      env[URL_VARIABLE[kind]] = stack.use(await startDatabase(kind)).url;
    }
  }
  const unchanged = new Map<string, TestRun>();
  let held = 0;
  for (const [i, protection] of protections.entries()) {
    const problem = await whyNotHeld(protection, { copy, env, unchanged });
    if (problem === undefined) held++;
    say(`${problem === undefined ? "held    " : "NOT HELD"} ${i + 1}/${protections.length} ${protection.name}`);
    if (problem !== undefined) say(`         ${protection.file}, ${protection.test}: ${problem}`);
  }
  say(`${held} of ${protections.length} protections are held by a test`);
  return held === protections.length;
}

interface Bench {
  readonly copy: TreeCopy;
  readonly env: Readonly<Record<string, string>>;
  /** How the tests of each file end that protections name, with nothing taken out. */
  readonly unchanged: Map<string, TestRun>;
}

/** What keeps the test from being a proof; `undefined` when it passes as it should and fails as it should. */
async function whyNotHeld(protection: Protection, { copy, env, unchanged }: Bench): Promise<string | undefined> {
  const { test, filter } = protection;
  let before = unchanged.get(test);
  if (before === undefined) {
    const filters = chosen.filter((other) => other.test === test).map(({ filter }) => filter);
    before = await runTests({ root: copy.path, test, filters, env });
    unchanged.set(test, before);
  }
  const named = (name: string) => name.includes(filter);
  if (before.failed.some(named)) return `the test fails with nothing taken out: ${shown(before)}`;
  if (!before.passed.some(named)) return `there is no test "${filter}": ${shown(before)}`;
  try {
    await using _without = await copy.without(protection);
    const after = await runTests({ root: copy.path, test, filters: [filter], env });
    if (after.failed.some(named)) return undefined;
    if (after.passed.some(named)) return `the test "${filter}" passes without it`;
    return `no test ran without it: ${shown(after)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function shown({ output }: TestRun): string {
  return `\n${output.slice(-SHOWN_MAX)}`;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
