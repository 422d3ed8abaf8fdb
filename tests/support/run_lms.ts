/**
 * Runs LMS to its end.
 *
 * @module
 */
import { LmsProcess } from "./lms_process.ts";

/** What a run printed and how it ended. */
export type Ended = Awaited<ReturnType<LmsProcess["ended"]>>;

/** Runs a command to its end. @param env The whole environment, but for what starting a program needs. */
export async function runLms(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  await using process = new LmsProcess(args, env);
  return await process.ended();
}

/** A folder that is gone when it is disposed of. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "lms_test_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** The names of what is in a folder, sorted. */
export async function namesIn(path: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(path));
  return entries.map(({ name }) => name).toSorted();
}
