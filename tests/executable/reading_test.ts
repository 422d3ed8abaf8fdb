/**
 * The thread that reads an SQLite file, in a compiled program: its code is a file of its own there.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { namesIn, temporaryFolder } from "../support/run_lms.ts";

const root = new URL("../../", import.meta.url).pathname;

Deno.test("a compiled program reads an SQLite file in a thread, and leaves nothing beside it", async () => {
  await using folder = await temporaryFolder();
  const entry = `${root}tests/executable/reading_probe.ts`;
  const build = ["--program=lms", `--entry=${entry}`, `--output=${folder.path}/build`];
  const built = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", `--config=${root}deno.json`, "--allow-all", `${root}.ci/build.ts`, ...build],
  }).output();
  assert(built.success, new TextDecoder().decode(built.stderr));
  const cwd = `${folder.path}/within`;
  await Deno.mkdir(cwd);
  const { stdout, stderr } = await new Deno.Command(`${folder.path}/build/lms`, { cwd, clearEnv: true }).output();
  assertEquals(new TextDecoder().decode(stdout), "found\n", new TextDecoder().decode(stderr));
  assertEquals(await namesIn(cwd), ["lms.db"]);
});
