/**
 * The tasks of deno.json, the targets of the Makefile and the settings of the program agree.
 *
 * @module
 */
import { assert, assertArrayIncludes, assertEquals, assertGreater } from "@std/assert";
import project from "../deno.json" with { type: "json" };
import { SETTINGS } from "../src/config.ts";

const tasks: Readonly<Record<string, { readonly description: string; readonly command: string }>> = project.tasks;
const makefile = await Deno.readTextFile(new URL("../Makefile", import.meta.url));

/** The names that a command line lists after a flag, as in `--allow-env=A,B`. */
function listed(command: string, flag: string): string[] {
  return command.split(/\s+/).find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1).split(",") ?? [];
}

Deno.test("every task says in one line what it does", () => {
  for (const [name, task] of Object.entries(tasks)) {
    assertGreater(task.description?.length ?? 0, 0, name);
    assertEquals(task.description.includes("\n"), false, name);
  }
});

Deno.test("every target of the Makefile calls the task of its name, and tells of it in `make help`", () => {
  const targets = /^TASKS := (.*)$/m.exec(makefile)?.[1]?.split(" ") ?? [];
  assertGreater(targets.length, 10);
  assertArrayIncludes(Object.keys(tasks), targets);
  for (const target of targets) assert(new RegExp(`^${target}: ## \\S`, "m").test(makefile), target);
});

for (const name of ["lms", "build"]) {
  // What is not listed reads as unset, without a word.
  Deno.test(`the task ${name} lets the program read every variable that is a setting`, () => {
    const command = tasks[name]?.command ?? "";
    assert(command.includes("--ignore-env"), command);
    const variables = Object.values(SETTINGS).flatMap((setting: { readonly env?: readonly string[] }) =>
      setting.env ?? []
    );
    assertGreater(variables.length, 10);
    const readable = listed(command, "--allow-env");
    assertEquals(variables.filter((variable) => !readable.includes(variable)), []);
  });
}

Deno.test("the task build gives the executable the permissions that the task lms gives the program", () => {
  const flags = (name: string) =>
    tasks[name]?.command.split(/\s+/).filter((word) => /^--(allow|deny|ignore|no-prompt)/.test(word)).toSorted();
  assertEquals(flags("build"), flags("lms"));
});
