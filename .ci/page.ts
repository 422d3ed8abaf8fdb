/**
 * Builds the dashboard's page: `deno task page`. Modules and styles of `src/dashboard` become a few files whose names tell
 * what they hold, and all of them one JSON file that the server reads.
 *
 *     page.ts [--output=dist/page.json] [--sizes]
 *
 * Where the file is there and was made of the same sources, nothing is done.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";

/** The page's files by name, and what they were made of. */
export interface BuiltPage {
  readonly sources: string;
  readonly files: Readonly<Record<string, { readonly type: string; readonly text: string }>>;
}

const root = new URL("../", import.meta.url).pathname;
const folder = `${root}src/dashboard`;

/** All in gzip, in bytes: what a slow line brings in a second. */
const GZIP_MAX = 150_000;

/** Builds the page into a file, unless that is there already. @throws {Error} Where it cannot be built. */
export async function buildPage(output: string): Promise<BuiltPage> {
  const sources = await sourcesDigest();
  const there = await Deno.readTextFile(output).then((text) => JSON.parse(text) as BuiltPage, () => undefined);
  if (there?.sources === sources) return there;
  const [script, style, icon] = await Promise.all([
    bundle(),
    styles(),
    Deno.readTextFile(`${folder}/icon.svg`),
  ]);
  const names = {
    script: await nameOf("app.js", script),
    style: await nameOf("app.css", style),
    icon: await nameOf("icon.svg", icon),
  };
  const html = (await Deno.readTextFile(`${folder}/index.html`)).replaceAll(
    /\{(script|style|icon)\}/g,
    (_, part: keyof typeof names) => names[part],
  );
  const page: BuiltPage = {
    sources,
    files: {
      "index.html": { type: "text/html; charset=utf-8", text: html },
      [names.script]: { type: "text/javascript; charset=utf-8", text: script },
      [names.style]: { type: "text/css; charset=utf-8", text: style },
      [names.icon]: { type: "image/svg+xml", text: icon },
    },
  };
  const total = (await sizes(page)).reduce((sum, { gzip }) => sum + gzip, 0);
  if (total > GZIP_MAX) throw new Error(`The page has ${total} bytes in gzip, over ${GZIP_MAX}`);
  await Deno.mkdir(output.replace(/[^/]+$/, ""), { recursive: true });
  // Whoever reads it meanwhile has the one before.
  await Deno.writeTextFile(`${output}.new`, JSON.stringify(page));
  await Deno.rename(`${output}.new`, output);
  return page;
}

/** What each file takes, in bytes. */
export async function sizes(page: BuiltPage) {
  return await Promise.all(
    Object.entries(page.files).map(async ([name, { text }]) => {
      const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
      return { name, raw: new TextEncoder().encode(text).length, gzip: (await new Response(packed).bytes()).length };
    }),
  );
}

/** Of everything that the page is made of: its folder, what it shares with the server, packages, and how it is built. */
async function sourcesDigest(): Promise<string> {
  const shared = ["src/http/page/views.ts", "deno.json", "deno.lock", ".ci/page.ts"].map((path) => `${root}${path}`);
  const paths = [...await filesBelow(folder), ...shared];
  const texts = await Promise.all(paths.map(async (path) => `${path.slice(root.length)}\0${await readText(path)}`));
  return (await sha256(texts.join("\0"))).slice(0, 32);
}

const readText = (path: string) => Deno.readTextFile(path);

async function filesBelow(path: string): Promise<string[]> {
  const all = await Promise.all(
    (await Array.fromAsync(Deno.readDir(path))).map(({ name, isDirectory }) =>
      isDirectory ? filesBelow(`${path}/${name}`) : [`${path}/${name}`]
    ),
  );
  return all.flat().toSorted();
}

async function bundle(): Promise<string> {
  const args = ["bundle", "--quiet", "--frozen", "--platform=browser", "--minify", `${folder}/main.tsx`];
  const env = { ...Deno.env.toObject(), NO_COLOR: "1" };
  const command = new Deno.Command(Deno.execPath(), { args, cwd: root, clearEnv: true, env });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`Cannot bundle the page: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** All style sheets in the order of their names, without comments and indentation. */
async function styles(): Promise<string> {
  const texts = await Promise.all((await filesBelow(`${folder}/styles`)).map(readText));
  return texts.join("\n").replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\s*\n\s*/g, "\n").trim();
}

/** A name that tells what is in it, so that it may be kept for ever. */
async function nameOf(name: string, text: string): Promise<string> {
  return name.replace(".", `-${(await sha256(text)).slice(0, 12)}.`);
}

async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["output"],
    boolean: ["sizes"],
    default: { output: `${root}dist/page.json` },
  });
  const page = await buildPage(flags.output);
  if (flags.sizes) {
    const all = await sizes(page);
    const line = (name: string, raw: number, gzip: number) =>
      `${name.padEnd(24)} ${(raw / 1000).toFixed(1).padStart(7)} kB ${
        (gzip / 1000).toFixed(1).padStart(7)
      } kB in gzip\n`;
    const sum = (of: "raw" | "gzip") => all.reduce((total, file) => total + file[of], 0);
    const lines = [...all.map(({ name, raw, gzip }) => line(name, raw, gzip)), line("all", sum("raw"), sum("gzip"))];
    Deno.stdout.writeSync(new TextEncoder().encode(lines.join("")));
  }
}
