/**
 * A copy of the program and its tests, to be broken.
 *
 * @module
 */
import { type Edit, edited } from "./protection.ts";

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
   * Makes a change until the result is disposed of.
   *
   * @throws {Error} Where the file does not have the text exactly once.
   */
  async without(edit: Edit): Promise<AsyncDisposable> {
    const path = `${this.path}/${edit.file}`;
    const text = await Deno.readTextFile(path);
    const result = edited(edit, text);
    if ("problem" in result) throw new Error(result.problem);
    await Deno.writeTextFile(path, result.text);
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
