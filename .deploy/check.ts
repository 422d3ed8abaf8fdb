/**
 * Checks the Dockerfile and the Kubernetes manifest, and that every file here agrees with the program.
 *
 *     deno run --no-config --lock=.ci/deno.lock --frozen --allow-read --allow-run --allow-env --allow-write=FOLDER .deploy/check.ts FOLDER
 *
 * FOLDER is an empty one for intermediate files. What reads and validates comes from npm and is in `.ci/deno.lock`.
 * It is not in deno.json, because nothing else needs it and it would be downloaded with every set-up.
 *
 * @module
 */
import type { Setting } from "../src/config/setting.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { variablesOf } from "../src/config/variables.ts";

/** In variables, so that `deno check` of the project does not want them in its lock file. */
const YAML = "npm:yaml@2.9.1";
const KUBERNETES_MODELS = "npm:kubernetes-models@5.1.0";
const DOCKERFILE_UTILS = "npm:dockerfile-utils@0.16.3";
const DOCKERIGNORE = "npm:@balena/dockerignore@1.0.2";

/** What this looks at of an object of Kubernetes; the schemas know the rest. */
interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // deno-lint-ignore no-explicit-any -- validated against the schemas before it is looked at
  readonly [key: string]: any;
}

interface YamlDocument {
  readonly errors: readonly Error[];
  readonly warnings: readonly Error[];
  toJS(): unknown;
}

interface DockerfileFinding {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
}

/** What tells operators how to install it. */
const DEPLOYMENT = ".github/docs/deployment.md";

const here = new URL("./", import.meta.url);
const root = new URL("../", here);
const scratch = Deno.args[0];
if (scratch === undefined) throw new Error("Name an empty folder for intermediate files");

const findings: string[] = [];
const text = (path: string) => Deno.readTextFile(new URL(path, root));

function must(holds: boolean, what: string): void {
  if (!holds) findings.push(what);
}

/** Every document of a YAML file; two keys alike or a word that YAML does not know is a finding. */
async function yaml(path: string): Promise<unknown[]> {
  const { parseAllDocuments }: { parseAllDocuments(text: string): readonly YamlDocument[] } = await import(YAML);
  return parseAllDocuments(await text(path)).map((document) => {
    for (const { message } of [...document.errors, ...document.warnings]) findings.push(`${path}: ${message}`);
    return document.toJS();
  });
}

/** Against the schemas of Kubernetes: values by its validators, and unknown fields, which those let pass, by its types. */
async function validateObjects(path: string, objects: readonly KubernetesObject[]): Promise<void> {
  const literals: string[] = [];
  for (const { apiVersion, kind, ...rest } of objects) {
    const module = `${KUBERNETES_MODELS}/${apiVersion}/${kind}`;
    const { [kind]: Model } = await import(module);
    try {
      new Model(rest).validate();
    } catch (error) {
      findings.push(`${path}: ${kind}: ${error instanceof Error ? error.message : error}`);
    }
    literals.push(
      `import { ${kind} } from ${JSON.stringify(module)};`,
      `new ${kind}(${JSON.stringify(rest, undefined, 2)});`,
    );
  }
  const file = `${scratch}/manifest.ts`;
  await Deno.writeTextFile(file, literals.join("\n"));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--no-config", `--lock=${new URL(".ci/deno.lock", root).pathname}`, "--frozen", file],
  }).output();
  must(success, `${path}: ${new TextDecoder().decode(stderr)}`);
}

const variables = Object.values(SETTINGS as Readonly<Record<string, Setting<unknown>>>).flatMap(variablesOf);

/** Variables that are no setting of LMS would be ignored without a word, and a bad value would end it with 2. */
function checkEnvironment(path: string, environment: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(environment)) {
    must(variables.includes(name), `${path}: ${name} is no setting of LMS`);
    must(typeof value === "string", `${path}: ${name} is not a string`);
    const setting = Object.values(SETTINGS as Readonly<Record<string, Setting<unknown>>>)
      .find((setting) => variablesOf(setting).includes(name));
    const read = setting?.read(String(value));
    must(read?.ok !== false, `${path}: ${name}=${value}: allowed is ${read?.ok === false && read.problem}`);
  }
}

