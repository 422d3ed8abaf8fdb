/**
 * Writes what the executable is made of, as a bill of materials (CycloneDX 1.6, JSON): the packages that `src/main.ts`
 * and the dashboard's page reach, with what deno.lock says of each, and the Deno runtime that holds them.
 *
 *     deno task sbom
 *
 * The same commit gives the same bytes: its time is SOURCE_DATE_EPOCH or that of the commit, its serial number comes from
 * its content. It is validated against the schema before it is written.
 *
 * This runs code of this repository only. The CycloneDX project's library and the validator, which come from npm and are in
 * `.ci/deno.lock`, run in a process of their own that may do nothing: what they read and write goes through pipes.
 *
 * @module
 */
import { cachedFile } from "./npm_cache.ts";

/** The library's version, for its schemas; `cyclonedx.ts` loads the same. */
const LIBRARY = { name: "@cyclonedx/cyclonedx-library", version: "10.3.0" };
/** Of what the bundler puts into a program, its own part; build.ts runs the same. */
const BUNDLER = "esbuild@0.25.5";

/** Of `deno info --json FILE`, what is read here. */
interface ModuleGraph {
  readonly modules: readonly {
    readonly kind?: string;
    readonly specifier: string;
    readonly npmPackage?: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier: string } }[];
  }[];
  readonly npmPackages: Readonly<
    Record<string, { readonly name: string; readonly version: string; readonly dependencies: readonly string[] }>
  >;
}

/** Of deno.lock, what is read here. */
interface LockFile {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly jsr?: Readonly<Record<string, { readonly integrity: string; readonly dependencies?: readonly string[] }>>;
  readonly npm?: Readonly<Record<string, { readonly integrity: string }>>;
}

export interface Package {
  readonly id: string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** As the package declares it: SPDX ids, expressions, or words of its own. */
  readonly licences: readonly string[];
  /** Of the package's archive, in hexadecimal. */
  readonly sha512?: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Ids. */
  readonly dependencies: readonly string[];
}

const root = new URL("../", import.meta.url);
/** The program, and the dashboard's page that it holds. */
const ROOTS = ["src/main.ts", "src/dashboard/main.tsx"];
const text = (path: string) => Deno.readTextFile(new URL(path, root));

/** What a program prints. */
async function output(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd: root }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** The modules of all roots, each once. */
async function readGraph(): Promise<ModuleGraph> {
  const graphs: ModuleGraph[] = await Promise.all(
    ROOTS.map(async (path) => JSON.parse(await output(Deno.execPath(), "info", "--json", path))),
  );
  const modules = new Map(graphs.flatMap(({ modules }) => modules).map((module) => [JSON.stringify(module), module]));
  return {
    ...graphs[0]!,
    modules: [...modules.values()],
    npmPackages: Object.assign({}, ...graphs.map(({ npmPackages }) => npmPackages)),
  };
}

/** `@scope/name` in its two parts. */
function split(name: string): { readonly group?: string; readonly name: string } {
  const [first, second] = name.split("/");
  return second === undefined ? { name: first! } : { group: first!, name: second };
}

/** `pkg:TYPE/NAME@VERSION`; the `@` of a scope is percent-encoded, the slash after it is not. */
function purl(type: string, name: string, version: string): string {
  return `pkg:${type}/${name.split("/").map(encodeURIComponent).join("/")}@${encodeURIComponent(version)}`;
}

/** Everything that is reached from some ids, themselves included, in order. */
function closure(ids: Iterable<string>, dependenciesOf: (id: string) => readonly string[]): string[] {
  const reached = new Set<string>();
  const visit = (id: string) => {
    if (reached.has(id)) return;
    reached.add(id);
    dependenciesOf(id).forEach(visit);
  };
  for (const id of ids) visit(id);
  return [...reached].toSorted();
}

/** What package.json declares, in today's form and in the two that npm had before. */
function declaredLicences(manifest: { license?: unknown; licenses?: unknown }): string[] {
  const all = [manifest.license, manifest.licenses].flat().map((each) =>
    typeof each === "object" && each !== null && "type" in each ? each.type : each
  );
  return all.filter((each) => typeof each === "string");
}

