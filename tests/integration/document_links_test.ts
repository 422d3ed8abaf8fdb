/**
 * The documents hang together: every link leads somewhere, every document is found, and none is too long to be read.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { anchorsIn, everyDocument, isManual, linksIn } from "../support/documents.ts";
import { sourceFiles } from "../support/module_graph.ts";

const root = new URL("../../", import.meta.url);
const documents = await everyDocument();
const anchors = new Map(documents.map(({ path, text }) => [path, anchorsIn(text)]));

/** Where a link leads, from the root of the repository, and the anchor there. */
function targetOf(link: string, from: string): { readonly path: string; readonly anchor: string } {
  const { href, hash } = new URL(link, new URL(from, root));
  const path = decodeURIComponent(href.slice(root.href.length)).split("#")[0]!;
  return { path, anchor: hash.slice(1) };
}

/** Whether there is such a file or folder. */
async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(new URL(`./${path}`, root)).then(() => true, () => false);
}

Deno.test("every link between documents leads to a file and a heading that are there", async () => {
  const dead: string[] = [];
  let links = 0;
  for (const { path: from, text } of documents) {
    for (const link of linksIn(text)) {
      if (/^[a-z]+:/.test(link)) continue;
      links++;
      const { path, anchor } = targetOf(link, from);
      const found = await isThere(path) && (anchor === "" || anchors.get(path)?.has(anchor) === true);
      if (!found) dead.push(`${from}: ${link}`);
    }
  }
  assertGreater(links, 60);
  assertEquals(dead, []);
});

Deno.test("every document that something else names by its path is there", async () => {
  const files = ["Makefile", "compose.yaml", "deno.json", ...await sourceFiles("src"), ...await sourceFiles(".ci")];
  for await (const { name, isFile } of Deno.readDir(new URL(".deploy", root))) {
    if (isFile) files.push(`.deploy/${name}`);
  }
  let named = 0;
  for (const file of files) {
    const text = await Deno.readTextFile(new URL(file, root));
    for (const [path] of text.matchAll(/\.github\/[\w/]+\.md/g)) {
      named++;
      assert(await isThere(path), `${file}: ${path}`);
    }
  }
  assertGreater(named, 5);
});

Deno.test("README.md and the index lead to every document in .github/docs", () => {
  const paths = documents.map(({ path }) => path).filter((path) => path.startsWith(".github/docs/"));
  assertGreater(paths.length, 10);
  for (const from of ["README.md", ".github/docs/README.md"]) {
    const { text } = documents.find(({ path }) => path === from)!;
    const linked = linksIn(text).map((link) => targetOf(link, from).path);
    assertEquals(paths.filter((path) => path !== from && !linked.includes(path)), [], from);
  }
});

Deno.test("README.md has at most 250 lines, and every other document fewer than 200", () => {
  for (const { path, text } of documents.filter(isManual)) {
    // It grows with every release.
    if (path === ".github/CHANGELOG.md") continue;
    const lines = text.trimEnd().split("\n").length;
    const most = path === "README.md" ? 250 : 199;
    assert(lines <= most, `${path} has ${lines} lines, ${most} at most: two documents are read more easily`);
  }
});
