import { assertEquals } from "@std/assert";
import { flagsOf, functionName } from "../../../../src/cli/completion/words.ts";
import { defineCommand } from "../../../../src/commands/command.ts";

const command = defineCommand({
  name: "any",
  summary: "",
  description: [],
  settings: ["mysqlPassword", "status", "printLog", "limit", "manifest", "against", "json"],
});

Deno.test("flagsOf() knows what each flag's value may be, leaves out what is a variable only, and adds those of all", () => {
  assertEquals(flagsOf(command).map(({ name, values, value, repeats }) => [name, values, value, repeats]), [
    ["status", ["open", "replayed", "dropped", "all"], "STATUS", false],
    ["print-log", ["all"], "N|all", false],
    ["limit", "any", "N", false],
    ["manifest", "file", "FILE", false],
    ["against", "file", "FILE", true],
    ["json", "any", undefined, false],
    ["log-level", ["debug", "info", "warn", "error"], "LEVEL", false],
    ["log-format", ["text", "json", "gcp"], "FORMAT", false],
    ["help", "any", undefined, false],
  ]);
});

Deno.test("functionName() is a name that every shell takes", () => {
  assertEquals([functionName("lms"), functionName("lms-mon")], ["_lms", "_lms_mon"]);
});