async function npmPackages(graph: ModuleGraph, lock: LockFile): Promise<{ roots: string[]; packages: Package[] }> {
  const roots = graph.modules.flatMap(({ npmPackage }) => npmPackage ?? []);
  const packages = closure(roots, (id) => graph.npmPackages[id]?.dependencies ?? []).map(
    async (id): Promise<Package> => {
      const { name, version, dependencies } = graph.npmPackages[id]!;
      const integrity = lock.npm?.[id]?.integrity;
      if (!integrity?.startsWith("sha512-")) throw new Error(`deno.lock has no SHA-512 of ${id}`);
      const manifest = await Deno.readTextFile((await cachedFile(name, version, "package.json")).path);
      return {
        id: `npm:${id}`,
        ...split(name),
        version,
        purl: purl("npm", name, version),
        licences: declaredLicences(JSON.parse(manifest)),
        sha512: Uint8Array.fromBase64(integrity.slice("sha512-".length)).toHex(),
        properties: {},
        dependencies: dependencies.map((each) => `npm:${each}`),
      };
    },
  );
  return { roots: roots.map((id) => `npm:${id}`), packages: await Promise.all(packages) };
}

/**
 * By deno.lock rather than by modules: where jsr.io does not answer the modules are others, the packages the same.
 * The type `jsr` is proposed for package URLs and not yet in their list.
 */
function jsrPackages(graph: ModuleGraph, lock: LockFile): { roots: string[]; packages: Package[] } {
  /** Of `jsr:@std/fmt@^1.0.5`, or `jsr:@std/fs` where the lock has one version only. */
  const resolved = (specifier: string): string => {
    const [, name, range] = /^jsr:\/?(@[^/]+\/[^@/]+)(?:@([^/]+))?/.exec(specifier) ?? [];
    const version = lock.specifiers[`jsr:${name}@${range}`];
    const id = version === undefined
      ? Object.keys(lock.jsr ?? {}).find((each) => each.startsWith(`${name}@`))
      : `${name}@${version}`;
    if (id === undefined || lock.jsr?.[id] === undefined) throw new Error(`deno.lock does not have ${specifier}`);
    return id;
  };
  const dependenciesOf = (id: string) => (lock.jsr?.[id]?.dependencies ?? []).map(resolved);

  const own = new URL("src/", root).href;
  const roots = [
    ...new Set(
      graph.modules.filter(({ specifier }) => specifier.startsWith(own))
        .flatMap(({ dependencies }) => dependencies ?? []).flatMap(({ code }) => code?.specifier ?? [])
        .filter((specifier) => specifier.startsWith("jsr:")).map(resolved),
    ),
  ];
  const packages = closure(roots, dependenciesOf).map((id): Package => {
    const at = id.lastIndexOf("@");
    const [name, version] = [id.slice(0, at), id.slice(at + 1)];
    return {
      id: `jsr:${id}`,
      ...split(name),
      version,
      purl: purl("jsr", name, version),
      // jsr packages have no field for it; every file of std says so in its first line.
      licences: name.startsWith("@std/") ? ["MIT"] : [],
      // Not a hash of the package: of the list of its files with their hashes.
      properties: { "deno:lock:integrity": `sha256-${lock.jsr![id]!.integrity}` },
      dependencies: dependenciesOf(id).map((each) => `jsr:${each}`),
    };
  });
  return { roots: roots.map((id) => `jsr:${id}`), packages };
}

/** The runtime that `deno compile` puts the program into: always of the version that runs this. */
function runtime(): Package {
  const { deno, v8, typescript } = Deno.version;
  return {
    id: `deno@${deno}`,
    name: "deno",
    version: deno,
    purl: `pkg:github/denoland/deno@v${deno}`,
    licences: ["MIT"],
    properties: { "deno:v8": v8, "deno:typescript": typescript },
    dependencies: [],
  };
}

/** What bundles the program, and leaves some code of its own in it. */
function bundler(lock: LockFile): Package {
  const [name, version] = BUNDLER.split("@") as [string, string];
  const integrity = lock.npm?.[BUNDLER]?.integrity;
  if (!integrity?.startsWith("sha512-")) throw new Error(`.ci/deno.lock has no SHA-512 of ${BUNDLER}`);
  return {
    id: `npm:${BUNDLER}`,
    name,
    version,
    purl: purl("npm", name, version),
    licences: ["MIT"],
    sha512: Uint8Array.fromBase64(integrity.slice("sha512-".length)).toHex(),
    properties: { "lms:role": "bundler" },
    dependencies: [],
  };
}

