/**
 * What the executables cannot do, tried by programs that are compiled with the same flags.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { namesIn, temporaryFolder } from "../support/run_lms.ts";
import type { Outcome, Places } from "./probe.ts";

const root = new URL("../../", import.meta.url).pathname;

/** How an attempt ends that the runtime does not allow. */
const REFUSED = /^(NotCapable|PermissionDenied): /;

/** What neither program may do, and how it is told where it is told otherwise than by the runtime's own error. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  "spawn a program": REFUSED,
  "spawn a program through node:child_process": /^Error: Command failed/,
  "load a library": REFUSED,
  "load a native addon": REFUSED,
  "read /etc/shadow": REFUSED,
  "read /etc/passwd": REFUSED,
  "read /proc/self/environ": REFUSED,
  "read keys beside certificates": REFUSED,
  "read elsewhere": REFUSED,
  "read elsewhere through node:fs": REFUSED,
  "list elsewhere": REFUSED,
  "write elsewhere": REFUSED,
  "write elsewhere through node:fs": REFUSED,
  "remove elsewhere": REFUSED,
  "make a link out": REFUSED,
  "open a database elsewhere": REFUSED,
  "attach a database elsewhere": /too many attached databases - max 0/,
  "load an SQLite extension": REFUSED,
  "read a variable that is not listed": REFUSED,
  "list every variable": REFUSED,
  "ask for the machine's name": REFUSED,
  "ask for the user's id": REFUSED,
  "ask for more at a prompt": REFUSED,
  "import code from the network": /Module not found|NotCapable/,
  "connect to a host out of scope": REFUSED,
  "connect to a host out of scope through node:net": REFUSED,
  "fetch from a host out of scope": REFUSED,
  "listen": REFUSED,
};

/** What both may do: otherwise a refusal of the rest would mean nothing. */
const ALLOWED = ["connect to a host in scope", "read a variable that is listed"];
/** What `lms` may do in the folder that it is started in, and `lms-mon` may not. */
const WITHIN = ["read within", "write within", "follow a link that leads out"];

for (const program of ["lms", "lms-mon"]) {
  Deno.test(`${program} can do nothing but what its permissions say`, async () => {
    await using folder = await temporaryFolder();
    await using open = listening('console.log("code from the network")');
    await using closed = listening("");
    const places: Places = {
      elsewhere: `${folder.path}/elsewhere/file`,
      link: `${folder.path}/within/link`,
      within: `${folder.path}/within/file`,
      openPort: open.port,
      closedPort: closed.port,
    };
    await Deno.mkdir(`${folder.path}/elsewhere`);
    await Deno.mkdir(`${folder.path}/within`);
    await Deno.writeTextFile(places.elsewhere, "as it was");
    await Deno.writeTextFile(places.within, "as it was");
    await Deno.writeTextFile(`${places.within}.node`, "not a library, which nobody gets to see");
    await Deno.symlink(places.elsewhere, places.link);
    const outcomes = await tried(program, places, folder.path);

    const forbidden = program === "lms" ? FORBIDDEN : { ...FORBIDDEN, ...refused(WITHIN) };
    for (const [name, ending] of Object.entries(forbidden)) assertMatch(outcomes[name] ?? "not tried", ending, name);
    for (const name of program === "lms" ? [...ALLOWED, ...WITHIN] : ALLOWED) {
      assertEquals(outcomes[name], "done", name);
    }
    // Nothing was tried that is told of nowhere.
    assertEquals(
      Object.keys(outcomes).filter((name) => ![...Object.keys(forbidden), ...ALLOWED, ...WITHIN].includes(name)),
      [],
    );

    assertEquals(await Deno.readTextFile(places.elsewhere), "as it was");
    assertEquals(await namesIn(`${folder.path}/elsewhere`), ["file"]);
    assert(!await exists(`${places.within}.spawned`));
    assertEquals(closed.connections, 0);
  });
}

function refused(names: readonly string[]): Record<string, RegExp> {
  return Object.fromEntries(names.map((name) => [name, REFUSED]));
}

/** Compiles the probe as the program is compiled, and runs it. */
async function tried(program: string, places: Places, folder: string): Promise<Readonly<Record<string, Outcome>>> {
  const entry = `${root}tests/executable/probe.ts`;
  const build = [`--program=${program}`, `--entry=${entry}`, `--output=${folder}/build`];
  const built = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", `--config=${root}deno.json`, "--allow-all", `${root}.ci/build.ts`, ...build],
    env: { ALLOW_NET: `127.0.0.1:${places.openPort}` },
  }).output();
  assert(built.success, new TextDecoder().decode(built.stderr));
  const { stdout, stderr } = await new Deno.Command(`${folder}/build/${program}`, {
    args: [JSON.stringify(places)],
    cwd: `${folder}/within`,
    env: { LMS_PROBE_SECRET: "secret", LOG_LEVEL: "info" },
    clearEnv: true,
  }).output();
  const printed = new TextDecoder().decode(stdout);
  assert(printed.startsWith("{"), printed + new TextDecoder().decode(stderr));
  return JSON.parse(printed);
}

/** A server that answers everything with this code. */
function listening(code: string): AsyncDisposable & { readonly port: number; readonly connections: number } {
  let connections = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    connections++;
    return new Response(code, { headers: { "content-type": "text/javascript" } });
  });
  return {
    port: server.addr.port,
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
