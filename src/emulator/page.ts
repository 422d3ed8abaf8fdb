/**
 * Pages of a list of names.
 *
 * @module
 */
import { invalidArgument } from "./status_error.ts";

/** Names on a page, where the request does not say, and at most. */
const PAGE_SIZE_MAX = 1000;

/** Which page. */
export interface PageRequest {
  /** 0: as many as there may be. */
  readonly pageSize: number;
  /** Of the page before; empty: the first. */
  readonly pageToken: string;
}

/** A page of names, in their order. */
export interface Page {
  readonly items: string[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/**
 * Cuts a page out of a list. What is created or deleted meanwhile moves no other name to another page.
 *
 * @throws {StatusError} For a negative size, or a token that no page gave.
 */
export function pageOf(names: readonly string[], { pageSize, pageToken }: PageRequest): Page {
  if (pageSize < 0) throw invalidArgument(`The value for page_size is negative: ${pageSize}.`);
  const size = Math.min(pageSize || PAGE_SIZE_MAX, PAGE_SIZE_MAX);
  const after = readToken(pageToken);
  const rest = names.filter((name) => name > after).sort();
  const items = rest.slice(0, size);
  return { items, nextPageToken: rest.length > size ? encodeURIComponent(items.at(-1)!) : "" };
}

/** The last name of the page that gave the token. */
function readToken(token: string): string {
  try {
    const name = decodeURIComponent(token);
    if (token === "" || name.startsWith("projects/")) return name;
  } catch {
    // Not of this list either.
  }
  throw invalidArgument(`The page_token in the request is not one of this list: ${token.slice(0, 100)}`);
}
