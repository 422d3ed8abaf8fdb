/**
 * For a machine that reaches the npm registry but not jsr.io; where jsr.io answers this never runs.
 *
 * Lays out a folder that answers as jsr.io does (`JSR_URL=file://…`), with exactly the `@std` packages that deno.lock
 * names. Their JavaScript comes from two npm packages that carry builds of the standard library: deno-std, and
 * windmill-cli, which bundles `@std/log` and what it needs together with the type declarations. For `@std/assert` and
 * `@std/cli` the declarations are in `types/` here, as far as this repository uses them.
 *
 * deno.json and deno.lock stay as everyone else needs them: Deno takes the integrity that a package's metadata states,
 * so the folder states the one in the lock file. What guards the contents here is the checksum that setup_deno.sh
 * demands of both npm packages. Where the lock file names another version than they hold, this fails.
 *
 *     deno run --allow-read --allow-write std_from_npm.ts LOCK_FILE NPM_FOLDER OUT_FOLDER
 *
 * @module
 */
import { STD_VERSIONS } from "./std_versions.ts";

interface LockedPackage {
  readonly integrity: string;
  readonly dependencies?: readonly string[];
}

interface LockFile {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly jsr?: Readonly<Record<string, LockedPackage>>;
}

/** A file of a package: its name in the package, and its text with imports as jsr.io would have them. */
type Files = Map<string, string>;

/** `import … from "../internal/os.js"`, or with a version between: another package's file. */
const CROSS_IMPORT = /^((?:import|export)\b[^"]*from )"(?:\.\.\/)+([a-z_]+)\/(?:[\d.]+\/)?([^"/]+)\.js"/gm;
const LOCAL_IMPORT = /^(?:import|export)\b[^"]*from "\.\/([^"]+)"/gm;

function list(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The folders, among those of the npm packages, that hold a version of `@std/name`: JavaScript, then declarations, if any. */
function sourcesOf(name: string, version: string, npmFolder: string): string[] {
  const held = STD_VERSIONS[name];
  if (held?.version !== version) {
    throw new Error(
      `Cannot provide jsr:@std/${name}@${version} of deno.lock from npm: std_versions.ts has ${held?.version}`,
    );
  }
  if (held.from === "deno-std") return [`${npmFolder}/deno-std/${name}`];
  return ["esm", "types"].map((kind) => `${npmFolder}/windmill-cli/${kind}/deps/jsr.io/@std/${name}/${version}`);
}

/** `jsr:@std/name@range`, with the range that the lock file gives the package that imports it. */
function specifierOf(name: string, importer: LockedPackage, lock: LockFile): string {
  const prefix = `jsr:@std/${name}@`;
  return importer.dependencies?.find((s) => s.startsWith(prefix)) ??
    Object.keys(lock.specifiers).find((s) => s.startsWith(prefix)) ?? `${prefix}*`;
}

/** Names in exports have dashes: `parse_args.js` is `@std/cli/parse-args`. */
function exportPath(stem: string): string {
  return stem === "mod" ? "" : `/${stem.replaceAll("_", "-")}`;
}

function filesOf(name: string, version: string, npmFolder: string): Files {
  const files: Files = new Map();
  for (const folder of sourcesOf(name, version, npmFolder)) {
    for (const file of list(folder)) {
      if (/\.(js|d\.ts)$/.test(file)) files.set(file, Deno.readTextFileSync(`${folder}/${file}`));
    }
  }
  const typesFile = new URL(`types/${name}.d.ts`, import.meta.url);
  if (list(decodeURIComponent(new URL(".", typesFile).pathname)).includes(`${name}.d.ts`)) {
    files.set("mod.d.ts", Deno.readTextFileSync(typesFile));
  }
  // deno-std has no data files: leave out the modules that want one.
  for (const [file, text] of files) {
    const wants = [...text.matchAll(LOCAL_IMPORT)].map((match) => match[1] ?? "");
    const isIndex = file.startsWith("mod.");
    if (!isIndex && !wants.every((wanted) => files.has(wanted))) files.delete(file);
  }
  return files;
}

function adapted(file: string, text: string, context: { files: Files; locked: LockedPackage; lock: LockFile }): string {
  const { files, locked, lock } = context;
  const adaptedText = text
    .replace(/^export \* from "\.\/(.*)";$/gm, (line, other) => files.has(other) ? line : "")
    .replace(/^import \* as dntShim from .*$/m, "")
    .replaceAll("dntShim.dntGlobalThis", "globalThis")
    .replaceAll("dntShim.", "")
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, "")
    .replaceAll(CROSS_IMPORT, (_match, head, dependency, stem) => {
      return `${head}"${specifierOf(dependency, locked, lock)}${exportPath(stem)}"`;
    });
  if (!file.endsWith(".js")) return adaptedText;
  const types = [file.replace(/js$/, "d.ts"), "mod.d.ts"].find((candidate) => files.has(candidate));
  return types === undefined || file.startsWith("_")
    ? adaptedText
    : `/* @ts-self-types="./${types}" */\n${adaptedText}`;
}

function writePackage(name: string, version: string, options: {
  readonly locked: LockedPackage;
  readonly lock: LockFile;
  readonly npmFolder: string;
  readonly outFolder: string;
}): void {
  const { locked, lock, npmFolder, outFolder } = options;
  const folder = `${outFolder}/@std/${name}`;
  Deno.mkdirSync(`${folder}/${version}`, { recursive: true });
  const files = filesOf(name, version, npmFolder);
  if (files.size === 0) throw new Error(`Cannot provide jsr:@std/${name}@${version} from npm: its folder is not there`);
  const exports: Record<string, string> = {};
  for (const [file, text] of files) {
    Deno.writeTextFileSync(`${folder}/${version}/${file}`, adapted(file, text, { files, locked, lock }));
    if (file.endsWith(".js") && !file.startsWith("_")) exports[`.${exportPath(file.slice(0, -3))}`] = `./${file}`;
  }
  const meta = { scope: "std", name, latest: version, versions: { [version]: {} } };
  Deno.writeTextFileSync(`${folder}/meta.json`, JSON.stringify(meta));
  const versionMeta = { exports, manifest: {}, lockfileChecksum: locked.integrity };
  Deno.writeTextFileSync(`${folder}/${version}_meta.json`, JSON.stringify(versionMeta));
}

const [lockFile, npmFolder, outFolder] = Deno.args;
if (lockFile === undefined || npmFolder === undefined || outFolder === undefined) {
  throw new Error("Expected LOCK_FILE NPM_FOLDER OUT_FOLDER");
}
const lock: LockFile = JSON.parse(Deno.readTextFileSync(lockFile));
for (const [nameAndVersion, locked] of Object.entries(lock.jsr ?? {})) {
  const [, name, version] = nameAndVersion.match(/^@std\/([^@]+)@(.+)$/) ?? [];
  if (name === undefined || version === undefined) {
    throw new Error(`Cannot provide jsr:${nameAndVersion} from npm: not a package of @std`);
  }
  writePackage(name, version, { locked, lock, npmFolder, outFolder });
}