/** The commit, whether the program was changed since, and the time that this is said to be made at. */
async function source(): Promise<{ readonly properties: Record<string, string>; readonly time: Date | undefined }> {
  const epoch = Deno.env.get("SOURCE_DATE_EPOCH");
  const properties: Record<string, string> = {};
  let seconds = epoch;
  try {
    properties["lms:commit"] = await output("git", "rev-parse", "HEAD");
    const changed = await output("git", "status", "--porcelain", "--", "deno.json", "deno.lock", "src");
    if (changed !== "") properties["lms:modified"] = "true";
    seconds ??= await output("git", "log", "-1", "--format=%ct");
  } catch {
    // Outside of a repository, as in the image's build, there is no commit to name.
  }
  return { properties, time: seconds === undefined ? undefined : new Date(Number(seconds) * 1000) };
}

/** The schemas that the bill must keep to, by the names that they know each other by. */
async function schemas(): Promise<{ readonly bom: unknown; readonly others: Readonly<Record<string, unknown>> }> {
  await output(
    Deno.execPath(),
    "cache",
    "--quiet",
    "--no-config",
    "--lock=.ci/deno.lock",
    "--frozen",
    // By name: what `cyclonedx.ts` imports it computes, so that caching it would fetch nothing.
    `npm:${LIBRARY.name}@${LIBRARY.version}`,
  );
  const schema = async (name: string) => {
    const { path } = await cachedFile(LIBRARY.name, LIBRARY.version, `res/schema/${name}.SNAPSHOT.schema.json`);
    return JSON.parse(await Deno.readTextFile(path));
  };
  const names = ["spdx", "cryptography-defs", "jsf-0.82"];
  const others = await Promise.all(
    names.map(async (name) =>
      [`http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`, await schema(name)] as const
    ),
  );
  return { bom: await schema("bom-1.6"), others: Object.fromEntries(others) };
}

/** What `cyclonedx.ts` is given, as JSON. */
export interface Parts {
  readonly program: Package;
  readonly components: readonly {
    readonly type: "library" | "platform";
    readonly part: Package;
    readonly cpe?: string;
  }[];
  /** In RFC 3339. */
  readonly time?: string;
  readonly library: { readonly name: string; readonly version: string };
  readonly schemas: { readonly bom: unknown; readonly others: Readonly<Record<string, unknown>> };
}

async function parts(): Promise<Parts> {
  // What is not in the cache yet has no package.json to read.
  await output(Deno.execPath(), "cache", "--quiet", "--frozen", ...ROOTS);
  const graph = await readGraph();
  const lock: LockFile = JSON.parse(await text("deno.lock"));
  const { version } = JSON.parse(await text("deno.json"));
  const [npm, jsr, deno] = [await npmPackages(graph, lock), jsrPackages(graph, lock), runtime()];
  const esbuild = bundler(JSON.parse(await text(".ci/deno.lock")));
  const { properties, time } = await source();
  const program = {
    id: `lms@${version}`,
    name: "lms",
    version,
    purl: purl("generic", "lms", version),
    licences: ["MIT"],
    properties,
    dependencies: [...npm.roots, ...jsr.roots, deno.id, esbuild.id],
  };
  return {
    program,
    components: [
      ...[...npm.packages, ...jsr.packages, esbuild].map((part) => ({ type: "library", part }) as const),
      { type: "platform", part: deno, cpe: `cpe:2.3:a:deno:deno:${deno.version}:*:*:*:*:*:*:*` },
    ],
    ...(time === undefined ? {} : { time: time.toISOString() }),
    library: LIBRARY,
    schemas: await schemas(),
  };
}

/** The bill, by a process without any right. */
async function billOfMaterials(): Promise<string> {
  const given = JSON.stringify(await parts());
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-config",
      "--lock=.ci/deno.lock",
      "--frozen",
      "--no-prompt",
      "--deny-import",
      ".ci/cyclonedx.ts",
    ],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(given));
  await writer.close();
  const { success, stdout, stderr } = await ended;
  if (!success) throw new Error(`.ci/cyclonedx.ts: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

const path = Deno.args[0] === "--output" && Deno.args.length === 2 ? Deno.args[1]! : undefined;
if (path === undefined) throw new Error("Usage: .ci/sbom.ts --output FILE");
const json = await billOfMaterials();
await Deno.mkdir(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".", { recursive: true });
await Deno.writeTextFile(path, json);
const { components } = JSON.parse(json);
await Deno.stdout.write(new TextEncoder().encode(`${path}: ${components.length} components, CycloneDX 1.6\n`));
