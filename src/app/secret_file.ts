/**
 * A file that holds one secret, as Docker, Kubernetes and systemd hand them to a service.
 *
 * @module
 */
import { UsageError } from "../config/usage_error.ts";
import { whyUnreadable } from "../ops/unreadable.ts";
import type { Context } from "./context.ts";

/** What the file is for. */
export interface SecretFile {
  /** The name of the setting that names the file. */
  readonly setting: string;
  /** What it holds: "the password". */
  readonly holds: string;
  readonly readFile: Context["readFile"];
}

/**
 * What a file holds, without one newline at its end, which editors and `echo` put there; nothing else is changed.
 *
 * @throws {UsageError} When it cannot be read or holds nothing; it names setting, path and remedy, never the content.
 */
export async function readSecret(path: string, { setting, holds, readFile }: SecretFile): Promise<string> {
  let text: string;
  try {
    text = await readFile(path);
  } catch (error) {
    throw new UsageError(`Cannot use ${setting} "${path}": ${whyUnreadable(error)}`);
  }
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") throw new UsageError(`Cannot use ${setting} "${path}": it is empty; put ${holds} into it`);
  return secret;
}
