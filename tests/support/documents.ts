/**
 * The repository's documents, as tests read them.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/** A Markdown file. */
export interface Document {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Where what is not the repository's own is kept. */
const NOT_OURS = ["node_modules", "dist", "output", "coverage", ".cache", ".git"];

async function markdownBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`./${folder}`, ROOT))) {
    if (isDirectory && !NOT_OURS.includes(name)) paths.push(...await markdownBelow(`${folder}${name}/`));
    else if (name.endsWith(".md")) paths.push(`${folder}${name}`);
  }
  return paths.toSorted();
}

/** Every Markdown file of the repository, sorted by its path. */
export async function everyDocument(): Promise<readonly Document[]> {
  const paths = await markdownBelow("");
  return await Promise.all(paths.map(async (path) => ({ path, text: await Deno.readTextFile(new URL(path, ROOT)) })));
}

/** Whether a document tells people what LMS is, as README.md and what it leads to. */
export function isManual({ path }: Document): boolean {
  return /^(?:README|\.github\/[^/]+|\.github\/docs\/[^/]+)\.md$/.test(path);
}

/** A document without its blocks of code. */
export function prose(text: string): string {
  return text.replaceAll(/^( *)(`{3,})[^]*?^\1\2$/gm, "");
}

/** What a document shows as code: its blocks, and what stands between single marks, each a text. */
export function codeIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^( *)(`{3,})[^\n]*\n([^]*?)^\1\2$/gm)].map(([, , , code]) => code!);
  return [...blocks, ...[...prose(text).matchAll(/`([^`]+)`/g)].map(([, code]) => code!)];
}

/** Rows of all tables of a text: their cells, without code marks. */
export function rowsOf(markdown: string): string[] {
  return prose(markdown).split("\n").filter((line) => line.startsWith("|")).map((line) =>
    line.slice(1, line.lastIndexOf("|")).split(/(?<!\\)\|/).map((cell) => cell.replaceAll(/`|\\(?=\|)/g, "").trim())
      .join(" | ")
  );
}

/** Where the links of a document lead, as they are written. */
export function linksIn(markdown: string): readonly string[] {
  const text = prose(markdown).replaceAll(/`[^`]*`/g, "");
  return [...text.matchAll(/\]\(\s*([^)\s]+)\s*\)|^\[[^\]]+\]:\s+(\S+)/gm)].map(([, link, named]) => (link ?? named)!);
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsIn(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading] of prose(markdown).matchAll(/^#+ (.*)$/gm)) {
    const anchor = heading!.replaceAll(/\]\([^)]*\)/g, "").trim().toLowerCase().replaceAll(
      /[^\p{L}\p{N}\p{M}_ -]/gu,
      "",
    )
      .replaceAll(" ", "-");
    let unique = anchor;
    for (let n = 1; anchors.has(unique); n++) unique = `${anchor}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}
