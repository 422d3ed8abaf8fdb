/**
 * The dashboard's page where a program from source looks for it, as the task that users run builds it first.
 *
 * @module
 */
import { buildPage, type BuiltPage } from "../../.ci/page.ts";

/** Builds it, unless it is there and of the same sources. */
export function builtPage(): Promise<BuiltPage> {
  return buildPage(new URL("../../dist/page.json", import.meta.url).pathname);
}
