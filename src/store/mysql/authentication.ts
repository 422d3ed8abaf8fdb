/**
 * Which server gets the password, and how.
 *
 * The driver's own plugins give it to whoever asks: over TLS that nobody verified as it is, and without TLS encrypted for
 * a key that the other side sent.
 *
 * @module
 */
import { type AuthPlugin, authPlugins, type ConnectionOptions } from "mysql2";
import { type MysqlAddress, staysHere } from "../database_url.ts";
import { serverKey } from "./tls.ts";

/** The plugin that asks for the password as it is, as Cloud SQL does for IAM accounts; only a verified server gets it. */
const CLEAR = "mysql_clear_password";

/**
 * The driver's options for the plugins that a server may name.
 *
 * @throws {StoreError} `fatal`, for a `server_public_key` that cannot be used.
 */
export async function authenticationOptions(address: MysqlAddress): Promise<Pick<ConnectionOptions, "authPlugins">> {
  const { tls, serverKeyPath } = address;
  const verified = tls === "verify_ca" || tls === "verify_identity";
  const clear = verified ? {} : { [CLEAR]: refusing(CLEAR) };
  const named = serverKeyPath === undefined ? {} : { serverPublicKey: await serverKey(serverKeyPath) };
  const { caching_sha2_password, sha256_password, mysql_clear_password } = authPlugins;
  // A server beyond this machine is reached without TLS only where the URL says so.
  const given = tls !== "required" || staysHere(address);
  return {
    authPlugins: {
      [CLEAR]: mysql_clear_password({}),
      ...clear,
      caching_sha2_password: given ? caching_sha2_password(named) : shortcutOnly(caching_sha2_password({})),
      // Without TLS the driver encrypts for a padding that Deno does not take unless it is named.
      sha256_password: verified ? sha256_password({}) : refusing("sha256_password"),
    },
  };
}

/** What the server says when its cache does not know the account and it wants the password itself. */
const FULL_AUTHENTICATION = 4;

/** `caching_sha2_password` as long as a hash is enough. */
function shortcutOnly(plugin: AuthPlugin): AuthPlugin {
  return (metadata) => {
    const answer = plugin(metadata);
    return (data) => {
      if (data.length === 1 && data[0] === FULL_AUTHENTICATION) throw refusal("caching_sha2_password");
      return answer(data);
    };
  };
}

function refusing(plugin: string): AuthPlugin {
  return () => () => {
    throw refusal(plugin);
  };
}

function refusal(plugin: string): Error {
  return new Error(
    `the server asks for the password by ${plugin} and nothing verified that it is the right server; \
use ssl=verify_identity, or ssl=verify_ca, with ssl_ca=FILE for an authority of its own${
      plugin === "sha256_password" ? ", or give the account caching_sha2_password" : ""
    }`,
  );
}
