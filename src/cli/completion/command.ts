/**
 * What `lms completion` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { defineCommand } from "../../commands/command.ts";

/** The shells that it knows. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** `lms completion`. */
export const COMPLETION = defineCommand({
  name: "completion",
  summary: "print a script that lets bash, zsh or fish complete commands, flags and their values",
  description: [
    "The script has all that it needs, and does not call the program; print it again after an upgrade. It is for the",
    "program that prints it, under that program's name; with lms-mon, put lms-mon for lms below. To install it:",
    "",
    "bash  lms completion bash > ~/.local/share/bash-completion/completions/lms",
    "      where the package bash-completion is installed, else into a file that ~/.bashrc sources",
    "zsh   lms completion zsh > ~/.zfunc/_lms",
    "      with fpath=(~/.zfunc $fpath) before compinit in ~/.zshrc",
    "fish  lms completion fish > ~/.config/fish/completions/lms.fish",
  ],
  argument: { name: "SHELL", help: "bash, zsh or fish", words: SHELLS },
  settings: [],
});
