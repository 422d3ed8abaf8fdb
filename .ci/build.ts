/**
 * Builds the executables: `deno task build`, `deno task dist`.
 *
 *     build.ts [--program=lms|lms-mon|all] [--target=TARGET|all] [--output=dist] [--entry=src/main.ts] [--release]
 *
 * The program is bundled first, so that the executable holds what runs and nothing else: of the packages' 44 MB, type
 * declarations, source maps and modules that nothing imports stay out. The permissions are those of the tasks `lms` and
 * `lms-mon` in deno.json. `ALLOW_READ` and `ALLOW_WRITE` add paths to them, and `ALLOW_NET` takes the place of the whole
 * network. The same commit, with the same of these, gives the same bytes.
 *
 * A foreign target needs Deno's download host, which has the runtime for it; on the machine's own target
 * `.ci/setup_deno.sh` finds another way where that host does not answer. Release binaries are built where it answers.
 *
 * With `--release` it builds for every target unless one is named, with the tested Deno only, and the SHA-256 sums of the
 * executables go beside them. Nothing but Deno and the bundler, which `.ci/deno.lock` has, runs before they are taken.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import project from "../deno.json" with { type: "json" };
import { cachedFile } from "./npm_cache.ts";
import { buildPage } from "./page.ts";
import { HOMES } from "./permissions.ts";

/** The one that a release is built with, and the bundler that it runs: esbuild's native program, from npm. */
const TESTED = { deno: "2.7.14", esbuild: "0.25.5" };

const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/** The executables, and the commands that each has; all where none are named. */
const PROGRAMS: Readonly<Record<"lms" | "lms-mon", readonly string[] | undefined>> = {
  lms: undefined,
  "lms-mon": ["mon", "api", "health", "migrate", "verify", "dead-letters", "completion", "man", "version"],
};
type Program = keyof typeof PROGRAMS;

/** What runs in threads of its own. */
const WORKERS = ["src/store/sqlite/log_worker.ts"];

/** A chunk's name as the bundler writes it, with a hash of where the sources lie on this machine. */
const CHUNK = /([\w-]+)-([A-Z0-9]{8})\.js/g;

const root = new URL("../", import.meta.url).pathname;

const flags = parseArgs(Deno.args, {
  string: ["program", "target", "output", "entry"],
  boolean: ["release"],
  default: { program: "all", output: `${root}dist`, entry: `${root}src/main.ts` },
  unknown: (arg) => refuse(`there is no ${arg}; there are --program, --target, --output, --entry and --release`),
});
const output = flags.output.startsWith("/") ? flags.output : `${root}${flags.output}`;
const stage = `${output}/stage`;
const programs = flags.program === "all"
  ? Object.keys(PROGRAMS) as Program[]
  : flags.program in PROGRAMS
  ? [flags.program as Program]
  : refuse(`--program must be all or one of ${Object.keys(PROGRAMS).join(", ")}: ${flags.program}`);
const foreign = (flags.target ?? Deno.env.get("TARGET")) || (flags.release ? "all" : "");
const targets = foreign === "all"
  ? TARGETS
  : foreign === ""
  ? []
  : TARGETS.includes(foreign)
  ? [foreign]
  : refuse(`--target (TARGET) must be all or one of ${TARGETS.join(", ")}: ${foreign}`);

if (flags.release && Deno.version.deno !== TESTED.deno) refuse(`a release is built with Deno ${TESTED.deno}`);

await placeBundler();
await bundle();
await Deno.mkdir(output, { recursive: true });
const sums: string[] = [];
for (const program of programs) {
  if (targets.length === 0) await compile(program, { path: `${output}/${program}` });
  for (const target of targets) await compile(program, { path: `${output}/${program}-${target}`, target });
}
if (flags.release) {
  await Deno.writeTextFile(`${output}/SHA256SUMS`, sums.join(""));
  await Deno.remove(stage, { recursive: true });
}

/**
 * Puts the bundler where Deno looks for it, after Deno has held it against `.ci/deno.lock`: by itself `deno bundle` fetches
 * it without a lock.
 */
