/**
 * Writes what the executable is made of, as a bill of materials (CycloneDX 1.6, JSON): the packages that `src/main.ts`
 * reaches, with what deno.lock says of each, and the Deno runtime that holds them.
 *
 *     deno run --no-config --no-lock --no-prompt --allow-read --allow-env --allow-run --allow-write .ci/sbom.ts \
 *       --output dist/release/lms.cdx.json
 *
 * The same commit gives the same bytes: its time is SOURCE_DATE_EPOCH or that of the commit, its serial number comes from
 * its content. It is validated against the schema before it is written.
 *
 * The library, of the CycloneDX project itself, and its validator are fetched from npm when this runs, each at one exact
 * version. They are not in deno.json, because nothing else needs them and they would be downloaded with every set-up.
 *
 * @module
 */

/** The three optional parts of the library that its validator wants; it finds them if they were loaded before. */
const VALIDATOR_PARTS = ["npm:ajv@8.20.0", "npm:ajv-formats@3.0.1", "npm:ajv-formats-draft2019@1.6.1"];
const LIBRARY = { name: "@cyclonedx/cyclonedx-library", version: "10.3.0" };

/** Of `deno info --json FILE`, what is read here. */
interface ModuleGraph {
  readonly modules: readonly {
    readonly kind?: string;
    readonly specifier: string;
    readonly npmPackage?: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier: string } }[];
  }[];
  readonly npmPackages: Readonly<
    Record<string, { readonly name: string; readonly version: string; readonly dependencies: readonly string[] }>
  >;
}

/** Of deno.lock, what is read here. */
interface LockFile {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly jsr?: Readonly<Record<string, { readonly integrity: string; readonly dependencies?: readonly string[] }>>;
  readonly npm?: Readonly<Record<string, { readonly integrity: string }>>;
}

interface Package {
  readonly id: string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** As the package declares it: SPDX ids, expressions, or words of its own. */
  readonly licences: readonly string[];
  /** Of the package's archive, in hexadecimal. */
  readonly sha512?: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Ids. */
  readonly dependencies: readonly string[];
}

const root = new URL("../", import.meta.url);
const text = (path: string) => Deno.readTextFile(new URL(path, root));

/** What a program prints. */
async function output(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd: root }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** `@scope/name` in its two parts. */
function split(name: string): { readonly group?: string; readonly name: string } {
  const [first, second] = name.split("/");
  return second === undefined ? { name: first! } : { group: first!, name: second };
}

/** `pkg:TYPE/NAME@VERSION`; the `@` of a scope is percent-encoded, the slash after it is not. */
function purl(type: string, name: string, version: string): string {
  return `pkg:${type}/${name.split("/").map(encodeURIComponent).join("/")}@${encodeURIComponent(version)}`;
}

/** Everything that is reached from some ids, themselves included, in order. */
function closure(ids: Iterable<string>, dependenciesOf: (id: string) => readonly string[]): string[] {
  const reached = new Set<string>();
  const visit = (id: string) => {
    if (reached.has(id)) return;
    reached.add(id);
    dependenciesOf(id).forEach(visit);
  };
  for (const id of ids) visit(id);
  return [...reached].toSorted();
}

/** The folders that hold npm packages as `NAME/VERSION`, one for each registry. */
async function npmFolders(): Promise<string[]> {
  const { npmCache } = JSON.parse(await output(Deno.execPath(), "info", "--json"));
  return (await Array.fromAsync(Deno.readDir(npmCache)))
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => `${npmCache}/${name}`);
}

/** What package.json declares, in today's form and in the two that npm had before. */
function declaredLicences(manifest: { license?: unknown; licenses?: unknown }): string[] {
  const all = [manifest.license, manifest.licenses].flat().map((each) =>
    typeof each === "object" && each !== null && "type" in each ? each.type : each
  );
  return all.filter((each) => typeof each === "string");
}

