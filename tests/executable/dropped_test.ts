/**
 * The compiled program where people drop it: an empty folder, no environment, another user, nothing to write to.
 *
 * @module
 */
import { assertArrayIncludes, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { startDatabase } from "../support/database.ts";
import { namesIn, temporaryFolder } from "../support/run_lms.ts";

const executable = new URL("../../dist/", import.meta.url).pathname;

/** How to run it. */
interface Run {
  readonly program?: "lms" | "lms-mon";
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** With every file system read-only, the working directory's too. */
  readonly readOnly?: boolean;
}

/** Somebody with no rights, where this process may become them; else this process's own user, who is no administrator. */
const NOBODY = Deno.uid() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];

/** Runs a copy of the program in a folder of its own: under `env -i`, as nobody, with no terminal. */
async function dropped({ program = "lms", args, cwd, env = {}, readOnly = false }: Run) {
  const copy = `${cwd}/${program}`;
  await Deno.copyFile(executable + program, copy);
  const readOnlyFirst = readOnly
    ? [
      "unshare",
      ...(Deno.uid() === 0 ? [] : ["--map-root-user"]),
      "--mount",
      "--propagation=private",
      "sh",
      "-c",
      'mount -o remount,bind,ro / && exec "$@"',
      "sh",
    ]
    : [];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const [command, ...rest] = [...readOnlyFirst, ...NOBODY, "env", "-i", ...variables, copy, ...args];
  const { code, stdout, stderr } = await new Deno.Command(command!, { args: rest, cwd, stdin: "null" }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** A folder that nobody else knows, and that everybody may enter and write to. */
async function emptyFolder() {
  const folder = await temporaryFolder();
  await Deno.chmod(folder.path, 0o777);
  return folder;
}

Deno.test("lms in an empty folder, as nobody, with no environment, stores and prints what mock sends", async () => {
  await using folder = await emptyFolder();
  const { code, stdout, stderr } = await dropped({ args: ["mock"], cwd: folder.path });
  assertEquals({ code, stderr }, { code: 0, stderr: "3 record(s)\n" });
  // A payload may have lines of its own.
  assertMatch(stdout, /^service_name,payload,severity,timestamp,created_at\n[^]+Z,[^]+Z\n$/);
  assertEquals(await namesIn(folder.path), ["lms"]);
});

Deno.test("lms with CA bundle variables that point nowhere does what needs no CA", async () => {
  await using folder = await emptyFolder();
  const env = Object.fromEntries(
    ["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "REQUESTS_CA_BUNDLE"]
      .map((name) => [name, "/nowhere/ca.pem"]),
  );
  const { code, stderr } = await dropped({ args: ["mock"], cwd: folder.path, env });
  assertEquals(code, 0);
  assertStringIncludes(stderr, "3 record(s)");
});

for (const program of ["lms", "lms-mon"] as const) {
  Deno.test(`${program} does not look for credentials in a home folder that it may not read`, async () => {
    await using folder = await emptyFolder();
    const env = { HOME: "/root", PUBSUB_PROJECT_ID: "my-project", METADATA_SERVER_DETECTION: "none" };
    const args = ["mon", "--database=sqlite::memory:"];
    const { code, stderr } = await dropped({ program, args, cwd: folder.path, env });
    assertEquals(code, 1);
    assertMatch(stderr, /"msg":"Cannot open Pub\/Sub: Could not load the default credentials; [^\n]*\n$/m);
  });
}

Deno.test("lms demo leaves its database in the folder that it was started in", async () => {
  await using folder = await emptyFolder();
  const { code, stdout } = await dropped({ args: ["demo", "--duration=1"], cwd: folder.path });
  assertEquals(code, 0, stdout);
  assertStringIncludes(stdout, "the tables agree");
  assertArrayIncludes(await namesIn(folder.path), ["lms.db"]);
});

Deno.test("lms says which right it lacks when a file is out of its reach", async () => {
  await using folder = await emptyFolder();
  const args = ["verify", "--database=sqlite:/srv/elsewhere.db"];
  const { code, stderr } = await dropped({ args, cwd: folder.path });
  assertEquals(code, 1);
  assertMatch(stderr, /Cannot .*\/srv\/elsewhere\.db.*ALLOW_READ/s);
  assertEquals(stderr.includes("deno compile"), false, stderr);
});

for (const program of ["lms", "lms-mon"] as const) {
  Deno.test(`${program} mon runs with every file system read-only, as nobody, and stores into MySQL`, async () => {
    await using folder = await emptyFolder();
    await using server = await startDatabase("mysql");
    await using database = await server.freshDatabase();
    await using pubsub = await FakeServer.start({ port: 0 });
    const emulator = { PUBSUB_EMULATOR_HOST: pubsub.address };
    const published = await dropped({ args: ["pub", "5"], cwd: folder.path, env: emulator });
    assertEquals(published.code, 0, published.stderr);
    const { code, stderr } = await dropped({
      program,
      args: ["mon", "--duration=3", "--flush-interval=100ms"],
      cwd: folder.path,
      env: { ...emulator, DATABASE_URL: database.url },
      readOnly: true,
    });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "5 record(s)");
    const [row] = await database.query("SELECT SUM(`count`) AS counted FROM service_severity");
    assertEquals(Number(row?.counted), 5);
  });
}

Deno.test("lms-mon has the monitor's commands, and knows of no other", async () => {
  await using folder = await emptyFolder();
  const { code, stderr } = await dropped({ program: "lms-mon", args: ["mock"], cwd: folder.path });
  assertEquals(code, 2);
  assertMatch(
    stderr,
    /^Unknown command "mock"; did you mean mon\? Known: mon, api, health, migrate, verify, dead-letters, completion, man, version\n$/,
  );
});

for (const program of ["lms", "lms-mon"] as const) {
  Deno.test(`${program} prints its completion and its manual page, under its own name and with the build's date`, async () => {
    await using folder = await emptyFolder();
    const completion = await dropped({ program, args: ["completion", "bash"], cwd: folder.path });
    assertMatch(completion.stdout, new RegExp(`^complete -F \\w+ ${program}\n$`, "m"));
    const man = await dropped({ program, args: ["man"], cwd: folder.path });
    const title = program.toUpperCase().replace("-", "\\\\-");
    assertMatch(man.stdout, new RegExp(`^\\.TH "${title}" "1" "\\d{4}-\\d\\d-\\d\\d" "`, "m"));
    assertEquals(man.stdout.includes("lms mock"), program === "lms");
  });
}
