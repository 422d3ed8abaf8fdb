/**
 * Where Deno keeps the npm packages that it has fetched.
 *
 * @module
 */

/** A file of a package, and Deno's own folder. A cache has one folder for each registry. @throws {Error} Where it is not. */
export async function cachedFile(
  name: string,
  version: string,
  file: string,
): Promise<{ readonly denoDir: string; readonly path: string }> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir, npmCache }: Readonly<Record<string, string>> = JSON.parse(new TextDecoder().decode(stdout));
  for await (const registry of Deno.readDir(npmCache!)) {
    const path = `${npmCache}/${registry.name}/${name}/${version}/${file}`;
    if (await Deno.stat(path).then(() => true, () => false)) return { denoDir: denoDir!, path };
  }
  throw new Error(`Deno's cache does not hold ${file} of ${name}@${version}`);
}
