/**
 * What `lms version` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { defineCommand } from "../command.ts";

/** `lms version`. */
export const VERSION = defineCommand({
  name: "version",
  summary: "print the version, and how the program was built",
  description: ["The same as --version, -V and -v."],
  settings: [],
});
