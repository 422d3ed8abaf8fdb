/**
 * A copy of the program and its tests, to be broken.
 *
 * @module
 */
import { type Protection, takeOut } from "./protection.ts";

/** What a test needs of the repository. */
const PARTS = ["src", "tests", "deno.json", "deno.lock"];

/** A copy in a temporary folder; disposing deletes it. */
export class TreeCopy implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Copies the repository at `root`. */
  static async of(root: string): Promise<TreeCopy> {
    const copy = new TreeCopy(await Deno.makeTempDir({ prefix: "lms_protections_" }));
    try {
      for (const part of PARTS) await copyTree(`${root}/${part}`, `${copy.path}/${part}`);
      return copy;
    } catch (error) {
      await copy[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Takes a protection out until the result is disposed of.
   *
   * @throws {Error} Where the file does not have the protection's text exactly once.
   */
  async without(protection: Protection): Promise<AsyncDisposable> {
    const path = `${this.path}/${protection.file}`;
    const text = await Deno.readTextFile(path);
    const unprotected = takeOut(protection, text);
    if ("problem" in unprotected) throw new Error(unprotected.problem);
    await Deno.writeTextFile(path, unprotected.text);
    return { [Symbol.asyncDispose]: () => Deno.writeTextFile(path, text) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copyTree(`${from}/${name}`, `${to}/${name}`);
}
