/**
 * Runs `deno` with one server of each kind for all of its tests, and stops the servers afterwards.
 *
 *     deno run -A tests/support/run_with_databases.ts test -A tests/contract
 *
 * @module
 */
import { type DatabaseKind, startDatabase, URL_VARIABLE } from "./database.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  await using servers = new AsyncDisposableStack();
  const env: Record<string, string> = {};
  for (const kind of ["mysql", "mariadb"] satisfies DatabaseKind[]) {
    const server = servers.use(await startDatabase(kind));
    env[URL_VARIABLE[kind]] = server.url;
    await say(`${kind} ${server.version} (${server.origin})`);
  }
  const child = new Deno.Command(Deno.execPath(), { args: [...args], env }).spawn();
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
