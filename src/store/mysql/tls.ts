/**
 * How a connection is secured, for the driver.
 *
 * @module
 */
import type { SslOptions } from "mysql2";
import { whyUnreadable } from "../../ops/unreadable.ts";
import type { MysqlAddress } from "../database_url.ts";
import { StoreError } from "../store.ts";

/** What a file must hold. Deno goes on without what it cannot read as such, and the server then refuses the account. */
const CONTENT = {
  ca: { form: /-----BEGIN CERTIFICATE-----/, named: "no certificate in PEM form" },
  cert: { form: /-----BEGIN CERTIFICATE-----/, named: "no certificate in PEM form" },
  serverKey: { form: /-----BEGIN (RSA )?PUBLIC KEY-----/, named: "no public key in PEM form" },
  key: {
    form: /-----BEGIN (RSA |EC )?PRIVATE KEY-----(?![^-]*ENCRYPTED)/,
    named: "no private key in PEM form without a passphrase",
  },
} as const;

/**
 * The driver's options for an address that asks for TLS. Files are read at each connection: certificates are renewed.
 *
 * @throws {StoreError} `fatal`, with the option and the file, for one that cannot be used.
 */
export async function tlsOptions(address: MysqlAddress): Promise<SslOptions> {
  const { tlsCaPath, tlsCertPath, tlsKeyPath } = address;
  const ca = tlsCaPath === undefined ? {} : { ca: await pem(CONTENT.ca, "ssl_ca", tlsCaPath) };
  const cert = tlsCertPath === undefined ? {} : { cert: await pem(CONTENT.cert, "ssl_cert", tlsCertPath) };
  const key = tlsKeyPath === undefined ? {} : { key: await pem(CONTENT.key, "ssl_key", tlsKeyPath) };
  return {
    ...ca,
    ...cert,
    ...key,
    rejectUnauthorized: address.tls !== "required",
    verifyIdentity: address.tls === "verify_identity",
  };
}

/** The RSA key of the server, from its file. @throws {StoreError} `fatal`, for a file that cannot be used. */
export function serverKey(path: string): Promise<string> {
  return pem(CONTENT.serverKey, "server_public_key", path);
}

async function pem(
  { form, named }: typeof CONTENT[keyof typeof CONTENT],
  option: string,
  path: string,
): Promise<string> {
  const refused = (reason: string, cause: unknown) =>
    new StoreError(`Cannot use ${option} "${path}" of the database's URL: ${reason}`, {
      disposition: "fatal",
      cause,
    });
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw refused(whyUnreadable(error), error);
  }
  if (!form.test(text)) throw refused(`it holds ${named}`, undefined);
  return text;
}
