/**
 * `lms version`: which program this is.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import type { Config } from "../../config/settings.ts";
import { EXIT } from "../command.ts";

/** Runs the command. */
export function run(_config: Config<never>, { print, build }: Context): Promise<number> {
  print(build);
  return Promise.resolve(EXIT.ok);
}
