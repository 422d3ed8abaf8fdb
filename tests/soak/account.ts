/**
 * The monitors' account at the database, with its password in a file, as Docker and Kubernetes provide it.
 *
 * @module
 */
import type { TestDatabase, TestServer } from "../support/database.ts";

/** What the file has in place of the password; `undefined` where it is not there. */
const SPOILED: readonly (string | undefined)[] = [undefined, "", "the password before"];

/** An account whose password may be spoiled for a while. */
export class Account {
  readonly #name = "lms_soak";
  readonly #password = crypto.randomUUID();
  readonly #database: string;
  readonly #file: string;

  private constructor(database: string, folder: string) {
    this.#database = database;
    this.#file = `${folder}/password`;
  }

  /** Makes the account, with every right on the database. */
  static async create(
    server: TestServer,
    { database, folder }: { readonly database: TestDatabase; readonly folder: string },
  ): Promise<Account> {
    const account = new Account(database.name, folder);
    await server.query(`CREATE USER '${account.#name}'@'%' IDENTIFIED BY '${account.#password}'`);
    await server.query(`GRANT ALL ON ${database.name}.* TO '${account.#name}'@'%'`);
    await account.restore();
    return account;
  }

  /** The settings that lead to the database through a port of this machine. */
  env(port: number): Readonly<Record<string, string>> {
    return {
      DATABASE_URL: `mysql://${this.#name}@127.0.0.1:${port}/${this.#database}`,
      MYSQL_PASSWORD_FILE: this.#file,
    };
  }

  /** Lets the file be missing, empty or wrong. Returns which, for people. */
  async spoil(draw: number): Promise<string> {
    const text = SPOILED[Math.floor(draw * SPOILED.length)];
    if (text !== undefined) await this.#write(text);
    else await Deno.remove(this.#file);
    return `a password's file ${text === undefined ? "that is missing" : `with "${text}"`}`;
  }

  /** Puts the password back. */
  async restore(): Promise<void> {
    await this.#write(this.#password);
  }

  /** At once, as those who replace secrets do. */
  async #write(text: string): Promise<void> {
    await Deno.writeTextFile(`${this.#file}.new`, text);
    await Deno.rename(`${this.#file}.new`, this.#file);
  }
}