async function kubernetes(path: string): Promise<void> {
  const objects = await yaml(path) as KubernetesObject[];
  await validateObjects(path, objects);
  const the = (kind: string): KubernetesObject => {
    const found = objects.filter((object) => object.kind === kind);
    if (found.length !== 1) throw new Error(`${path}: ${found.length} objects are a ${kind}`);
    return found[0]!;
  };
  const [deployment, settings] = [the("Deployment"), the("ConfigMap").data as Record<string, string>];
  const { template, selector } = deployment.spec;
  const [container] = template.spec.containers;
  checkEnvironment(path, settings);

  const { labels, annotations } = template.metadata as Record<string, Record<string, string>>;
  const selectors = [
    selector,
    the("PodDisruptionBudget").spec.selector,
    the("NetworkPolicy").spec.podSelector,
    ...template.spec.topologySpreadConstraints.map((each: { labelSelector: unknown }) => each.labelSelector),
  ];
  for (const { matchLabels } of selectors) {
    const selected = Object.entries(matchLabels).every(([name, value]) => labels![name] === value);
    must(selected, `${path}: selects other pods`);
  }
  const checksum = await sha256(Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(""));
  must(
    annotations!["checksum/config"] === checksum,
    `${path}: checksum/config is not that of the ConfigMap: ${checksum}`,
  );
  must(template.spec.serviceAccountName === the("ServiceAccount").metadata.name, `${path}: another service account`);
  must(container.envFrom[0].configMapRef.name === the("ConfigMap").metadata.name, `${path}: another ConfigMap`);
  must(
    template.spec.terminationGracePeriodSeconds > Number(settings.GRACE),
    `${path}: terminationGracePeriodSeconds leaves no time for GRACE`,
  );

  const port = container.ports.find((each: { name: string }) => each.name === "health")?.containerPort;
  must(String(port) === settings.HEALTHPORT, `${path}: the port "health" is not HEALTHPORT`);
  for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
    must(container[probe].httpGet.port === "health", `${path}: ${probe} asks another port`);
  }
  const [mount] = container.volumeMounts;
  const volume = template.spec.volumes.find((each: { name: string }) => each.name === mount.name);
  must(
    settings.MYSQL_PASSWORD_FILE === `${mount.mountPath}/${volume?.secret.items[0].path}`,
    `${path}: MYSQL_PASSWORD_FILE is not where the secret is mounted`,
  );
  const { version } = JSON.parse(await text("deno.json"));
  must(container.image.endsWith(`/lms:${version}`), `${path}: the image is not of version ${version}`);
  must(labels!["app.kubernetes.io/version"] === version, `${path}: the pods are not labelled with version ${version}`);
  const databasePort = new URL(settings.DATABASE_URL!).port || "3306";
  const egress = the("NetworkPolicy").spec.egress as { ports: { port: number }[] }[];
  must(
    egress.some(({ ports }) => ports.some((each) => String(each.port) === databasePort)),
    `${path}: NetworkPolicy keeps the database's port ${databasePort} out`,
  );
  sizes.push([path, settings.MAXINFLIGHTBYTES!, mebibytes(container.resources.limits.memory)]);
  stops.push([path, template.spec.terminationGracePeriodSeconds]);
  report(path, `${objects.length} objects are valid`);
}

/** What each place says of the bytes that are held and of the memory for all, and of the time that a stop may take. */
const sizes: [path: string, inFlight: string, memoryMiB: number][] = [];
const stops: [path: string, seconds: number][] = [];

/** A size as Docker, systemd and Kubernetes write it: 512m, 512M, 512Mi; all three mean powers of two here. */
function mebibytes(text: string): number {
  const [, number] = /^(\d+)(?:m|M|Mi)$/.exec(text) ?? [];
  return Number(number);
}

async function sha256(content: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content)));
  return hash.toHex();
}

