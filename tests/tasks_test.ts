/**
 * The tasks of deno.json, the targets of the Makefile and the settings of the program agree.
 *
 * @module
 */
import { assert, assertArrayIncludes, assertEquals, assertGreater } from "@std/assert";
import { STD_VERSIONS } from "../.ci/offline/std_versions.ts";
import { ALLOW_ENV, SETTING_VARIABLES } from "../.ci/permissions.ts";
import project from "../deno.json" with { type: "json" };

const tasks: Readonly<Record<string, { readonly description: string; readonly command: string }>> = project.tasks;
const makefile = await Deno.readTextFile(new URL("../Makefile", import.meta.url));

/** For who has added a setting. */
const REMEDY = "deno task permissions writes them";

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
  // Without the command lines, which are long.
  assert(makefile.includes("\n\t@$(DENO) task --quiet $@ $(ARGS)\n"), "the recipe");
  for (const target of targets) assert(new RegExp(`^${target}: ## \\S`, "m").test(makefile), target);
});

// What is not listed reads as unset, without a word.
for (const name of ["lms", "lms-mon"] as const) {
  Deno.test(`the task ${name} lets the program read the variables of its settings, and what is taken for them`, () => {
    const command = tasks[name]!.command;
    assert(command.includes("--ignore-env"), command);
    assertEquals(listed(command, "--allow-env").join("\n"), listed(ALLOW_ENV[name], "--allow-env").join("\n"), REMEDY);
  });
}

Deno.test("no program may read the variables that Kubernetes makes of a service, or those of the repository", () => {
  const others =
    /^LMS_(?:SERVICE_|PORT(?:_|$)|TEST_|(?:BIN|CACHE|COMMIT|FUZZ_SEED|DEBIAN_MIRROR|PROBE_SECRET)$)|^LMS_\*/;
  assertEquals(SETTING_VARIABLES.filter((name) => others.test(name)), []);
});

Deno.test("no task of the program may run a program, load a library, or do everything", () => {
  for (const name of ["lms", "lms-mon"]) {
    const flags = tasks[name]!.command.split(" ").filter((word) => word.startsWith("-"));
    assertEquals(
      flags.map((flag) => flag.split("=")[0]),
      [
        "--no-prompt",
        "--v8-flags",
        "--allow-net",
        "--allow-read",
        "--deny-read",
        "--allow-write",
        "--allow-sys",
        "--allow-env",
        "--ignore-env",
      ],
      name,
    );
    // Bare, these would be everything; the network alone cannot be told before somebody says where things are.
    for (const flag of ["--allow-read", "--allow-write", "--allow-sys", "--allow-env"]) {
      assertGreater(listed(tasks[name]!.command, flag).length, 0, flag);
    }
  }
});

Deno.test("the task lms-mon may do nothing that the task lms may not", () => {
  for (const flag of ["--allow-read", "--allow-write", "--allow-sys", "--allow-env"]) {
    assertArrayIncludes(listed(tasks.lms!.command, flag), listed(tasks["lms-mon"]!.command, flag));
  }
});

Deno.test("where jsr.io does not answer, std is of the versions that deno.lock has", async () => {
  const lock = JSON.parse(await Deno.readTextFile(new URL("../deno.lock", import.meta.url)));
  const provided = Object.entries(STD_VERSIONS).map(([name, { version }]) => `@std/${name}@${version}`);
  assertEquals(provided.toSorted(), Object.keys(lock.jsr).toSorted());
});

Deno.test("what the build and its checks take from npm is in a lock file with its sums", async () => {
  const lock = JSON.parse(await Deno.readTextFile(new URL("../.ci/deno.lock", import.meta.url)));
  const named = await Promise.all(
    [".ci/cyclonedx.ts", ".ci/lint_workflows.ts", ".deploy/check.ts", ".ci/build.ts"].map(async (path) => {
      const text = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
      assertEquals(text.includes("--no-lock"), false, path);
      return [...text.matchAll(/"(npm:[^"$]+@[\d.]+)"/g)].map(([, specifier]) => specifier!);
    }),
  );
  assertArrayIncludes(Object.keys(lock.specifiers), named.flat());
  assertArrayIncludes(Object.keys(lock.npm), ["esbuild@0.25.5", "@esbuild/linux-x64@0.25.5"]);
});
