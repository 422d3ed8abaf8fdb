/**
 * A copy of the program that parts are left out of, and databases as other sources make them.
 *
 * @module
 */
import type { TestDatabase, TestServer } from "../support/database.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { TreeCopy } from "../protections/tree_copy.ts";
import type { Part } from "./parts.ts";

/** The repository's sources in a folder of their own; disposing deletes it. */
export class ProgramCopy implements AsyncDisposable {
  readonly #copy: TreeCopy;

  private constructor(copy: TreeCopy) {
    this.#copy = copy;
  }

  static async make(): Promise<ProgramCopy> {
    return new ProgramCopy(await TreeCopy.of(new URL("../..", import.meta.url).pathname.replace(/\/$/, "")));
  }

  get folder(): string {
    return this.#copy.path;
  }

  /** Leaves parts out until the result is disposed of. @throws {Error} Where the sources do not read as expected. */
  async without(parts: readonly Part[]): Promise<AsyncDisposable> {
    await using edits = new AsyncDisposableStack();
    for (const edit of parts.flatMap(({ edits }) => edits)) edits.use(await this.#copy.without(edit));
    return edits.move();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#copy[Symbol.asyncDispose]();
  }
}

/** A database with the tables that the program in the folder makes. */
export async function migratedBy(tree: string, server: TestServer): Promise<TestDatabase> {
  const database = await server.freshDatabase();
  await using migrating = new LmsProcess(["migrate"], { DATABASE_URL: database.url }, { tree });
  const { code, stderr } = await migrating.ended();
  if (code === 0) return database;
  await database[Symbol.asyncDispose]();
  throw new Error(`lms migrate of ${tree} ended with ${code}: ${stderr.slice(-2_000)}`);
}
