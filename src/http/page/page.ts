/**
 * Serves the dashboard's page: a few files out of memory, and the same document for every view.
 *
 * @module
 */
import { takesGzip } from "../guard/compress.ts";
import { VIEWS } from "./views.ts";

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** The page's files by name: `index.html`, and others that are named by what they hold. */
export type PageFiles = Readonly<Record<string, PageFile>>;

const DOCUMENT = "index.html";

/**
 * What the page may do: run and show what comes from this server, and ask this server. Nothing is framed, no text becomes
 * markup (Trusted Types), and no form goes anywhere.
 */
export const PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

/** A page that is ready to be served. */
export class Page {
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #basePath: string;
  readonly #packed = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  readonly #tags = new Map<string, Promise<string>>();

  /** @param basePath Before every path: empty, or `/` and a name. */
  constructor(files: PageFiles, basePath: string) {
    this.#files = new Map(Object.entries(files));
    this.#basePath = basePath;
  }

  /**
   * The answer, where the path is the page's.
   *
   * @param path The request's path, with the base path before it.
   * @returns `undefined` where it is somebody else's.
   */
  async answer(request: Request, path: string): Promise<Response | undefined> {
    if (!path.startsWith(this.#basePath)) return undefined;
    // Without the slash, what the page names beside itself would be beside the base path.
    if (path === this.#basePath && path !== "") return redirect(`${this.#basePath}/`);
    const name = path.slice(this.#basePath.length + 1);
    const isView = name === "" || (VIEWS as readonly string[]).includes(name);
    const file = isView ? DOCUMENT : name;
    const found = name === DOCUMENT ? undefined : this.#files.get(file);
    if (found === undefined) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("method not allowed\n", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const tag = await this.#tagOf(file, found);
    const headers: Record<string, string> = {
      "content-type": found.type,
      "content-security-policy": PAGE_POLICY,
      "cache-control": file === DOCUMENT ? "no-cache" : "public, max-age=31536000, immutable",
      etag: tag,
      vary: "accept-encoding",
    };
    if (request.headers.get("if-none-match") === tag) return new Response(null, { status: 304, headers });
    if (!takesGzip(request.headers.get("accept-encoding"))) return new Response(found.text, { headers });
    const packed = await this.#packedOf(file, found);
    return new Response(packed, { headers: { ...headers, "content-encoding": "gzip" } });
  }

  /** Packed once, when somebody asks first. */
  #packedOf(name: string, { text }: PageFile): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#packed.get(name);
    if (known !== undefined) return known;
    const packed = new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
    this.#packed.set(name, packed);
    return packed;
  }

  #tagOf(name: string, { text }: PageFile): Promise<string> {
    const known = this.#tags.get(name);
    if (known !== undefined) return known;
    const tag = crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
      .then((digest) => `"${new Uint8Array(digest).toHex().slice(0, 24)}"`);
    this.#tags.set(name, tag);
    return tag;
  }
}

function redirect(location: string): Response {
  return new Response(null, { status: 308, headers: { location } });
}