async function npmPackages(graph: ModuleGraph, lock: LockFile): Promise<{ roots: string[]; packages: Package[] }> {
  const roots = graph.modules.flatMap(({ npmPackage }) => npmPackage ?? []);
  const folders = await npmFolders();
  const packages = closure(roots, (id) => graph.npmPackages[id]?.dependencies ?? []).map(
    async (id): Promise<Package> => {
      const { name, version, dependencies } = graph.npmPackages[id]!;
      const integrity = lock.npm?.[id]?.integrity;
      if (!integrity?.startsWith("sha512-")) throw new Error(`deno.lock has no SHA-512 of ${id}`);
      const manifests = await Promise.all(
        folders.map((folder) => Deno.readTextFile(`${folder}/${name}/${version}/package.json`).catch(() => undefined)),
      );
      const manifest = manifests.find((each) => each !== undefined);
      if (manifest === undefined) throw new Error(`Deno's cache does not hold ${id}`);
      return {
        id: `npm:${id}`,
        ...split(name),
        version,
        purl: purl("npm", name, version),
        licences: declaredLicences(JSON.parse(manifest)),
        sha512: Uint8Array.fromBase64(integrity.slice("sha512-".length)).toHex(),
        properties: {},
        dependencies: dependencies.map((each) => `npm:${each}`),
      };
    },
  );
  return { roots: roots.map((id) => `npm:${id}`), packages: await Promise.all(packages) };
}

/**
 * By deno.lock rather than by modules: where jsr.io does not answer the modules are others, the packages the same.
 * The type `jsr` is proposed for package URLs and not yet in their list.
 */
function jsrPackages(graph: ModuleGraph, lock: LockFile): { roots: string[]; packages: Package[] } {
  /** Of `jsr:@std/fmt@^1.0.5`, or `jsr:@std/fs` where the lock has one version only. */
  const resolved = (specifier: string): string => {
    const [, name, range] = /^jsr:\/?(@[^/]+\/[^@/]+)(?:@([^/]+))?/.exec(specifier) ?? [];
    const version = lock.specifiers[`jsr:${name}@${range}`];
    const id = version === undefined
      ? Object.keys(lock.jsr ?? {}).find((each) => each.startsWith(`${name}@`))
      : `${name}@${version}`;
    if (id === undefined || lock.jsr?.[id] === undefined) throw new Error(`deno.lock does not have ${specifier}`);
    return id;
  };
  const dependenciesOf = (id: string) => (lock.jsr?.[id]?.dependencies ?? []).map(resolved);

  const own = new URL("src/", root).href;
  const roots = [
    ...new Set(
      graph.modules.filter(({ specifier }) => specifier.startsWith(own))
        .flatMap(({ dependencies }) => dependencies ?? []).flatMap(({ code }) => code?.specifier ?? [])
        .filter((specifier) => specifier.startsWith("jsr:")).map(resolved),
    ),
  ];
  const packages = closure(roots, dependenciesOf).map((id): Package => {
    const at = id.lastIndexOf("@");
    const [name, version] = [id.slice(0, at), id.slice(at + 1)];
    return {
      id: `jsr:${id}`,
      ...split(name),
      version,
      purl: purl("jsr", name, version),
      // jsr packages have no field for it; every file of std says so in its first line.
      licences: name.startsWith("@std/") ? ["MIT"] : [],
      // Not a hash of the package: of the list of its files with their hashes.
      properties: { "deno:lock:integrity": `sha256-${lock.jsr![id]!.integrity}` },
      dependencies: dependenciesOf(id).map((each) => `jsr:${each}`),
    };
  });
  return { roots: roots.map((id) => `jsr:${id}`), packages };
}

/** The runtime that `deno compile` puts the program into: always of the version that runs this. */
function runtime(): Package {
  const { deno, v8, typescript } = Deno.version;
  return {
    id: `deno@${deno}`,
    name: "deno",
    version: deno,
    purl: `pkg:github/denoland/deno@v${deno}`,
    licences: ["MIT"],
    properties: { "deno:v8": v8, "deno:typescript": typescript },
    dependencies: [],
  };
}

/** The commit, whether the program was changed since, and the time that this is said to be made at. */
async function source(): Promise<{ readonly properties: Record<string, string>; readonly time: Date | undefined }> {
  const epoch = Deno.env.get("SOURCE_DATE_EPOCH");
  const properties: Record<string, string> = {};
  let seconds = epoch;
  try {
    properties["lms:commit"] = await output("git", "rev-parse", "HEAD");
    const changed = await output("git", "status", "--porcelain", "--", "deno.json", "deno.lock", "src");
    if (changed !== "") properties["lms:modified"] = "true";
    seconds ??= await output("git", "log", "-1", "--format=%ct");
  } catch {
    // Outside of a repository, as in the image's build, there is no commit to name.
  }
  return { properties, time: seconds === undefined ? undefined : new Date(Number(seconds) * 1000) };
}

