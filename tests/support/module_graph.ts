/**
 * The modules of `src` and what they import, as Deno resolves it.
 *
 * @module
 */
import type { Import, Module } from "./architecture.ts";

/** The part of `deno info --json` that is used here. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string; readonly error?: string };
      readonly type?: { readonly specifier?: string; readonly error?: string };
    }[];
  }[];
}

const ROOT = new URL("../../", import.meta.url);

/** `src/cli/run.ts` for its file URL; `undefined` for what is not in this repository. */
export function fromRoot(url: string): string | undefined {
  return url.startsWith(ROOT.href) ? decodeURIComponent(url.slice(ROOT.href.length)) : undefined;
}

/** Every TypeScript file below a folder of the repository, as a path in the repository, sorted. */
export async function sourceFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) files.push(...await sourceFiles(path));
    else if (/\.tsx?$/.test(entry.name)) files.push(path);
  }
  return files.toSorted();
}

async function info(path: string): Promise<Info> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    cwd: ROOT,
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`Cannot read the graph of ${path}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function importsOf(module: Info["modules"][number]): Import[] {
  return (module.dependencies ?? []).map(({ specifier, code, type }) => {
    const resolved = (code ?? type)?.specifier;
    if (resolved === undefined) {
      throw new Error(`Cannot resolve ${specifier} in ${module.specifier}: ${(code ?? type)?.error ?? "unknown"}`);
    }
    const path = fromRoot(resolved);
    return { specifier, typeOnly: code === undefined, ...(path === undefined ? {} : { path }) };
  });
}

/**
 * Every module of `src`. Asks Deno for the graph from `main.ts`, then from each module that no graph has shown so far.
 *
 * @throws {Error} When an import leads nowhere.
 */
export async function readGraph(): Promise<Module[]> {
  const files = await sourceFiles("src");
  const modules = new Map<string, Module>();
  for (const root of files.toSorted((a, b) => Number(b === "src/main.ts") - Number(a === "src/main.ts"))) {
    if (modules.has(root)) continue;
    for (const module of (await info(root)).modules) {
      const path = fromRoot(module.specifier);
      if (path === undefined || !path.startsWith("src/") || modules.has(path)) continue;
      if (module.error !== undefined) throw new Error(module.error);
      const source = await Deno.readTextFile(new URL(path, ROOT));
      modules.set(path, { path, imports: importsOf(module), source });
    }
  }
  return [...modules.values()];
}
