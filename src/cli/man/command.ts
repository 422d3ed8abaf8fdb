/**
 * What `lms man` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { defineCommand } from "../../commands/command.ts";

/** `lms man`. */
export const MAN = defineCommand({
  name: "man",
  summary: "print the manual page, for man",
  description: [
    "To read it: lms man | man -l -",
    "",
    "To install it: lms man > ~/.local/share/man/man1/lms.1",
  ],
  settings: [],
});
