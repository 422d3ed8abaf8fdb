/**
 * Where the database is and with what password, put together from the settings and the files that they name.
 *
 * @module
 */
import { bothSet } from "../config/read_config.ts";
import { type Config, nameOf, type SettingName } from "../config/settings.ts";
import type { DATABASE_SETTINGS } from "../config/settings/database.ts";
import { UsageError } from "../config/usage_error.ts";
import { type DatabaseAddress, parseDatabaseUrl } from "../store/database_url.ts";
import { StoreError } from "../store/store.ts";
import type { Context } from "./context.ts";
import { readSecret } from "./secret_file.ts";

/** The settings, with a URL for those who name none. */
export type DatabaseConfig = Config<keyof typeof DATABASE_SETTINGS> & {
  readonly database: string;
  /** The settings that the values are of, where these are others. */
  readonly of?: Readonly<Record<keyof typeof DATABASE_SETTINGS, SettingName>>;
};

/** A database, found. */
export interface FoundDatabase {
  readonly address: DatabaseAddress;
  /** Reads the file with the password; `undefined` where there is none. */
  readonly password: (() => Promise<string>) | undefined;
}

/**
 * Reads the URL, and the password where it stands elsewhere. The file with the password is read once here, so that a bad
 * one is told at start, and then at every connection, so that a password may change while LMS runs.
 *
 * @throws {UsageError} When the URL is not understood, a file cannot be used, or two settings contradict each other.
 */
export async function findDatabase(config: DatabaseConfig, readFile: Context["readFile"]): Promise<FoundDatabase> {
  const { mysqlPassword, mysqlPasswordFile } = config;
  const name = nameIn(config);
  const { source, address } = await readAddress(config, readFile);
  if (address.kind !== "mysql") return { address, password: undefined };
  const given = [
    ...(address.password === "" ? [] : [`a password in ${source}`]),
    ...(mysqlPassword === undefined ? [] : [name("mysqlPassword")]),
    ...(mysqlPasswordFile === undefined ? [] : [name("mysqlPasswordFile")]),
  ];
  if (given.length > 1) throw new UsageError(bothSet(given[0]!, given[1]!));
  if (mysqlPassword !== undefined) return { address: { ...address, password: mysqlPassword }, password: undefined };
  if (mysqlPasswordFile === undefined) {
    const { databaseUrlFile } = config;
    if (databaseUrlFile === undefined || address.password === "") return { address, password: undefined };
    return { address, password: () => passwordIn(config, { address, readFile }) };
  }
  const password = () =>
    readSecret(mysqlPasswordFile, { setting: name("mysqlPasswordFile"), holds: "the password", readFile });
  await password();
  return { address, password: () => password().catch(waitFor) };
}

/** What a person is told of where a value comes from. */
function nameIn({ of }: DatabaseConfig): (name: keyof typeof DATABASE_SETTINGS) => string {
  return (name) => nameOf(of?.[name] ?? name);
}

/** While LMS runs, a file that is being replaced comes back; until then there is no connection. */
function waitFor(error: unknown): never {
  if (!(error instanceof UsageError)) throw error;
  throw new StoreError(error.message, { disposition: "reconnect", cause: error });
}

/** The password that the URL's file has now; the rest of the URL must be what it was. */
async function passwordIn(
  config: DatabaseConfig,
  { address, readFile }: { readonly address: DatabaseAddress; readonly readFile: Context["readFile"] },
): Promise<string> {
  const now = await readAddress(config, readFile).catch(waitFor);
  if (now.address.kind === "mysql" && isSame(now.address, address)) return now.address.password;
  throw new StoreError(
    `${now.source} "${config.databaseUrlFile}" names another database, or other options, than at start; restart LMS to use it`,
    { disposition: "reconnect", cause: undefined },
  );
}

function isSame(a: DatabaseAddress, b: DatabaseAddress): boolean {
  return JSON.stringify({ ...a, password: "" }) === JSON.stringify({ ...b, password: "" });
}

/** The address and the name of the setting that it comes from. */
async function readAddress(
  config: DatabaseConfig,
  readFile: Context["readFile"],
): Promise<{ readonly source: string; readonly address: DatabaseAddress }> {
  const { database, databaseUrlFile: path } = config;
  const source = nameIn(config)(path === undefined ? "database" : "databaseUrlFile");
  const text = path === undefined ? database : await readSecret(path, { setting: source, holds: "the URL", readFile });
  const url = parseDatabaseUrl(text);
  if (url.ok) return { source, address: url.value };
  const file = path === undefined ? "" : ` "${path}"`;
  throw new UsageError(`Cannot use ${source}${file}: it ${url.problem}`);
}
