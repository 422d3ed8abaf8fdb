/**
 * The documents tell of what is there, and of all of it: README.md, and what lies in `.github` and `.github/docs`.
 *
 * @module
 */
import { assert, assertArrayIncludes, assertEquals, assertGreater } from "@std/assert";
import { writtenDocuments } from "../../.ci/documents.ts";
import { SETTING_VARIABLES } from "../../.ci/permissions.ts";
import project from "../../deno.json" with { type: "json" };
import { COMMANDS } from "../../src/cli/catalogue.ts";
import type { Setting } from "../../src/config/setting.ts";
import { SETTINGS } from "../../src/config/settings.ts";
import { DEAD_LETTER_REASONS } from "../../src/entry/entry.ts";
import { MIGRATIONS } from "../../src/store/schema.ts";
import { codeIn, everyDocument, isManual, rowsOf } from "../support/documents.ts";
import { sourceFiles } from "../support/module_graph.ts";

const root = new URL("../../", import.meta.url);
const manual = (await everyDocument()).filter(isManual);
const architecture = manual.find(({ path }) => path === ".github/ARCHITECTURE.md")!.text;

const settings = Object.values(SETTINGS) as readonly Setting<unknown>[];
const rows = manual.flatMap(({ text }) => rowsOf(text));

Deno.test("the documents that are made of the program are what `deno task docs` writes", async () => {
  const written = await writtenDocuments();
  assertGreater(written.size, 1);
  for (const [path, text] of written) {
    const found = manual.find((document) => document.path === path)?.text;
    assertEquals(found, text, `${path} is stale: \`deno task docs\` writes it anew`);
  }
});

Deno.test("the documents tell of every setting: its variable, its flag, its default and its meaning", () => {
  for (const { env, flag, default: text, defaultNote, help } of settings) {
    const told = [(env ?? []).join(", else "), flag === undefined ? "" : `--${flag}`, defaultNote ?? text, help].join(
      " | ",
    );
    assert(rows.some((row) => row.startsWith(`${told} | `)), told);
  }
});

Deno.test("the documents tell of no flag and no variable that is not there", () => {
  const known = settings.flatMap(({ env, flag }) => [...(env ?? []), ...(flag === undefined ? [] : [`--${flag}`])]);
  const told = rows.flatMap((row) => /^([A-Z][A-Z_]+)(?:, else ([A-Z_]+))? \| (--[\w-]+)?/.exec(row)?.slice(1) ?? []);
  assertGreater(told.length, 20);
  assertEquals(told.filter((name) => name !== undefined && !known.includes(name)), []);
});

Deno.test("the documents tell of every command and of the defaults that are its own", () => {
  for (const { name, argument, summary, defaults, notes } of COMMANDS) {
    const usage = argument === undefined ? `lms ${name}` : `lms ${name} [${argument.name}]`;
    assertArrayIncludes(rows, [`${usage} | ${summary}`]);
    if (defaults === undefined && notes === undefined) continue;
    const own = Object.entries({ ...notes, ...defaults }).map(([setting, text]) => {
      const { flag, env }: Setting<unknown> = SETTINGS[setting as keyof typeof SETTINGS];
      return `${flag === undefined ? env![0] : `--${flag}`} ${text}`;
    });
    assertArrayIncludes(rows, [`lms ${name} | ${own.join(", ")}`]);
  }
});

Deno.test("the documents tell of every reason for a dead letter, and of every table and column", () => {
  const firstCells = rows.map((row) => row.split(" | ")[0]!);
  assertArrayIncludes(firstCells, [...DEAD_LETTER_REASONS]);
  const tables = new Map<string, (string | undefined)[]>();
  for (const statement of MIGRATIONS.flatMap(({ sqlite }) => sqlite)) {
    const made = /CREATE TABLE (\w+)/.exec(statement)?.[1];
    const [, changed, column] = /^ALTER TABLE (\w+) ADD COLUMN (\w+)/.exec(statement) ?? [];
    if (made !== undefined) {
      // A table that is made anew has all its columns in the later statement.
      tables.set(made, [...statement.matchAll(/^ {2}(\w+) (?:TEXT|INTEGER|BLOB)/gm)].map(([, column]) => column));
    } else if (changed !== undefined) tables.get(changed)!.push(column);
  }
  assertGreater(tables.size, 5);
  for (const [table, columns] of tables) {
    assertGreater(columns.length, 1);
    const row = rows.find((row) => row.startsWith(`${table} | `)) ?? "";
    assertEquals(row.split(" | ")[1], columns.join(", "));
  }
});

