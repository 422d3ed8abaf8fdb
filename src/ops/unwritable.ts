/**
 * Why a file that an operator named cannot be written, and what to do.
 *
 * @module
 */

/**
 * A phrase for what opening a file to write failed with. It says nothing of the file but that.
 *
 * @param error Of `Deno.open`.
 */
export function whyUnwritable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such folder; create it, or name another";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder; name a file in it";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "it may not be written; give the user that LMS runs as the right to write it";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "this program was built without the right to write there; see .github/docs/permissions.md";
  }
  return `it cannot be written: ${error instanceof Error ? error.message : error}`;
}
