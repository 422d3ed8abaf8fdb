/**
 * Google's Pub/Sub emulator, wherever this machine has one.
 *
 * @module
 */
import { findDocker, findSdkJar } from "./emulator_sources.ts";

/** How long the emulator may take to answer, in milliseconds: Java needs 2 to 5 s, pulling an image minutes. */
const PATIENCE_MS = { sdk: 60_000, docker: 600_000 };

/** How long one look whether it answers may take, in milliseconds. */
const ANSWER_MS = 2_000;

/** How long it may take to stop. */
const STOP_MS = 10_000;

/** Enough of what it printed to tell why it ended. */
const LOG_CHARS = 2000;

const IMAGE = "gcr.io/google.com/cloudsdktool/google-cloud-cli:emulators";

const NOTHING_FOUND = [
  "Cannot start Google's Pub/Sub emulator: none is running, and none is installed. One of these helps:",
  "- set PUBSUB_EMULATOR_HOST to the address of a running one;",
  "- start Docker;",
  "- install Java 17 or later and the Google Cloud CLI with its component pubsub-emulator " +
  "(gcloud components install pubsub-emulator, or the Debian package google-cloud-cli-pubsub-emulator)",
].join("\n");

/** A running emulator. Disposing stops it, unless it ran before. */
export interface Emulator extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  /** Where it comes from, for people. */
  readonly origin: string;
}

/**
 * Finds or starts an emulator: the one at `PUBSUB_EMULATOR_HOST`; else a container, where Docker runs; else the one of
 * an installed Google Cloud CLI, on a free port of 127.0.0.1.
 *
 * @throws {Error} When there is none, saying what to install; when it does not start, with what it said.
 */
export async function startEmulator(): Promise<Emulator> {
  const given = Deno.env.get("PUBSUB_EMULATOR_HOST");
  if (given) {
    if (!await answers(given)) throw new Error(`Cannot use PUBSUB_EMULATOR_HOST: nothing answers at ${given}`);
    return { address: given, origin: "PUBSUB_EMULATOR_HOST", [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const docker = await findDocker();
  if (docker !== undefined) return await startContainer(docker);
  const jar = await findSdkJar();
  if (jar !== undefined) return await startJar(jar);
  throw new Error(NOTHING_FOUND);
}

async function startJar(jar: string): Promise<Emulator> {
  const port = freePort();
  const args = ["-jar", jar, "--host=127.0.0.1", `--port=${port}`];
  return await startProcess(["java", ...args], { port, patienceMs: PATIENCE_MS.sdk, origin: jar });
}

async function startContainer(docker: string): Promise<Emulator> {
  const port = freePort();
  // Docker hands the signal on, and removes the container when it ended.
  const run = [docker, "run", "--rm", "--init", `--publish=127.0.0.1:${port}:8085`, IMAGE];
  const emulator = ["gcloud", "beta", "emulators", "pubsub", "start", "--project=lms", "--host-port=0.0.0.0:8085"];
  return await startProcess([...run, ...emulator], { port, patienceMs: PATIENCE_MS.docker, origin: IMAGE });
}

async function startProcess(
  command: readonly string[],
  { port, patienceMs, origin }: { readonly port: number; readonly patienceMs: number; readonly origin: string },
): Promise<Emulator> {
  // The shell becomes the program, with its messages in a file: reading them from a pipe would be an operation that
  // the tests' sanitizers see.
  const logFile = await Deno.makeTempFile({ prefix: "lms-emulator-" });
  const child = new Deno.Command("sh", {
    args: ["-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "sh", logFile, ...command],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  const address = `127.0.0.1:${port}`;
  const emulator = { address, origin, [Symbol.asyncDispose]: () => stop(child, logFile) };
  const ended = child.status.then(() => true);
  const deadline = Date.now() + patienceMs;
  while (!await Promise.race([ended, answers(address)])) {
    const over = await Promise.race([ended, sleep(100).then(() => false)]);
    if (!over && Date.now() < deadline) continue;
    const log = (await Deno.readTextFile(logFile)).slice(-LOG_CHARS);
    await emulator[Symbol.asyncDispose]();
    throw new Error(`Cannot start Google's Pub/Sub emulator (${origin}): ${log}`);
  }
  return emulator;
}

async function stop(child: Deno.ChildProcess, logFile: string): Promise<void> {
  signal(child, "SIGTERM");
  const timer = setTimeout(() => signal(child, "SIGKILL"), STOP_MS);
  await child.status;
  clearTimeout(timer);
  await Deno.remove(logFile);
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    // It ended by itself.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The emulator serves its gRPC port over HTTP/1 too, and says `Ok` there. */
async function answers(address: string): Promise<boolean> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ANSWER_MS);
  try {
    const response = await fetch(`http://${address}/`, { signal: controller.signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
