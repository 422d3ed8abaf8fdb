/**
 * Line coverage of `src`, from the lcov report that `deno coverage` prints, and the floor that it may not go below.
 *
 *     deno coverage --lcov coverage | deno run --allow-read=src tests/support/cover.ts --min=85
 *
 * A module that no test loads is not in the report at all; here it counts with all its lines as missed.
 *
 * @module
 */

/** How many lines of a module can run, and how many of those did. */
export interface LineCoverage {
  /** Relative to the repository, with forward slashes: `src/entry/decode.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly hit: number;
}

/**
 * Reads an lcov report; a module that several test processes loaded may come several times, and then each of its lines
 * counts as hit when any of them hit it.
 *
 * @param options.root The repository's folder, absolute, without a slash at the end; modules outside its `src` are left out.
 */
export function parseLcov(report: string, options: { readonly root: string }): LineCoverage[] {
  const prefix = `${options.root}/`;
  const hitsByPath = new Map<string, Map<number, boolean>>();
  let hits: Map<number, boolean> | undefined;
  for (const line of report.split("\n")) {
    if (line.startsWith("SF:")) {
      const file = line.slice(3).replaceAll("\\", "/");
      const path = file.startsWith(prefix) ? file.slice(prefix.length) : file;
      hits = path.startsWith("src/") ? hitsByPath.get(path) ?? new Map() : undefined;
      if (hits !== undefined) hitsByPath.set(path, hits);
    } else if (line.startsWith("DA:")) {
      const [number, count] = line.slice(3).split(",").map(Number);
      if (hits !== undefined && number !== undefined) hits.set(number, hits.get(number) === true || (count ?? 0) > 0);
    }
  }
  return [...hitsByPath].map(([path, lines]) => ({
    path,
    lines: lines.size,
    hit: [...lines.values()].filter((isHit) => isHit).length,
  }));
}

/** What a module counts for that no test loaded: every line with something on it; none where it only declares types. */
export function neverLoaded(path: string, source: string): LineCoverage {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const runs =
    /^(?:export )?(?:default )?(?:abstract |async )*(?:function|class|const|let|enum)\b|^(?:await|if|for)\b/m;
  const lines = runs.test(code) ? code.split("\n").filter((line) => line.trim() !== "").length : 0;
  return { path, lines, hit: 0 };
}

/** The covered share of all lines together, 0 to 100; 0 where there is no line. */
export function percentage(modules: readonly LineCoverage[]): number {
  const lines = modules.reduce((sum, module) => sum + module.lines, 0);
  const hit = modules.reduce((sum, module) => sum + module.hit, 0);
  return lines === 0 ? 0 : 100 * hit / lines;
}

/** A table for people, the least covered module first, and the total in its last line. */
export function table(modules: readonly LineCoverage[]): string {
  const shown = modules.filter((module) => module.lines > 0);
  const byShare = shown.toSorted((a, b) => percentage([a]) - percentage([b]) || a.path.localeCompare(b.path));
  const width = Math.max(5, ...shown.map((module) => module.path.length));
  const row = (name: string, of: readonly LineCoverage[]) => {
    const hit = of.reduce((sum, module) => sum + module.hit, 0);
    const lines = of.reduce((sum, module) => sum + module.lines, 0);
    return `${name.padEnd(width)}  ${percentage(of).toFixed(1).padStart(5)} %  ${hit} of ${lines} lines`;
  };
  return [...byShare.map((module) => row(module.path, [module])), row("total", shown)].join("\n");
}

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const print = (text: string) => Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
  const floor = Number(args.find((arg) => arg.startsWith("--min="))?.slice("--min=".length) ?? NaN);
  if (!(floor >= 0 && floor <= 100)) {
    await print("Expected --min=PERCENT, 0 to 100");
    return 2;
  }
  const root = decodeURIComponent(new URL("../..", import.meta.url).pathname).replace(/\/$/, "");
  const modules = parseLcov(await new Response(Deno.stdin.readable).text(), { root });
  if (modules.length === 0) {
    await print("The report names no module of src: nothing was measured");
    return 1;
  }
  const loaded = new Set(modules.map((module) => module.path));
  for await (const path of sourceFiles("src")) {
    if (!loaded.has(path)) modules.push(neverLoaded(path, await Deno.readTextFile(path)));
  }
  await print(table(modules));
  const share = percentage(modules);
  if (share < floor) await print(`Line coverage ${share.toFixed(1)} % is below ${floor} %`);
  return share < floor ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
