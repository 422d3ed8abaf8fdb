/**
 * What an operator hears of an error that ends a command.
 *
 * @module
 */
import { SubscribeError } from "../pubsub/subscriber.ts";
import { CallError } from "../pubsub/transport.ts";
import { ReadTimeoutError } from "../store/log_rows.ts";
import { StoreError } from "../store/store.ts";

/** What an error of the world around says; `undefined` for a mistake in the program, which is to crash it. */
export function explainFailure(error: unknown): string | undefined {
  return isOperating(error) ? forbidden(error) ?? error.message : undefined;
}

function isOperating(error: unknown): error is Error {
  return error instanceof StoreError || error instanceof ReadTimeoutError || error instanceof SubscribeError ||
    error instanceof CallError ||
    error instanceof Error && (typeof (error as { code?: unknown }).code === "number" || error.cause !== undefined) ||
    Object.values(Deno.errors).some((kind) => error instanceof kind);
}

/** What an error says that the program's permissions led to, in the words of who runs it and not of who compiled it. */
function forbidden(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Libraries repeat the runtime's words in errors of their own.
  const [, access, what] = /Requires (\w+) access to ("[^"]*"|[^\s,]+)/.exec(error.message) ?? [];
  if (access === undefined) return forbidden(error.cause);
  return `Cannot ${access === "net" ? "connect to" : access} ${what}: this program was built without the right to; ` +
    `see .github/docs/permissions.md, or build it with ALLOW_${access.toUpperCase()}`;
}