/** A UUID of version 8, which is made of what one likes: here of the text's SHA-256. */
async function uuidOf(content: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content))).slice(0, 16);
  bytes[6] = 0x80 | bytes[6]! & 0x0f;
  bytes[8] = 0x80 | bytes[8]! & 0x3f;
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function billOfMaterials(): Promise<string> {
  // What is not in the cache yet has no package.json to read.
  await output(Deno.execPath(), "cache", "--quiet", "--frozen", "src/main.ts");
  const graph: ModuleGraph = JSON.parse(await output(Deno.execPath(), "info", "--json", "src/main.ts"));
  const lock: LockFile = JSON.parse(await text("deno.lock"));
  const { version } = JSON.parse(await text("deno.json"));
  const [npm, jsr, deno] = [await npmPackages(graph, lock), jsrPackages(graph, lock), runtime()];
  const { properties, time } = await source();

  for (const part of VALIDATOR_PARTS) await import(part);
  const { Enums, Models, Serialize, Spec, SPDX, Validation } = await import(`npm:${LIBRARY.name}@${LIBRARY.version}`);

  const licence = (declared: string) => {
    const made = SPDX.isSupportedSpdxId(declared)
      ? new Models.SpdxLicense(declared)
      : / (OR|AND|WITH) /.test(declared)
      ? new Models.LicenseExpression(declared)
      : new Models.NamedLicense(declared);
    made.acknowledgement = Enums.LicenseAcknowledgement.Declared;
    return made;
  };
  const propertiesOf = (of: Readonly<Record<string, string>>) =>
    new Models.PropertyRepository(Object.entries(of).map(([name, value]) => new Models.Property(name, value)));
  const component = (type: string, part: Package) =>
    new Models.Component(type, part.name, {
      bomRef: part.id,
      group: part.group,
      version: part.version,
      purl: part.purl,
      licenses: new Models.LicenseRepository(part.licences.map(licence)),
      hashes: new Models.HashDictionary(part.sha512 ? [[Enums.HashAlgorithm["SHA-512"], part.sha512]] : []),
      properties: propertiesOf(part.properties),
    });

  const packages = [...npm.packages, ...jsr.packages];
  const components = new Map(packages.map((part) => [part.id, component(Enums.ComponentType.Library, part)]));
  components.set(deno.id, component(Enums.ComponentType.Platform, deno));
  components.get(deno.id).cpe = `cpe:2.3:a:deno:deno:${deno.version}:*:*:*:*:*:*:*`;
  for (const { id, dependencies } of packages) {
    for (const each of dependencies) components.get(id).dependencies.add(components.get(each).bomRef);
  }
  const lms = component(Enums.ComponentType.Application, {
    id: `lms@${version}`,
    name: "lms",
    version,
    purl: purl("generic", "lms", version),
    licences: ["MIT"],
    properties,
    dependencies: [],
  });
  for (const id of [...npm.roots, ...jsr.roots, deno.id]) lms.dependencies.add(components.get(id).bomRef);

  const bom = new Models.Bom({
    components: new Models.ComponentRepository(components.values()),
    metadata: new Models.Metadata({
      component: lms,
      timestamp: time,
      tools: new Models.Tools({
        components: new Models.ComponentRepository([
          new Models.Component(Enums.ComponentType.Application, "sbom.ts", { group: "lms", version }),
          new Models.Component(Enums.ComponentType.Library, split(LIBRARY.name).name, {
            group: split(LIBRARY.name).group,
            version: LIBRARY.version,
          }),
        ]),
      }),
    }),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  const serialize = (): string => `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
  bom.serialNumber = `urn:uuid:${await uuidOf(serialize())}`;
  const json = serialize();
  const wrong = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(json);
  if (wrong !== null) throw new Error(`Cannot write the bill of materials: ${JSON.stringify(wrong)}`);
  return json;
}

const path = Deno.args[0] === "--output" && Deno.args.length === 2 ? Deno.args[1]! : undefined;
if (path === undefined) throw new Error("Usage: .ci/sbom.ts --output FILE");
const json = await billOfMaterials();
await Deno.mkdir(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".", { recursive: true });
await Deno.writeTextFile(path, json);
const { components } = JSON.parse(json);
await Deno.stdout.write(new TextEncoder().encode(`${path}: ${components.length} components, CycloneDX 1.6\n`));
