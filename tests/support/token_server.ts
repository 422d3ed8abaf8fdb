/**
 * The servers that give Google's tokens, for tests: the token endpoint of workload identity federation, and the metadata
 * server. It refuses when asked to.
 *
 * @module
 */

/** The only token that {@linkcode TokenServer} gives. */
export const TOKEN = "test-token";

/** Why no token is given: an HTTP status, and the server's name for the error where it has one. */
export interface Refusal {
  readonly status: number;
  readonly error?: string;
}

/** Gives {@linkcode TOKEN} to whoever asks, unless it is to refuse. */
export class TokenServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** The answers to the next requests, in their order; after the last of them a token. */
  refusals: Refusal[] = [];
  /** How long a token is good for. */
  lifetimeSeconds = 3_600;
  /** Requests so far. */
  asked = 0;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** `host:port`, as `GCE_METADATA_HOST` wants it. */
  get address(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  /** Writes the file that leads to this server, for `GOOGLE_APPLICATION_CREDENTIALS`, into a folder; returns its path. */
  async writeCredentials(folder: string): Promise<string> {
    await Deno.writeTextFile(`${folder}/subject`, "subject-token");
    const path = `${folder}/credentials.json`;
    await Deno.writeTextFile(
      path,
      JSON.stringify({
        type: "external_account",
        audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/lms/providers/test",
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: `http://${this.address}/token`,
        credential_source: { file: `${folder}/subject` },
      }),
    );
    return path;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }

  #answer(request: Request): Response {
    this.asked++;
    const headers = { "Metadata-Flavor": "Google" };
    const refusal = this.refusals.shift();
    if (refusal !== undefined) {
      const body = refusal.error === undefined ? "<html>not now</html>" : JSON.stringify({ error: refusal.error });
      return new Response(body, { status: refusal.status, headers: { ...headers, "Content-Type": typeOf(refusal) } });
    }
    if (!new URL(request.url).pathname.endsWith("/token")) return new Response("instance/\n", { headers });
    return Response.json({
      access_token: TOKEN,
      expires_in: this.lifetimeSeconds,
      token_type: "Bearer",
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    }, { headers });
  }
}

function typeOf({ error }: Refusal): string {
  return error === undefined ? "text/html" : "application/json";
}
