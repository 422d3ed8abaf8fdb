/**
 * Bearer tokens (RFC 6750): who is allowed what.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { failure, type Result, success } from "../../ops/result.ts";

/** What a token allows: reading, or changing as well. */
export type Access = "read" | "admin";

/** Whose request it is. */
export interface Bearer {
  /** The token's name, for the log. */
  readonly name: string;
  readonly access: Access;
}

/** A token as it is kept: nobody reads it back. */
export interface Token extends Bearer {
  readonly digest: Uint8Array;
}

/** The shortest token, in characters: what nobody guesses. `openssl rand -hex 16` writes twice as many. */
export const TOKEN_MIN = 16;
const TOKEN_MAX = 512;

/** As RFC 6750 has them, and so never with a colon. */
const TOKEN = /^[\w.~+/-]+=*$/;
const NAME = /^[\w.@-]{1,64}$/;

/**
 * Reads a file's tokens: one a line, with a name and a colon before it where it has a name. Empty lines, and lines that
 * begin with `#`, say nothing.
 *
 * @param access What each allows; also the name of those without one.
 * @returns The tokens, at least one; or why it is none, reading on after the file's name. It never repeats a token.
 */
export function parseTokens(text: string, access: Access): Result<readonly Token[]> {
  const tokens: Token[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const colon = line.indexOf(":");
    const name = colon < 0 ? access : line.slice(0, colon).trim();
    const token = line.slice(colon + 1).trim();
    if (!NAME.test(name)) {
      return failure(`has a name of other than 1 to 64 letters, digits, ".", "@", "-" and "_" in line ${i + 1}`);
    }
    if (!TOKEN.test(token)) {
      return failure(`has a token with other than letters, digits and -._~+/ in line ${i + 1}`);
    }
    if (token.length < TOKEN_MIN || token.length > TOKEN_MAX) {
      return failure(
        `has a token of ${token.length} characters, and not ${TOKEN_MIN} to ${TOKEN_MAX}, in line ${i + 1}`,
      );
    }
    tokens.push({ name, access, digest: digestOf(token) });
  }
  return tokens.length > 0 ? success(tokens) : failure("has no token in it");
}

/**
 * Whose token it is. Looks at all of them, and at digests, so that the time it takes says nothing of how much of a token
 * was right.
 */
export function bearerOf(given: string, tokens: readonly Token[]): Bearer | undefined {
  const digest = digestOf(given);
  let found: Token | undefined;
  for (const token of tokens) {
    // The one that allows more, should somebody have written one into both files.
    if (timingSafeEqual(token.digest, digest) && found?.access !== "admin") found = token;
  }
  return found && { name: found.name, access: found.access };
}

/** The token of an `authorization` header; `undefined` where it holds none. */
export function tokenIn(authorization: string): string | undefined {
  return /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
}

function digestOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
