/**
 * A program that tries what the product's own executables must not be able to do. It is compiled with their flags, and
 * prints what became of each attempt: the runtime is what is tried, not the product's good manners.
 *
 * It is started with a JSON object of the places to try, and prints one JSON object: a name and an outcome each.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { DatabaseSync } from "node:sqlite";

/** Where to try. */
export interface Places {
  /** A file that the program can do nothing with, in a folder out of its reach. */
  readonly elsewhere: string;
  /** A link within its reach to that file. */
  readonly link: string;
  /** A file within its reach. */
  readonly within: string;
  /** Ports of this machine that listen: one that may be connected to and one that may not. */
  readonly openPort: number;
  readonly closedPort: number;
}

/** What became of an attempt: done, or the name of the error that it ended with. */
export type Outcome = string;

const places = JSON.parse(Deno.args[0]!) as Places;
const require = createRequire(import.meta.url);

const attempts: Readonly<Record<string, () => unknown>> = {
  "spawn a program": () => new Deno.Command("/usr/bin/touch", { args: [places.within + ".spawned"] }).outputSync(),
  "spawn a program through node:child_process": () => execFileSync("/usr/bin/touch", [places.within + ".spawned"]),
  "load a library": () => Deno.dlopen("libc.so.6", {}),
  "load a native addon": () => require(places.within + ".node"),
  "read /etc/shadow": () => Deno.readFileSync("/etc/shadow"),
  "read /etc/passwd": () => Deno.readTextFileSync("/etc/passwd"),
  "read /proc/self/environ": () => Deno.readTextFileSync("/proc/self/environ"),
  "read keys beside certificates": () => {
    try {
      return Deno.readTextFileSync("/etc/ssl/private/key.pem");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
  },
  "read elsewhere": () => Deno.readTextFileSync(places.elsewhere),
  "read elsewhere through node:fs": () => readFileSync(places.elsewhere),
  "list elsewhere": () => [...Deno.readDirSync(places.elsewhere.replace(/\/[^/]*$/, ""))],
  "write elsewhere": () => Deno.writeTextFileSync(places.elsewhere, "changed"),
  "write elsewhere through node:fs": () => writeFileSync(places.elsewhere, Buffer.from("changed")),
  "remove elsewhere": () => Deno.removeSync(places.elsewhere),
  "make a link out": () => Deno.symlinkSync(places.elsewhere, places.within + ".link"),
  "open a database elsewhere": () => new DatabaseSync(places.elsewhere + ".db"),
  "attach a database elsewhere": () => {
    const database = new DatabaseSync(":memory:");
    try {
      database.exec(`ATTACH DATABASE '${places.elsewhere}.db' AS other; CREATE TABLE other.t (a)`);
    } finally {
      database.close();
    }
  },
  "load an SQLite extension": () => new DatabaseSync(":memory:", { allowExtension: true }),
  "read a variable that is not listed": () => Deno.env.get("LMS_PROBE_SECRET") ?? notThere(),
  "list every variable": () => Deno.env.toObject().LMS_PROBE_SECRET ?? notThere(),
  "ask for the machine's name": () => Deno.hostname(),
  "ask for the user's id": () => Deno.uid(),
  "ask for more at a prompt": async () => {
    const { state } = await Deno.permissions.request({ name: "run" });
    if (state !== "granted") throw new Deno.errors.NotCapable(state);
  },
  "import code from the network": () => import(`http://127.0.0.1:${places.openPort}/code.js`),
  "connect to a host out of scope": () => Deno.connect({ hostname: "127.0.0.1", port: places.closedPort }),
  "connect to a host out of scope through node:net": () => connected(places.closedPort),
  "fetch from a host out of scope": () => fetch(`http://127.0.0.1:${places.closedPort}/`),
  "listen": () => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close(),
  // A link that somebody else has put there: Deno looks at where it lies, and not at where it leads.
  "follow a link that leads out": () => Deno.readTextFileSync(places.link),
  // What it may do, so that a refusal of the rest means something.
  "connect to a host in scope": async () => {
    (await Deno.connect({ hostname: "127.0.0.1", port: places.openPort })).close();
  },
  "read within": () => Deno.readTextFileSync(places.within),
  "write within": () => Deno.writeTextFileSync(places.within, "written"),
  "read a variable that is listed": () => Deno.env.get("LOG_LEVEL") ?? notThere(),
};

function notThere(): never {
  throw new Deno.errors.NotCapable("it reads as unset");
}

function connected(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("connect", () => (socket.destroy(), resolve()));
    socket.on("error", reject);
  });
}

const outcomes: Record<string, Outcome> = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
    outcomes[name] = "done";
  } catch (error) {
    outcomes[name] = error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : String(error);
  }
}
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(outcomes)}\n`));
// Some attempt may have left something open.
Deno.exit(0);
