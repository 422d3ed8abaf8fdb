/**
 * Programs out of Debian's packages, unpacked into a folder: nothing is installed, and no special rights are needed.
 * They run with the loader and the libraries of their own release, so the release of the machine does not matter.
 *
 * @module
 */

/** Where a machine keeps the keys that Debian signs its releases with. */
const KEYRINGS = [
  "/usr/share/keyrings/debian-archive-keyring.gpg",
  "/usr/share/keyrings/debian-archive-keyring.pgp",
];
const MIRROR = "http://deb.debian.org/debian";

/** What to unpack. */
export interface DebianPackage {
  /** The release to take it from: `sid`, `stable`, `oldstable`. */
  readonly suite: string;
  readonly name: string;
  /** Further packages that it is to have. Default: none. */
  readonly extra?: readonly string[];
  /** Packages that it depends on and that are not needed to run the one program that is wanted. */
  readonly without: RegExp;
}

/** An unpacked package with everything it depends on. */
export interface UnpackedProgram {
  /** The folder that stands for `/`. */
  readonly root: string;
  /** The loader of its release, and the folders with its libraries. */
  readonly loader: string;
  readonly libraries: readonly string[];
  /** The command line that runs a program of the package, up to its own arguments. */
  command(path: string): string[];
}

/**
 * Unpacks a package into `folder`, or finds it there from the last time. About 20 s and some 100 MB the first time.
 *
 * `LMS_DEBIAN_MIRROR` names another mirror than Debian's own.
 *
 * @throws {Error} Where the machine has no apt or cannot reach the mirror.
 */
export async function unpack(wanted: DebianPackage, folder: string): Promise<UnpackedProgram> {
  if (!await exists(folder)) {
    await Deno.mkdir(folder.replace(/\/[^/]+$/, ""), { recursive: true });
    // Filled under another name, so that a folder of the right name is always complete.
    const work = await Deno.makeTempDir({ dir: folder.replace(/\/[^/]+$/, ""), prefix: "unpacking-" });
    try {
      await download(wanted, work);
      await Deno.rename(`${work}/root`, folder).catch(async (error) => {
        if (!await exists(folder)) throw error;
      });
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  }
  const root = await Deno.realPath(folder);
  const folders = [...await libraryFolders(`${root}/lib`), ...await libraryFolders(`${root}/usr/lib`)];
  const loader = await findLoader([...folders, `${root}/usr/lib64`, `${root}/lib64`]);
  const command = (path: string) => [loader, "--library-path", folders.join(":"), `${root}${path}`];
  return { root, loader, libraries: folders, command };
}

async function download({ suite, name, extra = [], without }: DebianPackage, work: string): Promise<void> {
  const keyring = await firstOf(KEYRINGS);
  if (keyring === undefined) throw new Error("the package debian-archive-keyring is not installed");
  const mirror = Deno.env.get("LMS_DEBIAN_MIRROR") ?? MIRROR;
  // An apt of our own: other sources, other lists, and a status file that says that nothing is installed.
  for (const path of ["state/lists/partial", "cache/archives/partial", "debs", "root"]) {
    await Deno.mkdir(`${work}/${path}`, { recursive: true });
  }
  await Deno.writeTextFile(`${work}/state/status`, "");
  await Deno.writeTextFile(`${work}/sources.list`, `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  const settings = {
    "Dir::Etc::sourcelist": `${work}/sources.list`,
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "Dir::State": `${work}/state`,
    "Dir::State::status": `${work}/state/status`,
    "Dir::Cache": `${work}/cache`,
    // As root, apt would drop its rights and then not be allowed to write here.
    "APT::Sandbox::User": "",
  };
  const config = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`).join("");
  await Deno.writeTextFile(`${work}/apt.conf`, config);

  const apt = (args: string[], cwd: string) => run("apt-get", { args, cwd, env: { APT_CONFIG: `${work}/apt.conf` } });
  await apt(["update", "-qq"], work);
  const simulated = await apt(["install", "--simulate", "--no-install-recommends", name, ...extra], work);
  const packages = simulated.split("\n").flatMap((line) => /^Inst (\S+)/.exec(line)?.[1] ?? []);
  const needed = packages.filter((dependency) => dependency === name || !without.test(dependency));
  if (!needed.includes(name)) throw new Error(`${suite} has no ${name}`);
  await apt(["download", "-qq", ...needed], `${work}/debs`);
  for await (const { name: file } of Deno.readDir(`${work}/debs`)) {
    await run("dpkg-deb", { args: ["--extract", `${work}/debs/${file}`, `${work}/root`], cwd: work, env: {} });
  }
}

/** `/lib/x86_64-linux-gnu` and its like; where `/lib` is a part of `/usr`, only the latter exists. */
async function libraryFolders(lib: string): Promise<string[]> {
  if (!await exists(lib)) return [];
  const folders: string[] = [];
  for await (const { name } of Deno.readDir(lib)) {
    if (name.endsWith("-linux-gnu")) folders.push(`${lib}/${name}`);
  }
  return folders;
}

async function findLoader(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    if (!await exists(folder)) continue;
    for await (const { name } of Deno.readDir(folder)) {
      // A link may lead to the machine's own loader, whose C library is another one.
      const path = `${folder}/${name}`;
      if (/^ld-linux.*\.so\.\d+$/.test(name) && (await Deno.lstat(path)).isFile) return path;
    }
  }
  throw new Error("the packages hold no loader");
}

interface RunOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

async function run(program: string, { args, cwd, env }: RunOptions): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args: [...args], cwd, env: { ...env, LC_ALL: "C" } }).output();
  } catch (cause) {
    throw new Error(`${program} is not installed`, { cause });
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!output.success) throw new Error(`${program} ${args[0]} failed: ${text(output.stderr).trim().slice(-500)}`);
  return text(output.stdout);
}

async function firstOf(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await exists(path)) return path;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