async function placeBundler(): Promise<void> {
  if (Deno.version.deno !== TESTED.deno) return;
  const version = TESTED.esbuild;
  await deno(["cache", "--quiet", "--no-config", `--lock=${root}.ci/deno.lock`, "--frozen", `npm:esbuild@${version}`]);
  const { os, arch } = Deno.build;
  const platform = `${os === "windows" ? "win32" : os}-${arch === "x86_64" ? "x64" : "arm64"}`;
  const { denoDir, path } = await cachedFile(
    `@esbuild/${platform}`,
    version,
    os === "windows" ? "esbuild.exe" : "bin/esbuild",
  );
  const place = `${denoDir}/dl/esbuild-${version}/esbuild-${platform}`;
  const bytes = await Deno.readFile(path);
  const there = await Deno.readFile(place).catch(() => new Uint8Array());
  if (await sha256(bytes) === await sha256(there)) return;
  await Deno.mkdir(`${denoDir}/dl/esbuild-${version}`, { recursive: true });
  await Deno.writeFile(`${place}.new`, bytes, { mode: 0o755 });
  await Deno.rename(`${place}.new`, place);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Everything that the program runs, as a few modules: what a command alone needs is loaded with it. */
async function bundle(): Promise<void> {
  await Deno.remove(stage, { recursive: true }).catch(() => {});
  await deno([
    "bundle",
    "--quiet",
    "--frozen",
    "--code-splitting",
    "--minify",
    "--keep-names",
    `--outdir=${stage}`,
    flags.entry,
  ]);
  await renameChunks();
  // A thread's program, which the bundler does not follow: whoever starts it looks for it beside itself.
  for (const worker of WORKERS) {
    const name = worker.replace(/.*\/|\.ts$/g, "");
    await deno(["bundle", "--quiet", "--frozen", "--minify", "--keep-names", `--output=${stage}/${name}.js`, worker]);
  }
  await buildPage(`${stage}/page.json`);
  // Packages in the older module format expect these three, which no module of a bundle has.
  await Deno.writeTextFile(
    `${stage}/entry.js`,
    'import { createRequire } from "node:module";\n' +
      "Object.assign(globalThis, { require: createRequire(import.meta.url), __dirname: import.meta.dirname, " +
      "__filename: import.meta.filename });\n" +
      `await import("./${flags.entry.replace(/.*\/|\.ts$/g, "")}.js");\n`,
  );
}

/** Names chunks by what they hold, so that another home folder, or another registry, gives the same program. */
async function renameChunks(): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(stage))).map(({ name }) => name);
  const texts = new Map(
    await Promise.all(names.map(async (name) => [name, await Deno.readTextFile(`${stage}/${name}`)] as const)),
  );
  const renamed = new Map<string, string>();
  for (const [name, text] of texts) {
    if (!name.match(CHUNK)) continue;
    const held = new TextEncoder().encode(text.replaceAll(CHUNK, "$1.js"));
    const digest = (await sha256(held)).slice(0, 8).toUpperCase();
    renamed.set(name, name.replace(CHUNK, `$1-${digest}.js`));
  }
  if (new Set(renamed.values()).size < renamed.size) throw new Error("Cannot name chunks: two hold the same");
  for (const [name, text] of texts) {
    await Deno.remove(`${stage}/${name}`);
    const linked = text.replaceAll(CHUNK, (chunk) => renamed.get(chunk) ?? chunk);
    await Deno.writeTextFile(`${stage}/${renamed.get(name) ?? name}`, linked);
  }
}

async function compile(program: Program, { path: output, target }: { path: string; target?: string }): Promise<void> {
  const commands = PROGRAMS[program];
  // The executable has the times of what it embeds: those of the commit, so that every build of it is the same.
  const time = await commitTime();
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  const info = { program, commit: await commit(), date, ...(commands === undefined ? {} : { commands }) };
  await Deno.writeTextFile(`${stage}/build.json`, JSON.stringify(info));
  for await (const { name } of Deno.readDir(stage)) await Deno.utime(`${stage}/${name}`, time, time);
  await deno([
    "compile",
    "--quiet",
    "--no-config",
    "--no-check",
    // A code cache would be written to a folder that every user of the machine can write to, and be run from there.
    "--no-code-cache",
    // All that it runs is in it.
    "--deny-import",
    ...permissions(program),
    `--include=${stage}`,
    ...(target === undefined ? [] : [`--target=${target}`]),
    `--output=${output}`,
    `${stage}/entry.js`,
  ]);
  const path = target?.includes("windows") ? `${output}.exe` : output;
  sums.push(`${await sha256(await Deno.readFile(path))}  ${path.slice(path.lastIndexOf("/") + 1)}\n`);
  const { size } = await Deno.stat(path);
  say(`${path.replace(root, "")}: ${(size / 1e6).toFixed(1)} MB`);
}

