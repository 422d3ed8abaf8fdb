/**
 * Which names a server answers to, and which pages may ask it. A page of another site can make a browser ask, under a
 * name that the site has turned to this address (DNS rebinding) or under the server's own: neither is answered.
 *
 * @module
 */

/** What a request says of where it is going and where it comes from. */
export type HostHeaders = Pick<Headers, "get">;

/** Why a request is not answered. */
export interface HostProblem {
  readonly kind: "bad_request" | "foreign_host" | "foreign_origin";
  readonly field: "host" | "origin" | "sec-fetch-site";
  readonly detail: string;
  readonly remedy: string;
}

const NAME = "[a-z\\d](?:[a-z\\d_-]*[a-z\\d])?(?:\\.[a-z\\d](?:[a-z\\d_-]*[a-z\\d])?)*";
const HOST = new RegExp(`^(${NAME}|\\[[\\da-f:.]+\\])\\.?(?::\\d{1,5})?$`);
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * Why a request is not answered; `undefined` where it is. Addresses and `localhost` are nobody else's names.
 *
 * @param names Further names that the server has, in small letters.
 */
export function hostProblem(headers: HostHeaders, names: readonly string[]): HostProblem | undefined {
  const given = headers.get("host");
  if (given === null) {
    return { kind: "bad_request", field: "host", detail: "The host header is missing", remedy: "send it" };
  }
  const host = nameIn(given);
  if (host === undefined || !isOwn(host, names)) {
    return {
      kind: "foreign_host",
      field: "host",
      detail: "The host header names another server",
      remedy: "ask by address or localhost, or add the name to HTTPHOSTS",
    };
  }
  const origin = headers.get("origin");
  if (origin !== null && !isOwnOrigin(origin, given, names)) {
    return {
      kind: "foreign_origin",
      field: "origin",
      detail: "A page of another site asks",
      remedy: "ask from a page of this server, or add the page's host to HTTPHOSTS",
    };
  }
  const site = headers.get("sec-fetch-site");
  // Who follows a link from elsewhere sees the answer, and no page does.
  if (site === "cross-site" && headers.get("sec-fetch-mode") !== "navigate" && origin === null) {
    return {
      kind: "foreign_origin",
      field: "sec-fetch-site",
      detail: "A page of another site asks",
      remedy: "ask from a page of this server",
    };
  }
  return undefined;
}

function nameIn(host: string): string | undefined {
  return HOST.exec(host.toLowerCase())?.[1];
}

function isOwn(host: string, names: readonly string[]): boolean {
  return host === "localhost" || host.startsWith("[") || IPV4.test(host) || names.includes(host);
}

/** An address as origin is anybody's page: only the same, with its port, is the server's own. */
function isOwnOrigin(origin: string, host: string, names: readonly string[]): boolean {
  const authority = /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1];
  if (authority === undefined) return false;
  return authority === host.toLowerCase() || names.includes(nameIn(authority) ?? "");
}