Deno.test("the documents tell of tasks that are there", () => {
  const code = manual.flatMap(({ text }) => codeIn(text)).join("\n");
  const tasks = [...code.matchAll(/(?:deno task|(?:^|&& |\$ |\w=\S+ )\s*make) ([a-z][\w:]*)/gm)].map(([, task]) =>
    task!
  );
  assertGreater(tasks.length, 5);
  assertEquals(tasks.filter((task) => !(task in project.tasks) && task !== "help"), []);
});

Deno.test("the documents tell of every line that LMS logs, at its level, what it asks, and of no other", async () => {
  const sources = (await Promise.all(
    (await sourceFiles("src")).map((path) => Deno.readTextFile(new URL(path, root))),
  )).join("\n");
  const logged = [...sources.matchAll(/\blog\??\.(info|warn|error|block)\(\s*"([^"]+)"/g)].map(([, level, line]) =>
    // A block is a record at level info, over several lines of a terminal.
    `${level === "block" ? "info" : level} | ${line}`
  );
  assertGreater(logged.length, 20);
  const told = rows.filter((row) => /^(?:info|warn|error) \| [^|]+ \| [^|]+ \| ./.test(row));
  assertEquals(
    told.map((row) => row.split(" | ").slice(0, 2).join(" | ")).toSorted(),
    [...new Set(logged)].toSorted(),
  );
});

/** Every single thing that a task's program may do: `read /etc/lms`, `env HOME`, `net`. */
function permissionsOf(command: string): string[] {
  return [...command.matchAll(/--allow-(\w+)(?:=(\S+))?/g)].flatMap(([, kind, list]) =>
    list === undefined ? [kind!] : list.split(",").map((one) => `${kind} ${one}`)
  );
}

Deno.test("the documents tell of everything that the programs may do, and why", () => {
  const told = { lms: [] as string[], "lms-mon": [] as string[] };
  for (const row of rows) {
    const [what, lms, mon, why] = row.split(" | ");
    if (!/^(net|read|write|sys|env)\b/.test(what!)) continue;
    assertGreater(why?.length ?? 0, 5, row);
    const [kind, ...names] = what!.split(/,? /);
    const each = names.length === 0 ? [kind!] : names.map((name) => `${kind} ${name}`);
    if (lms === "yes") told.lms.push(...each);
    if (mon === "yes") told["lms-mon"].push(...each);
  }
  for (const program of ["lms", "lms-mon"] as const) {
    const may = permissionsOf(project.tasks[program].command).filter((one) =>
      // The settings have a table of their own.
      !SETTING_VARIABLES.includes(one.replace("env ", ""))
    );
    assertEquals(told[program].toSorted(), may.toSorted(), program);
  }
});

Deno.test("the documents name files that are there", async () => {
  const paths = manual.flatMap(({ text }) =>
    [...text.matchAll(/`((?:src|tests)\/[\w/.]*)`/g)].map(([, path]) => path!)
  );
  assertGreater(paths.length, 20);
  for (const path of paths) await Deno.stat(new URL(path, root));
});

Deno.test("ARCHITECTURE.md names tests that are there", async () => {
  // Line ends are where the formatter puts them.
  const quoted = [...architecture.replaceAll(/\s+/g, " ").matchAll(/"([^"]{25,}?)"/g)].map(([, name]) => name!);
  assertGreater(quoted.length, 6);
  const tests = (await Promise.all(
    (await sourceFiles("tests")).map((path) => Deno.readTextFile(new URL(path, root))),
  )).join("\n");
  assertEquals(quoted.filter((name) => !tests.includes(name)), []);
});