/** The flags of the task of the program's name, with what the environment adds. */
function permissions(program: Program): string[] {
  const words = project.tasks[program].command.split(" ").filter((word) => word.startsWith("--"));
  return words.map((word) => {
    const [flag, list] = word.split("=");
    const added = (name: string) => (Deno.env.get(name) ?? "").split(",").filter((path) => path !== "");
    switch (flag) {
      case "--allow-net":
        return added("ALLOW_NET").length === 0 ? word : `${flag}=${added("ALLOW_NET").join(",")}`;
      case "--allow-read":
      case "--allow-write": {
        // A path below somebody's home is that of whoever runs a program from source, not of who runs this one.
        const paths = list!.split(",").filter((path) => !path.startsWith("$"));
        return `${flag}=${[...paths, ...added(flag === "--allow-read" ? "ALLOW_READ" : "ALLOW_WRITE")].join(",")}`;
      }
      case "--deny-read": {
        // Whoever names one of these folders wants it read.
        const paths = list!.split(",").filter((path) =>
          !added("ALLOW_READ").some((given) => `${given}/`.startsWith(`${path}/`))
        );
        return paths.length === 0 ? "" : `${flag}=${paths.join(",")}`;
      }
      case "--allow-env": {
        // Google's library looks for credentials below the home folder where it knows of one, and ends with an error
        // where it may not look there, in place of asking the metadata server.
        const names = list!.split(",").filter((name) => added("ALLOW_READ").length > 0 || !HOMES.includes(name));
        return `${flag}=${names.join(",")}`;
      }
      default:
        return word;
    }
  }).filter((word) => word !== "");
}

/** The commit of the work tree, marked where that has changes; `unknown` outside a repository. */
async function commit(): Promise<string> {
  const given = Deno.env.get("LMS_COMMIT") ?? "";
  if (given !== "") return given.slice(0, 12);
  const hash = await git("rev-parse", "--short=12", "HEAD");
  if (hash === undefined) return "unknown";
  return await git("status", "--porcelain", "--untracked-files=no") === "" ? hash : `${hash}-changed`;
}

/** In seconds since 1970; `SOURCE_DATE_EPOCH` (https://reproducible-builds.org/specs/source-date-epoch/) wins. */
async function commitTime(): Promise<number> {
  return Number(Deno.env.get("SOURCE_DATE_EPOCH") || await git("log", "-1", "--format=%ct") || 0);
}

/** What git says; `undefined` where there is no git or no repository. */
async function git(...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", { args: ["-C", root, ...args], stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function deno(args: readonly string[]): Promise<void> {
  const env: Record<string, string> = { ...Deno.env.toObject(), NO_COLOR: "1" };
  // The runtime of this machine, which some machines need, is not the one of another target.
  if (args.some((arg) => arg.startsWith("--target=") && arg !== `--target=${Deno.build.target}`)) delete env.DENORT_BIN;
  const command = new Deno.Command(Deno.execPath(), { args: [...args], cwd: root, clearEnv: true, env });
  const { success, stdout, stderr } = await command.output();
  if (success) return;
  const said = (new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)).split("\nStack backtrace:")[0]!;
  const hint = args.some((arg) => arg.startsWith("--target="))
    ? "; the runtime for another target comes from Deno's download host: is that in reach?"
    : "";
  say(`Cannot build: deno ${args[0]} failed${hint}\n${said}`);
  Deno.exit(1);
}

function refuse(problem: string): never {
  say(`Cannot build: ${problem}`);
  Deno.exit(2);
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
