/**
 * The completion scripts in the shells that they are for.
 *
 * @module
 */
import { assertArrayIncludes, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { fishCompletion } from "../../src/cli/completion/fish.ts";
import { zshCompletion } from "../../src/cli/completion/zsh.ts";
import { defineCommand } from "../../src/commands/command.ts";
import { temporaryFolder } from "../support/run_lms.ts";
import { printed, runProgram, SOME_COMMANDS } from "./program.ts";

/** A folder with two files, and a script in it. */
async function folderWith(name: string, script: string) {
  const folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/${name}`, script);
  await Deno.writeTextFile(`${folder.path}/sent.json`, "");
  await Deno.writeTextFile(`${folder.path}/sent too.json`, "");
  return folder;
}

/** What is offered for the last of some words, which may be empty; the same in every shell. */
const offers: readonly { readonly words: readonly string[]; readonly offered: readonly string[] }[] = [
  { words: ["m"], offered: ["man", "mcp", "migrate", "mock", "mon"] },
  { words: ["logs", "--co"], offered: ["--context"] },
  { words: ["logs", "-n", ""], offered: [] },
  { words: ["batches", "--cause", "in"], offered: ["interval"] },
  { words: ["logs", "--token-file", "sent."], offered: ["sent.json"] },
  { words: ["--v"], offered: ["--version"] },
  { words: ["help", "dea"], offered: ["dead-letters"] },
  { words: ["mon", "--ba"], offered: ["--batch-bytes", "--batch-size"] },
  { words: ["mon", "--batch-size", ""], offered: [] },
  { words: ["mon", "--batch-size", "5", "--print-log", ""], offered: ["all"] },
  { words: ["verify", "--re"], offered: ["--repair"] },
  { words: ["dead-letters", ""], offered: ["drop", "list", "replay", "show"] },
  { words: ["dead-letters", "--json", "re"], offered: ["replay"] },
  { words: ["dead-letters", "list", ""], offered: [] },
  { words: ["dead-letters", "list", "--status", ""], offered: ["all", "dropped", "open", "replayed"] },
  { words: ["dead-letters", "list", "--reason", "not_j"], offered: ["not_json"] },
  { words: ["dead-letters", "list", "--group", ""], offered: ["reason"] },
  { words: ["dead-letters", "drop", "--whe"], offered: ["--where"] },
  { words: ["sim", "--manifest", "sent"], offered: ["sent too.json", "sent.json"] },
  { words: ["verify", "--against", "sent."], offered: ["sent.json"] },
  { words: ["completion", ""], offered: ["bash", "fish", "zsh"] },
  { words: ["pub", ""], offered: [] },
];

/** What bash's script leaves in COMPREPLY, sorted. Words are as bash cuts them: `--flag`, `=`, `value`. */
async function bash(words: readonly string[], { program = "lms", name = "_lms" } = {}): Promise<string[]> {
  await using folder = await folderWith("script", await printed(["completion", "bash"], program));
  const code = 'set -u; source ./script; function=$1; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "$function"; ' +
    'printf "%s\\n" ${COMPREPLY[@]+"${COMPREPLY[@]}"}';
  const args = ["--norc", "--noprofile", "-c", code, "bash", name, program, ...words];
  const { code: status, stdout, stderr } = await runProgram("bash", args, folder.path);
  assertEquals({ status, stderr }, { status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "").toSorted();
}

for (const { words, offered } of offers) {
  Deno.test(`bash offers ${offered.join(", ") || "nothing"} after lms ${words.join(" ")}`, async () => {
    assertEquals(await bash(words), offered.toSorted());
  });
}

Deno.test("bash offers a flag's values after its =, whether it takes the word apart there or not", async () => {
  assertEquals(await bash(["dead-letters", "list", "--status", "="]), ["all", "dropped", "open", "replayed"]);
  assertEquals(await bash(["dead-letters", "list", "--status", "=", "op"]), ["open"]);
  assertEquals(await bash(["dead-letters", "list", "--status=op"]), ["--status=open"]);
  assertEquals(await bash(["sim", "--manifest=sent."]), ["--manifest=sent.json"]);
});

Deno.test("bash offers every command, of a build with some of them those", async () => {
  const names = COMMANDS.map(({ name }) => name);
  const flags = ["help", "--help", "-h", "--version", "-V"];
  assertEquals(await bash([""]), [...names, ...flags].toSorted());
  const some = await bash([""], { program: "lms-mon", name: "_lms_mon" });
  assertEquals(some, [...SOME_COMMANDS, ...flags].toSorted());
});

/** What fish offers, sorted: each with its description. */
async function fish(script: string, line: string): Promise<string[]> {
  await using folder = await folderWith("script.fish", script);
  const code = "source ./script.fish; complete -C $argv[1]";
  const { code: status, stdout, stderr } = await runProgram("fish", ["--no-config", "-c", code, line], folder.path);
  assertEquals({ status, stderr }, { status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "").toSorted();
}

for (const { words, offered } of offers) {
  Deno.test(`fish offers ${offered.join(", ") || "nothing"} after lms ${words.join(" ")}`, async () => {
    const lines = await fish(await printed(["completion", "fish"]), `lms ${words.join(" ")}`);
    assertEquals(lines.map((line) => line.split("\t")[0]!.replaceAll("\\", "")), offered.toSorted());
  });
}

Deno.test("fish offers a flag's values after its =", async () => {
  const lines = await fish(await printed(["completion", "fish"]), "lms dead-letters list --status=o");
  assertEquals(lines.map((line) => line.split("\t")[0]), ["--status=open"]);
});

Deno.test("fish finds nothing wrong with the script, and shows what each flag means", async () => {
  await using folder = await folderWith("script.fish", await printed(["completion", "fish"]));
  const checked = await runProgram("fish", ["--no-execute", `${folder.path}/script.fish`]);
  assertEquals(checked, { code: 0, stdout: "", stderr: "" });
  assertArrayIncludes(await fish(await printed(["completion", "fish"]), "lms mon --flush"), [
    "--flush-interval\tlongest wait from a batch's first message to its flush",
  ]);
});

/**
 * What an interactive zsh makes of some keys: lines are typed into one, and it shows what it completed them to.
 *
 * @param keys A line with tabs; ended by Return.
 * @returns What was run, and all that was on the screen.
 */
async function zsh(
  script: string,
  keys: string,
): Promise<{ readonly ran: string | undefined; readonly screen: string }> {
  await using folder = await folderWith("_lms", script);
  const driver = [
    "zmodload zsh/zpty",
    "zpty lms 'exec zsh -f -i'",
    "zpty -w lms 'PS1=; fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; LISTMAX=1000; COLUMNS=250; LINES=99'",
    'zpty -w lms \'lms() { print -r -- "R""AN:${(j:|:)@}:" }; print "REA""DY"\'',
    "while zpty -r lms line; do [[ $line == *READY* ]] && break; done",
    'zpty -w lms "$1"',
    'while zpty -r lms line; do print -r -- "$line"; [[ $line == *RAN:* ]] && break; done',
    "zpty -w lms exit",
    "while zpty -r lms line; do :; done",
  ];
  const { stdout } = await runProgram("zsh", ["-f", "-c", driver.join("\n"), "zsh", keys], folder.path);
  return { ran: /RAN:(.*):/.exec(stdout)?.[1], screen: stdout };
}

const completed: readonly (readonly [keys: string, ran: string])[] = [
  ["lms migr\t", "migrate"],
  ["lms --vers\t", "--version"],
  ["lms help dea\t", "help|dead-letters"],
  ["lms mon --batch-s\t7", "mon|--batch-size=7"],
  ["lms verify --rep\t", "verify|--repair"],
  ["lms pub --se\t7", "pub|--seed=7"],
  ["lms dead-letters repl\t--js\t", "dead-letters|replay|--json"],
  ["lms dead-letters list --status op\t", "dead-letters|list|--status|open"],
  ["lms dead-letters list --reason=not_j\t", "dead-letters|list|--reason=not_json"],
  ["lms mon --print-log a\t", "mon|--print-log|all"],
  ["lms sim --manifest sent.\t", "sim|--manifest|sent.json"],
  ["lms verify --against='sent t\t", "verify|--against=sent too.json"],
  ["lms completion fi\t", "completion|fish"],
];

for (const [keys, expected] of completed) {
  Deno.test(`zsh completes ${JSON.stringify(keys)} to ${expected}`, async () => {
    const { ran, screen } = await zsh(await printed(["completion", "zsh"]), keys);
    assertEquals(ran, expected, screen);
  });
}

Deno.test("zsh finds nothing wrong with the script, and shows what commands and flags are for", async () => {
  const script = await printed(["completion", "zsh"]);
  await using folder = await folderWith("_lms", script);
  assertEquals(await runProgram("zsh", ["-n", `${folder.path}/_lms`]), { code: 0, stdout: "", stderr: "" });
  const { screen } = await zsh(script, "lms dead-letters -\t");
  assertMatch(screen, /--database +-- mysql:\/\/user:password@host:3306\/lms, sqlite:PATH or sqlite::memory:/);
  assertStringIncludes(screen, "-- replay with this field instead of the message's own; payload=@data is");
});

/** A help text that means something to every shell, unless it is quoted. */
const AWKWARD = 'it\'s "a" [b]: `c` $(d) $e \\f ~ * {g,h} #i; (j)';
const awkward = defineCommand({
  name: "awkward",
  summary: AWKWARD,
  description: [],
  settings: [],
});

Deno.test("fish and zsh show a summary as it is, whatever characters it has", async () => {
  const completed = { program: "lms", commands: [awkward, ...COMMANDS] };
  assertArrayIncludes(await fish(fishCompletion(completed), "lms awk"), [`awkward\t${AWKWARD}`]);
  const { screen } = await zsh(zshCompletion(completed), "lms \t");
  assertStringIncludes(screen, `-- ${AWKWARD}`);
});
