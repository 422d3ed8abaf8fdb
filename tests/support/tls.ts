/**
 * A certificate authority for one test run, made with the `openssl` program; its keys never leave the folder.
 *
 * @module
 */

/** A server's certificate and who vouches for it. */
export interface TlsFiles {
  /** The authority's certificate, for clients: a path. */
  readonly caFile: string;
  /** The server's certificate and key: PEM texts. */
  readonly cert: string;
  readonly key: string;
  /** The same as paths. */
  readonly certFile: string;
  readonly keyFile: string;
  /** A client's certificate and key, by the same authority: paths. */
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
}

/** What a server's certificate of {@linkcode makeTlsFiles} is for, unless it is told otherwise. */
const LOCAL_NAMES = "DNS:localhost,IP:127.0.0.1";

/**
 * Makes an authority, a certificate of a server and one of a client, valid for a day, in this folder.
 *
 * @param names What the server's certificate is for, as openssl writes it; default `DNS:localhost,IP:127.0.0.1`.
 */
export async function makeTlsFiles(folder: string, names: string = LOCAL_NAMES): Promise<TlsFiles> {
  const path = (name: string) => `${folder}/${name}`;
  await openssl([
    ...["req", "-x509", ...NEW_KEY, "-days", "1", "-subj", "/CN=LMS test authority"],
    ...["-keyout", path("ca.key"), "-out", path("ca.pem")],
  ]);
  await makeCertificate(folder, { of: "server", subject: "/CN=localhost", extension: `subjectAltName=${names}\n` });
  await makeCertificate(folder, { of: "client", subject: "/CN=lms", extension: "extendedKeyUsage=clientAuth\n" });
  return {
    caFile: path("ca.pem"),
    certFile: path("server.pem"),
    keyFile: path("server.key"),
    clientCertFile: path("client.pem"),
    clientKeyFile: path("client.key"),
    cert: await Deno.readTextFile(path("server.pem")),
    key: await Deno.readTextFile(path("server.key")),
  };
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

interface Certificate {
  /** Names its files. */
  readonly of: string;
  readonly subject: string;
  readonly extension: string;
}

async function makeCertificate(folder: string, { of, subject, extension }: Certificate): Promise<void> {
  const path = (end: string) => `${folder}/${of}.${end}`;
  await openssl(["req", ...NEW_KEY, "-subj", subject, "-keyout", path("key"), "-out", path("csr")]);
  await Deno.writeTextFile(path("ext"), extension);
  await openssl([
    ...["x509", "-req", "-in", path("csr"), "-CA", `${folder}/ca.pem`, "-CAkey", `${folder}/ca.key`],
    ...["-CAcreateserial", "-days", "1", "-extfile", path("ext"), "-out", path("pem")],
  ]);
}

async function openssl(args: readonly string[]): Promise<void> {
  let result;
  try {
    result = await new Deno.Command("openssl", { args: [...args], stdout: "null", stderr: "piped" }).output();
  } catch (cause) {
    throw new Error("Cannot make certificates: install openssl", { cause });
  }
  if (!result.success) throw new Error(`Cannot make certificates: ${new TextDecoder().decode(result.stderr)}`);
}
