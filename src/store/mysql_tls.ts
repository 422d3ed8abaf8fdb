/**
 * How a connection is secured, for the driver.
 *
 * @module
 */
import type { SslOptions } from "mysql2";
import { whyUnreadable } from "../ops/unreadable.ts";
import type { MysqlAddress } from "./database_url.ts";
import { StoreError } from "./store.ts";

/** What a file must hold. Deno goes on without what it cannot read as such, and the server then refuses the account. */
const CONTENT = {
  ca: { form: /-----BEGIN CERTIFICATE-----/, named: "no certificate in PEM form" },
  cert: { form: /-----BEGIN CERTIFICATE-----/, named: "no certificate in PEM form" },
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
  return {
    ...await pem("ca", address.tlsCaPath),
    ...await pem("cert", address.tlsCertPath),
    ...await pem("key", address.tlsKeyPath),
    rejectUnauthorized: address.tls !== "required",
    verifyIdentity: address.tls === "verify_identity",
  };
}

async function pem(name: keyof typeof CONTENT, path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  const refused = (reason: string, cause: unknown) =>
    new StoreError(`Cannot use ssl_${name} "${path}" of the database's URL: ${reason}`, {
      disposition: "fatal",
      cause,
    });
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw refused(whyUnreadable(error), error);
  }
  const { form, named } = CONTENT[name];
  if (!form.test(text)) throw refused(`it holds ${named}`, undefined);
  return { [name]: text };
}
