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
}

/** Makes an authority and a certificate for `localhost` and 127.0.0.1, valid for a day, in this folder. */
export async function makeTlsFiles(folder: string): Promise<TlsFiles> {
  const path = (name: string) => `${folder}/${name}`;
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl([
    ...["req", "-x509", ...ec, "-days", "1", "-subj", "/CN=LMS test authority"],
    ...["-keyout", path("ca.key"), "-out", path("ca.pem")],
  ]);
  await openssl([
    ...["req", ...ec, "-subj", "/CN=localhost", "-keyout", path("server.key"), "-out", path("server.csr")],
  ]);
  await Deno.writeTextFile(path("server.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  await openssl([
    ...["x509", "-req", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial"],
    ...["-days", "1", "-extfile", path("server.ext"), "-out", path("server.pem")],
  ]);
  return {
    caFile: path("ca.pem"),
    certFile: path("server.pem"),
    keyFile: path("server.key"),
    cert: await Deno.readTextFile(path("server.pem")),
    key: await Deno.readTextFile(path("server.key")),
  };
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
