/**
 * The bill of materials: .ci/sbom.ts as it is run for a release, which validates what it writes against the schema.
 *
 * @module
 */
import { assert, assertArrayIncludes, assertEquals, assertGreater, assertMatch } from "@std/assert";
import project from "../../deno.json" with { type: "json" };

interface Component {
  readonly "bom-ref": string;
  readonly type: string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly unknown[];
}

interface BillOfMaterials {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const root = new URL("../../", import.meta.url);

async function sbom(file: string): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ..."run --no-config --no-lock --no-prompt --allow-read --allow-env --allow-run --allow-write".split(" "),
      ".ci/sbom.ts",
      "--output",
      file,
    ],
    cwd: root,
    env: { SOURCE_DATE_EPOCH: "1795000000" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return await Deno.readTextFile(file);
}

Deno.test(".ci/sbom.ts lists what the program is made of, and nothing of the tests, the same each time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const text = await sbom(`${folder}/new/lms.cdx.json`);
    assertEquals(await sbom(`${folder}/again.json`), text);

    const bom: BillOfMaterials = JSON.parse(text);
    assertEquals([bom.bomFormat, bom.specVersion], ["CycloneDX", "1.6"]);
    assertEquals(bom.metadata.timestamp, "2026-11-18T11:06:40.000Z");
    assertEquals([bom.metadata.component.name, bom.metadata.component.version], ["lms", project.version]);

    const names = bom.components.map(({ group, name }) => group === undefined ? name : `${group}/${name}`);
    assertArrayIncludes(names, [
      "deno",
      "@google-cloud/pubsub",
      "@grpc/grpc-js",
      "mysql2",
      "google-auth-library",
      "esbuild",
      "fastest-levenshtein",
      "@std/cli",
      "@std/log",
    ]);
    assertEquals(names.filter((name) => /fast-check|fake-timers|@std\/assert/.test(name)), []);

    for (const { purl, version, hashes, licenses } of bom.components) {
      assertMatch(purl, /^pkg:(npm|jsr|github)\/[^@\s]+@v?\d/);
      assert(purl.endsWith(version), purl);
      assertGreater(licenses?.length ?? 0, 0, purl);
      if (!purl.startsWith("pkg:npm/")) continue;
      assertEquals(hashes?.map(({ alg }) => alg), ["SHA-512"], purl);
      assertMatch(hashes![0]!.content, /^[0-9a-f]{128}$/, purl);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test(".ci/sbom.ts tells what needs what: every component is reached from the program", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bom: BillOfMaterials = JSON.parse(await sbom(`${folder}/lms.cdx.json`));
    const dependsOn = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn ?? []]));
    const reached = new Set<string>();
    const visit = (ref: string) => {
      if (reached.has(ref)) return;
      reached.add(ref);
      dependsOn.get(ref)?.forEach(visit);
    };
    visit(bom.metadata.component["bom-ref"]);
    assertEquals(bom.components.map((each) => each["bom-ref"]).filter((ref) => !reached.has(ref)), []);
    assertGreater(dependsOn.get(bom.metadata.component["bom-ref"])?.length ?? 0, 6);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
