/**
 * The certificate of the HTTP API, in files that may change while it is served.
 *
 * @module
 */
import { type Config, nameOf } from "../config/settings.ts";
import type { HTTP_SETTINGS } from "../config/settings/http.ts";
import { UsageError } from "../config/usage_error.ts";
import type { Certificate } from "../http/listener.ts";
import type { HttpServer } from "../http/server.ts";
import type { Log } from "../ops/logger.ts";
import type { Context } from "./context.ts";
import { readSecret } from "./secret_file.ts";

/** How often the files are looked at, in milliseconds: certificates are renewed weeks before they end. */
const LOOKED_AT_EVERY_MS = 10_000;

/** Reads the files. @returns `undefined` where none are named. @throws {UsageError} */
export async function readCertificate(
  { httpCertFile, httpKeyFile }: Pick<Config<keyof typeof HTTP_SETTINGS>, "httpCertFile" | "httpKeyFile">,
  readFile: Context["readFile"],
): Promise<Certificate | undefined> {
  if (httpCertFile === undefined && httpKeyFile === undefined) return undefined;
  if (httpCertFile === undefined || httpKeyFile === undefined) {
    const [one, other] = ["httpCertFile", "httpKeyFile"].map((name) => nameOf(name as keyof typeof HTTP_SETTINGS));
    const [there, missing] = httpCertFile === undefined ? [other, one] : [one, other];
    throw new UsageError(`Cannot use ${there} without ${missing}: set both, or neither`);
  }
  const cert = await readSecret(httpCertFile, { setting: nameOf("httpCertFile"), holds: "the certificate", readFile });
  const key = await readSecret(httpKeyFile, { setting: nameOf("httpKeyFile"), holds: "its key", readFile });
  return { cert, key };
}

/** What watching works with. */
export interface WatchOptions {
  readonly server: Pick<HttpServer, "renew">;
  readonly current: Certificate;
  readonly read: () => Promise<Certificate | undefined>;
  readonly log: Pick<Log, "info" | "warn">;
}

/** Hands the server what the files hold when that changes. Disposing ends it. */
export function watchCertificate({ server, current, read, log }: WatchOptions): Disposable {
  let known = current;
  let told: string | undefined;
  let looking = false;
  const look = async () => {
    const certificate = await read();
    // Both files are replaced, and one of them is first.
    if (certificate === undefined || certificate.cert === known.cert && certificate.key === known.key) return;
    await server.renew(certificate);
    known = certificate;
    told = undefined;
    log.info("the certificate of the HTTP API was renewed");
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look().catch((error) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== told) log.warn("cannot renew the certificate of the HTTP API; the one before goes on", { reason });
      told = reason;
    }).finally(() => looking = false);
  }, LOOKED_AT_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
