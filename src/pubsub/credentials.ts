/**
 * Application Default Credentials whose errors gRPC and its callers understand.
 *
 * gRPC takes a number in the `code` of an error for one of its own statuses. The servers that give tokens speak HTTP: their
 * 503 is no status of gRPC's, and what is none is never tried again.
 *
 * @module
 */
import { type AuthClient, Compute, gaxios, GoogleAuth } from "google-auth-library";
import { wallClock } from "../ops/clock.ts";
import { STATUS } from "../wire/status_codes.ts";
import { CallError } from "./transport.ts";

/** HTTP statuses after which the same request may succeed, beside those from 500 on: time-out, too many requests. */
const TRANSIENT_STATUSES: readonly number[] = [408, 429];

/** What a server's own name for an error may be (RFC 6749, section 5.2); other texts may be pages, and are not repeated. */
const ERROR_NAME = /^[\w .-]{1,60}$/;

/** Credentials as the environment has them, looked for again where that failed. */
export class Credentials extends GoogleAuth {
  readonly #wanted: readonly string[];
  #client: Promise<AuthClient> | undefined;

  /** @param options.scopes What tokens are asked for. */
  constructor({ projectId, scopes }: { readonly projectId: string; readonly scopes: readonly string[] }) {
    super({ projectId, scopes: [...scopes] });
    this.#wanted = scopes;
  }

  override getClient(): Promise<AuthClient> {
    return this.#client ??= this.#find().catch((error) => {
      this.#client = undefined;
      throw error;
    });
  }

  /**
   * Asks for a token, as the first call would.
   *
   * @param url The service that the token is for.
   * @throws {CallError} When there is none for now, or when it is refused.
   */
  async ready(url: string): Promise<void> {
    await (await this.getClient()).getRequestHeaders(url);
  }

  async #find(): Promise<AuthClient> {
    // The library takes a metadata server that fails for none at all, and remembers that.
    let stumbled = false;
    const watch = {
      rejected: (error: gaxios.GaxiosError) => {
        stumbled ||= isTransientStatus(error.status);
        throw error;
      },
    };
    const { response } = gaxios.instance.interceptors;
    response.add(watch);
    try {
      return patient(await super.getClient());
    } catch (error) {
      if (!stumbled) throw error;
      return patient(new Compute({ scopes: [...this.#wanted] }));
    } finally {
      response.delete(watch);
    }
  }
}

/**
 * Tells the client's errors as gRPC does, and goes on with the last token while that is good: the library asks for the next
 * one five minutes before.
 */
function patient(client: AuthClient): AuthClient {
  const ask = client.getRequestHeaders.bind(client);
  let last: { readonly headers: Headers; readonly goodUntil: number } | undefined;
  client.getRequestHeaders = async (url) => {
    try {
      const headers = await ask(url);
      last = { headers, goodUntil: client.credentials.expiry_date ?? 0 };
      return headers;
    } catch (error) {
      const told = tokenError(error);
      if (told.code === STATUS.UNAVAILABLE && last !== undefined && wallClock() < last.goodUntil) return last.headers;
      throw told;
    }
  };
  return client;
}

/** What became of a request for a token, as the error of a call: for now, or for good. */
function tokenError(error: unknown): CallError {
  const { status, response, message } = error as Partial<gaxios.GaxiosError>;
  const http = status ?? response?.status;
  if (http === undefined) {
    const said = String(message).split("\n", 1)[0];
    // No answer, or one that is cut off; anything else went wrong on this machine, such as a key that is none.
    return error instanceof gaxios.GaxiosError
      ? new CallError(`Cannot get a token: ${said}`, { code: STATUS.UNAVAILABLE, cause: error })
      : refused(said, error);
  }
  const name = (response?.data as { readonly error?: unknown } | undefined)?.error;
  const said = `HTTP ${http}${typeof name === "string" && ERROR_NAME.test(name) ? `, ${name}` : ""}`;
  return isTransientStatus(http)
    ? new CallError(`Cannot get a token: ${said}`, { code: STATUS.UNAVAILABLE, cause: error })
    : refused(said, error);
}

function refused(said: string | undefined, cause: unknown): CallError {
  return new CallError(
    `Cannot get a token: ${said}; are the credentials of GOOGLE_APPLICATION_CREDENTIALS, or of the attached account, ` +
      "still valid, and may they be used for Pub/Sub?",
    { code: STATUS.UNAUTHENTICATED, cause },
  );
}

function isTransientStatus(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || TRANSIENT_STATUSES.includes(status));
}
