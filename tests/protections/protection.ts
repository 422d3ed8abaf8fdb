/**
 * What a protection is, and how it is written down.
 *
 * @module
 */

/** A change of one place in a source file. */
export interface Edit {
  /** The source file, from the root of the repository. */
  readonly file: string;
  /** The text that goes; it must be in the file exactly once. */
  readonly find: string;
  /** What stands in its place. */
  readonly replace: string;
}

/** One thing that the program does against one fault, and the test that fails where it is left out. */
export interface Protection extends Edit {
  /** What it protects and against what, as one sentence without its full stop. */
  readonly name: string;
  /** The test file, from the root of the repository. */
  readonly test: string;
  /** Part of the name of the test that must fail, and of no test that need not. */
  readonly filter: string;
  /** `servers`: the test wants a MySQL and a MariaDB server. */
  readonly needs?: "servers";
}

/** What protections of one file have in common. */
export type Common = Pick<Protection, "file" | "test" | "needs">;

/** Protections of one file, most of which one test file holds. */
export function protectionsOf(
  common: Common,
  rows: readonly (Omit<Protection, keyof Common> & Partial<Pick<Common, "test" | "needs">>)[],
): Protection[] {
  return rows.map((row) => ({ ...common, ...row }));
}

/** A source file without what was taken out, or why that is not possible. */
export type Edited = { readonly text: string } | { readonly problem: string };

/** Makes the change in its file's text. */
export function edited({ file, find, replace }: Edit, text: string): Edited {
  const times = text.split(find).length - 1;
  // A function: `$` has a meaning in a replacement text.
  if (times === 1) return { text: text.replace(find, () => replace) };
  return { problem: `${file} has it ${times} times instead of once: ${JSON.stringify(find)}` };
}

/** The list as a table in Markdown, for a document. */
export function markdown(protections: readonly Protection[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = protections.map(({ name, file, filter, test }) =>
    `| ${cell(name)} | \`${file}\` | "${cell(filter)}" (\`${test}\`) |`
  );
  return ["| protection | where | held by the test |", "| --- | --- | --- |", ...rows].join("\n");
}
