/**
 * Who may import whom in `src`, as data, and the check of a module graph against it. Pure: `tests/architecture_test.ts`
 * reads the real graph; made-up graphs show that each rule can fail.
 *
 * @module
 */

/** One import as written in a module. */
export interface Import {
  /** As written: `./store.ts`, `mysql2/promise`, `node:sqlite`. */
  readonly specifier: string;
  /** The module it leads to, relative to the repository, where that is one of this repository. */
  readonly path?: string;
  /** `import type` and `export type`: gone when the program runs. */
  readonly typeOnly: boolean;
}

/** A module of `src` with its imports and its text. */
export interface Module {
  /** Relative to the repository: `src/store/mysql/store.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly source: string;
}

/**
 * The floors of `src`, from the top to the bottom. A part is a folder of `src`, or a module that lies directly in it; it may
 * import what lies below it. One that is not listed may not exist, so that a new folder is a decision and not an accident;
 * some that are listed are still to come.
 */
const FLOORS: readonly string[] = [
  "main",
  "build_info",
  "cli",
  "commands",
  "app",
  "dashboard",
  "http",
  "alerts",
  "pipeline",
  "reading",
  "store",
  "pubsub",
  "emulator",
  "sim",
  "config",
  "wire",
  "entry",
  "batch",
  "words",
  "ops",
];

/** What a part may import, where that is less than all that lies below it. `ops` is open to all, and so not listed. */
interface Allowance {
  /** Parts, or single modules by path. */
  readonly values: readonly string[];
  /** Further parts of which only types may be imported. */
  readonly types?: readonly string[];
}

const ONLY: Readonly<Record<string, Allowance>> = {
  // Beside cli: the exit codes and the version.
  main: { values: ["cli", "build_info", "src/commands/command.ts", "deno.json"] },
  build_info: { values: [] },
  dashboard: { values: ["http"] },
  // Of the store its errors, and the names in its rows; opening one is the business of app.
  http: {
    values: ["alerts", "reading", "entry", "words", "src/store/store.ts", "src/store/log_rows.ts"],
    types: ["store"],
  },
  alerts: { values: ["reading", "entry"] },
  // Opening a store or a subscriber is the business of app; the pipeline is handed both.
  pipeline: {
    values: ["entry", "batch", "src/store/batch_writer.ts", "src/store/store.ts", "src/pubsub/delivery.ts"],
    types: ["store", "pubsub"],
  },
  // The contract is written over what a store's reader gives; opening one is the business of app.
  reading: {
    values: ["entry", "words", "src/store/store.ts", "src/store/log_rows.ts", "src/store/log_reader.ts"],
    types: ["store"],
  },
  store: { values: ["entry", "words"] },
  pubsub: { values: ["wire"] },
  // How it is asked to misbehave is read as settings are.
  emulator: { values: ["wire", "src/config/values.ts"] },
  sim: { values: ["entry"] },
  config: { values: ["wire", "entry"] },
  wire: { values: [] },
  entry: { values: [] },
  batch: { values: [] },
  words: { values: [] },
};

/** What a part may import although it lies above: modules that lead nowhere but to each other and to `ops`. */
const ABOVE: Readonly<Record<string, readonly string[]>> = {
  // The embedded server answers HTTP on sockets of its own.
  emulator: ["src/http/conversation.ts"],
};

/** Which modules may import a vendor's package: by prefix of the specifier, to prefixes of paths. */
const VENDORS: readonly (readonly [specifier: string, paths: readonly string[]])[] = [
  ["mysql2", ["src/store/mysql/"]],
  ["node:sqlite", ["src/store/sqlite/"]],
  ["@grpc/", ["src/pubsub/", "src/emulator/", "src/wire/"]],
  ["@google-cloud/", ["src/pubsub/", "src/emulator/", "src/wire/"]],
  ["google-gax", ["src/pubsub/"]],
  ["google-auth-library", ["src/pubsub/"]],
  ["@std/log", ["src/ops/logger.ts"]],
  ["fastest-levenshtein", ["src/ops/nearest.ts"]],
  ["string-width", ["src/ops/width.ts"]],
  ["@std/cli", ["src/cli/"]],
  ["hono", ["src/http/"]],
  ["valibot", ["src/http/"]],
  ["@valibot/", ["src/http/"]],
  ["preact", ["src/dashboard/"]],
  ["uplot", ["src/dashboard/"]],
  // `process` is Deno.env and Deno.exit by another name.
  ["node:process", []],
  ["node:", ["src/"]],
];

/** What only some modules may say in their code, comments aside. */
const WORDS: readonly (readonly [pattern: RegExp, paths: readonly string[]])[] = [
  [/\bDeno\s*\.\s*env\b/, ["src/main.ts"]],
  [/\bDeno\s*\.\s*exit\b/, ["src/main.ts"]],
  [/\bprocess\s*\.\s*(?:env|exit)\b/, []],
  // So that a run can be repeated: whoever needs random numbers or new ids gets them from one place.
  [/\bMath\s*\.\s*random\b/, ["src/ops/random.ts"]],
  [/\b(?:crypto\s*\.\s*(?:randomUUID|getRandomValues)|random(?:Bytes|Int|UUID|FillSync))\b/, ["src/ops/"]],
  // The time of day may jump; whoever means how long something takes must not ask for it by accident.
  [/\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)/, [
    "src/ops/clock.ts",
    "src/dashboard/clock.ts",
    "src/emulator/",
    "src/http/",
  ]],
  // State that outlives a call belongs to an object that somebody owns.
  [/^(?:export )?(?:let|var)\s+\w+/m, []],
];

