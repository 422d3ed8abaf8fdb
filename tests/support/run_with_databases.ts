/**
 * Runs a command with one server of each kind for all of its tests, and stops the servers afterwards. Its exit code is
 * the command's.
 *
 *     deno run -A tests/support/run_with_databases.ts deno test -A tests/contract
 *
 * @module
 */
import { type DatabaseKind, startDatabase, URL_VARIABLE } from "./database.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main([program, ...args]: readonly string[]): Promise<number> {
  if (program === undefined) {
    await say("usage: run_with_databases.ts COMMAND [ARGUMENT...]");
    return 2;
  }
  await using servers = new AsyncDisposableStack();
  const env: Record<string, string> = {};
  for (const kind of ["mysql", "mariadb"] satisfies DatabaseKind[]) {
    const server = servers.use(await startDatabase(kind));
    env[URL_VARIABLE[kind]] = server.url;
    await say(`${kind} ${server.version} (${server.origin})`);
  }
  // The same deno as this one, whatever the PATH says.
  const command = program === "deno" ? Deno.execPath() : program;
  const child = new Deno.Command(command, { args, env }).spawn();
  // A terminal sends its interrupt to the child as well; here it must not end us before the servers are stopped.
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  const forward = () => child.kill("SIGTERM");
  Deno.addSignalListener("SIGTERM", forward);
  const { code } = await child.status;
  Deno.removeSignalListener("SIGINT", ignore);
  Deno.removeSignalListener("SIGTERM", forward);
  return code;
}

async function say(line: string): Promise<void> {
  await Deno.stderr.write(new TextEncoder().encode(`${line}\n`));
}
