/**
 * Which LMS API is read from, put together from the settings and the file that they name.
 *
 * @module
 */
import { type Config, nameOf } from "../config/settings.ts";
import type { SERVER_SETTINGS } from "../config/settings/reading.ts";
import { UsageError } from "../config/usage_error.ts";
import { parseServerUrl, type ServerAddress } from "../http/client/ask_server.ts";
import type { Context } from "./context.ts";
import { readSecret } from "./secret_file.ts";

/** As RFC 6750 has tokens. */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Finds it; `undefined` where a database is read from.
 *
 * @throws {UsageError} When the URL is not understood, or the file holds no token. The file is read once here.
 */
export async function findServer(
  { url: text, tokenFile }: Config<keyof typeof SERVER_SETTINGS>,
  readFile: Context["readFile"],
): Promise<ServerAddress | undefined> {
  if (text === undefined) {
    if (tokenFile === undefined) return undefined;
    throw new UsageError(`Cannot use ${nameOf("tokenFile")} without ${nameOf("url")}: say which server it is for`);
  }
  const url = parseServerUrl(text, { token: tokenFile !== undefined });
  if (!url.ok) throw new UsageError(`Cannot use ${nameOf("url")}: it ${url.problem}`);
  if (tokenFile === undefined) return { url: url.value };
  const token = async () => {
    const secret = await readSecret(tokenFile, { setting: nameOf("tokenFile"), holds: "the token", readFile });
    if (TOKEN.test(secret)) return secret;
    throw new UsageError(
      `Cannot use ${nameOf("tokenFile")} "${tokenFile}": it holds other than one token, without a name, in one line`,
    );
  };
  await token();
  return { url: url.value, token };
}
