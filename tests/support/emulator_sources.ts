/**
 * Where a machine may have Google's Pub/Sub emulator.
 *
 * @module
 */

/** Where installers put the Google Cloud CLI. */
const SDK_FOLDERS = [
  "/usr/lib/google-cloud-sdk",
  "/usr/share/google-cloud-sdk",
  "/usr/lib64/google-cloud-sdk",
  "/usr/local/google-cloud-sdk",
  "/opt/google-cloud-sdk",
  "/opt/homebrew/share/google-cloud-sdk",
  "/usr/local/share/google-cloud-sdk",
  "/snap/google-cloud-cli/current",
];

/** Where the emulator lies in it. */
const JAR_FOLDER = "platform/pubsub-emulator/lib";
const JAR_NAME = /^cloud-pubsub-emulator-.*\.jar$/;

/** The command that talks to a running Docker engine; `undefined`: there is none. */
export async function findDocker(): Promise<string | undefined> {
  const answer = await run(["docker", "version", "--format", "{{.Server.Version}}"]);
  return answer === undefined || answer === "" ? undefined : "docker";
}

/** The emulator's program in an installed Google Cloud CLI; `undefined`: there is none, or no Java to run it. */
export async function findSdkJar(): Promise<string | undefined> {
  if (await run(["java", "-version"]) === undefined) return undefined;
  for await (const folder of sdkFolders()) {
    const jar = await jarIn(`${folder}/${JAR_FOLDER}`);
    if (jar !== undefined) return jar;
  }
  return undefined;
}

async function* sdkFolders(): AsyncGenerator<string> {
  const given = Deno.env.get("CLOUDSDK_ROOT_DIR");
  if (given) yield given;
  // `gcloud` on the PATH leads to its folder's `bin`, often through a link.
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = await Deno.realPath(`${folder}/gcloud`).catch(() => undefined);
    if (path !== undefined) yield path.replace(/\/bin\/gcloud$/, "");
  }
  yield* SDK_FOLDERS;
  const home = Deno.env.get("HOME");
  if (home) yield `${home}/google-cloud-sdk`;
}

async function jarIn(folder: string): Promise<string | undefined> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (JAR_NAME.test(name)) return `${folder}/${name}`;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
  return undefined;
}

/** What a program prints; `undefined` when it fails or is not installed. */
async function run([program, ...args]: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program!, { args, stdin: "null", stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
