/**
 * Why a file that an operator named cannot be read, and what to do.
 *
 * @module
 */

/**
 * A phrase for what reading a file failed with. It says nothing of the file but that.
 *
 * @param error Of `Deno.readTextFile`.
 */
export function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file; create it, or name another";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder; name the file in it";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "it may not be read; give the user that LMS runs as the right to read it";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "this program was built without the right to read there; see .github/docs/permissions.md";
  }
  return `it cannot be read: ${error instanceof Error ? error.message : error}`;
}