/** One number for one thing. */
async function agreement(): Promise<void> {
  const manual = await text(DEPLOYMENT);
  const [, memory] = /docker run [^`]*--memory=(\S+)/.exec(manual) ?? [];
  const [, stop] = /docker run [^`]*--stop-timeout=(\d+)/.exec(manual) ?? [];
  const inFlight = sizes[0]![1];
  sizes.push([DEPLOYMENT, inFlight, mebibytes(memory ?? "")]);
  stops.push([DEPLOYMENT, Number(stop)]);
  const [compose] = await yaml("compose.yaml") as [{ services: { lms: { stop_grace_period: string } } }];
  stops.push(["compose.yaml", parseInt(compose.services.lms.stop_grace_period)]);
  for (const [path, bytes, memoryMiB] of sizes) {
    must(bytes === inFlight && memoryMiB === sizes[0]![2], `${path}: ${bytes} held in ${memoryMiB} MiB, elsewhere not`);
  }
  for (const [path, seconds] of stops) {
    must(seconds === stops[0]![1], `${path}: a stop may take ${seconds} s, elsewhere not`);
  }
  report("all", `${inFlight} held in ${sizes[0]![2]} MiB, ${stops[0]![1]} s for a stop`);
}

/** A unit or environment file: its assignments, those that are commented out too, the last of a name counting. */
function assignments(file: string): Record<string, string> {
  return Object.fromEntries([...file.matchAll(/^#?([A-Za-z_]\w*)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}

async function systemd(unitPath: string, environmentPath: string): Promise<void> {
  const unit = assignments(await text(unitPath));
  const environment = assignments(await text(environmentPath));
  const set = assignments((unit.Environment ?? "").replaceAll(" ", "\n"));
  checkEnvironment(environmentPath, environment);
  checkEnvironment(unitPath, set);
  must(
    parseInt(unit.TimeoutStopSec ?? "0") > Number(environment.GRACE),
    `${unitPath}: TimeoutStopSec leaves no time for GRACE`,
  );
  must(
    set.MYSQL_PASSWORD_FILE === `%d/${unit.LoadCredential?.split(":")[0]}`,
    `${unitPath}: MYSQL_PASSWORD_FILE is not the credential`,
  );
  sizes.push([unitPath, environment.MAXINFLIGHTBYTES ?? "", mebibytes(unit.MemoryMax ?? "")]);
  stops.push([unitPath, parseInt(unit.TimeoutStopSec ?? "0")]);
  report(environmentPath, "every variable is a setting");
}

/** Docker's own check wants an engine, so: a parser, and that what is copied reaches the build. */
async function dockerfile(path: string): Promise<void> {
  const { validate }: { validate(text: string): readonly DockerfileFinding[] } = await import(DOCKERFILE_UTILS);
  const { default: ignore } = await import(DOCKERIGNORE);
  const content = await text(path);
  for (const { message, range } of validate(content)) findings.push(`${path}:${range.start.line + 1}: ${message}`);

  const ignored = ignore().add(await text(".dockerignore"));
  const sources = [...content.matchAll(/^COPY (?!--from)((?:\S+ )+)\S+$/gm)].flatMap(([, names]) =>
    names!.trim().split(" ")
  );
  must(sources.length > 2, `${path}: copies next to nothing`);
  for (const source of sources) {
    const found = await Deno.stat(new URL(source, root)).catch(() => undefined);
    must(found !== undefined, `${path}: there is no ${source}`);
    must(!ignored.ignores(source), `${path}: .dockerignore keeps ${source} out`);
  }
  report(path, `${sources.length} sources reach the build`);
}

const lines: string[] = [];
function report(path: string, what: string): void {
  lines.push(`${path}: ${what}`);
}

for (
  const check of [
    () => dockerfile(".deploy/Dockerfile"),
    () => kubernetes(".deploy/kubernetes.yaml"),
    () => systemd(".deploy/lms.service", ".deploy/lms.env"),
    agreement,
  ]
) {
  const before = findings.length;
  const told = lines.length;
  await check().catch((error) => findings.push(error instanceof Error ? error.stack ?? error.message : String(error)));
  // What was found wrong is not reported as valid.
  if (findings.length > before) lines.length = told;
}
await Deno.stdout.write(new TextEncoder().encode(`${[...lines, ...findings].join("\n")}\n`));
Deno.exit(findings.length === 0 ? 0 : 1);
