/**
 * Makes a bill of materials (CycloneDX 1.6, JSON) of the parts that come in on stdin, holds it against the schema, and
 * writes it to stdout. `.ci/sbom.ts` runs it, without any right.
 *
 * @module
 */
import type { Package, Parts } from "./sbom.ts";

/** In variables, so that `deno check` of the project does not want them in its lock file: they are in `.ci/deno.lock`. */
const AJV = "npm:ajv@8.20.0";
const AJV_FORMATS = "npm:ajv-formats@3.0.1";
const AJV_FORMATS_2019 = "npm:ajv-formats-draft2019@1.6.1";
const CYCLONEDX = "npm:@cyclonedx/cyclonedx-library@10.3.0";
const { default: Ajv } = await import(AJV);
const { default: addFormats } = await import(AJV_FORMATS);
const { default: addFormats2019 } = await import(AJV_FORMATS_2019);
const { Enums, Models, Serialize, Spec, SPDX } = await import(CYCLONEDX);

const { program, components: given, time, library, schemas }: Parts = await new Response(Deno.stdin.readable).json();

/** A UUID of version 8, which is made of what one likes: here of the text's SHA-256. */
async function uuidOf(content: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content))).slice(0, 16);
  bytes[6] = 0x80 | bytes[6]! & 0x0f;
  bytes[8] = 0x80 | bytes[8]! & 0x3f;
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function licence(declared: string) {
  const made = SPDX.isSupportedSpdxId(declared)
    ? new Models.SpdxLicense(declared)
    : / (OR|AND|WITH) /.test(declared)
    ? new Models.LicenseExpression(declared)
    : new Models.NamedLicense(declared);
  made.acknowledgement = Enums.LicenseAcknowledgement.Declared;
  return made;
}

function component(type: string, part: Package) {
  return new Models.Component(type, part.name, {
    bomRef: part.id,
    group: part.group,
    version: part.version,
    purl: part.purl,
    licenses: new Models.LicenseRepository(part.licences.map(licence)),
    hashes: new Models.HashDictionary(part.sha512 ? [[Enums.HashAlgorithm["SHA-512"], part.sha512]] : []),
    properties: new Models.PropertyRepository(
      Object.entries(part.properties).map(([name, value]) => new Models.Property(name, value)),
    ),
  });
}

const components = new Map(given.map(({ type, part }) => [part.id, component(type, part)]));
const lms = component(Enums.ComponentType.Application, program);
for (const { part, cpe } of given) {
  if (cpe !== undefined) components.get(part.id).cpe = cpe;
  for (const each of part.dependencies) components.get(part.id).dependencies.add(components.get(each).bomRef);
}
for (const id of program.dependencies) lms.dependencies.add(components.get(id).bomRef);

const [group, name] = library.name.split("/");
const bom = new Models.Bom({
  components: new Models.ComponentRepository(components.values()),
  metadata: new Models.Metadata({
    component: lms,
    timestamp: time === undefined ? undefined : new Date(time),
    tools: new Models.Tools({
      components: new Models.ComponentRepository([
        new Models.Component(Enums.ComponentType.Application, "sbom.ts", { group: "lms", version: program.version }),
        new Models.Component(Enums.ComponentType.Library, name, { group, version: library.version }),
      ]),
    }),
  }),
});
const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
const serialize = (): string => `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
bom.serialNumber = `urn:uuid:${await uuidOf(serialize())}`;
const json = serialize();

const ajv = new Ajv({ strict: false, addUsedSchema: false, schemas: schemas.others });
addFormats(ajv);
addFormats2019(ajv, { formats: ["idn-email"] });
ajv.addFormat("iri-reference", true);
const validate = ajv.compile(schemas.bom);
if (!validate(JSON.parse(json))) throw new Error(`Not a valid CycloneDX 1.6: ${JSON.stringify(validate.errors)}`);
await new Response(json).body!.pipeTo(Deno.stdout.writable);