/** The part that a path belongs to: `store` for `src/store/mysql/store.ts`, `cli` for `src/cli/run.ts`. */
export function partOf(path: string): string {
  return path.split("/")[1]?.replace(/\.ts$/, "") ?? path;
}

/** Without its comments; strings stay, because template strings hold code. */
export function withoutComments(source: string): string {
  const stringOrComment =
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return source.replaceAll(stringOrComment, (_match, string) => string ?? "");
}

function includes(list: readonly string[] | undefined, target: string): boolean {
  return list !== undefined && (list.includes(partOf(target)) || list.includes(target));
}

/** Why a module may not import another; `undefined` where it may. */
function refusal(from: string, imported: Import & { readonly path: string }): string | undefined {
  const [importer, target] = [partOf(from), partOf(imported.path)];
  const inside = imported.path.startsWith("src/");
  if (inside && importer === target) return undefined;
  if (ABOVE[importer]?.includes(imported.path)) return undefined;
  if (inside && FLOORS.indexOf(target) < FLOORS.indexOf(importer)) return "which lies above it";
  const allowance = ONLY[importer];
  if (includes(allowance?.values, imported.path)) return undefined;
  if (inside && (target === "ops" || allowance === undefined)) return undefined;
  return imported.typeOnly && includes(allowance?.types, imported.path) ? undefined : "which is none of its business";
}

function* importViolations(module: Module): Generator<string> {
  if (!FLOORS.includes(partOf(module.path))) yield `${module.path} is in no known part of src`;
  for (const imported of module.imports) {
    const { specifier, path, typeOnly } = imported;
    if (path !== undefined) {
      const why = refusal(module.path, { specifier, path, typeOnly });
      if (why !== undefined) yield `${module.path} may not import ${typeOnly ? "types of " : ""}${path}, ${why}`;
      continue;
    }
    const vendor = VENDORS.find(([prefix]) => specifier.startsWith(prefix));
    if (vendor === undefined) yield `${module.path} imports ${specifier}, which no part of src wraps`;
    else if (!vendor[1].some((prefix) => module.path.startsWith(prefix))) {
      yield `${module.path} may not import ${specifier}`;
    }
  }
}

function* wordViolations(module: Module): Generator<string> {
  const code = withoutComments(module.source);
  for (const [pattern, paths] of WORDS) {
    const found = pattern.exec(code)?.[0];
    if (found !== undefined && !paths.some((prefix) => module.path.startsWith(prefix))) {
      yield `${module.path} may not say "${found.replaceAll(/\s+/g, " ")}"`;
    }
  }
}

/** Import cycles as `a -> b -> a`, none twice; where cycles share a module, at least one of them. */
function cycles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const cycle = trail.slice(start);
      const first = cycle.indexOf(cycle.toSorted()[0] ?? path);
      const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
      found.add([...turned, turned[0]].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const { path: next } of byPath.get(path)?.imports ?? []) {
      if (next !== undefined && byPath.has(next)) visit(next, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of [...byPath.keys()].toSorted()) visit(path, []);
  return [...found].map((cycle) => `import cycle: ${cycle}`);
}

/** Everything that is wrong with the graph, a sentence each; empty when nothing is. */
export function violations(modules: readonly Module[]): string[] {
  return [
    ...modules.flatMap((module) => [...importViolations(module), ...wordViolations(module)]),
    ...cycles(modules),
  ];
}

/**
 * Unit tests that have no module to mirror: `tests/unit/store/mysql/store_test.ts` wants `src/store/mysql/store.ts`, and
 * `tests/unit/support/time_test.ts` wants `tests/support/time.ts`.
 *
 * @param tests Paths under `tests/unit`.
 * @param sources Paths under `src` and `tests/support`.
 */
export function withoutSource(tests: readonly string[], sources: readonly string[]): string[] {
  const known = new Set(sources);
  return tests.filter((test) => {
    const stem = test.replace(/^tests\/unit\//, "").replace(/_test\.ts$/, ".ts");
    return !known.has(/^(support|soak|bench)\//.test(stem) ? `tests/${stem}` : `src/${stem}`);
  });
}
