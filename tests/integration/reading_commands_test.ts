/**
 * The reading commands as processes, on an SQLite file that a monitor's store wrote.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { TextLines } from "../../src/commands/mcp/text_lines.ts";
import { openStore } from "../../src/store/open_store.ts";
import { deadLetter, NEVER, write } from "../contract/store_fixture.ts";
import { entry, key } from "../support/entries.ts";
import { program } from "../support/lms_process.ts";
import { mcpClient } from "../support/mcp_client.ts";
import { namesIn, runLms, temporaryFolder } from "../support/run_lms.ts";

const COUNT = 3_000;

/** A folder with a database that holds entries and a dead letter. */
async function stored() {
  const folder = await temporaryFolder();
  const path = `${folder.path}/lms.db`;
  await using store = openStore({ kind: "sqlite", path }, { writers: 1, onWarning: () => {} });
  await store.migrate({ dryRun: false });
  const entries = Array.from({ length: COUNT }, (_, n) =>
    entry({
      ...key(n),
      serviceName: n % 10 === 0 ? "beta" : "alpha",
      severity: n % 100 === 0 ? "error" : "info",
      payload: n === 1_234 ? "connection refused" : `request ${n} of ${"x".repeat(60)}`,
    }));
  await write(store, { entries, deadLetters: [deadLetter(key(COUNT))] });
  return {
    path,
    env: { DATABASE_URL: `sqlite:${path}` },
    folder,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** A command that a test writes to, and reads from while it runs. */
function started(words: readonly string[], { env, folder: { path } }: Awaited<ReturnType<typeof stored>>) {
  const { command, args } = program(Deno.env.get("LMS_BIN"), "lms");
  const streams = { stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
  return new Deno.Command(command, { args: [...args, ...words], env, cwd: path, ...streams }).spawn();
}

Deno.test("lms logs finds what a monitor stored, by word, service and severity", async () => {
  await using database = await stored();
  const found = await runLms(["logs", "--json", "refused"], database.env);
  assertEquals([found.code, found.stdout.trim().split("\n").map((line) => JSON.parse(line).payload)], [0, [
    "connection refused",
  ]], found.stderr);
  const errors = await runLms(["logs", "--json", "service:beta", "severity:error", "-n3", "-0"], database.env);
  assertEquals(errors.stdout.trim().split("\n").map((line) => JSON.parse(line).message_id), [
    "1002700",
    "1002800",
    "1002900",
  ], errors.stderr);
  const unknown = await runLms(["logs", "nowhere"], database.env);
  assertEquals([unknown.code, unknown.stdout], [0, ""]);
  assertStringIncludes(unknown.stderr, 'has the word "nowhere"; to look within words, write *nowhere*');
});

Deno.test("lms logs --context and --all read what is around, and everything", async () => {
  await using database = await stored();
  const { stdout } = await runLms(["logs", "refused", "-C1"], database.env);
  assertEquals(stdout.trimEnd().split("\n").map((line) => [line[0], /request (\d+)|refused/.exec(line)![0]]), [
    [" ", "request 1233"],
    [">", "refused"],
    [" ", "request 1235"],
  ]);
  const all = await runLms(["logs", "--all", "--csv"], database.env);
  assertEquals(all.stdout.trimEnd().split("\n").length, COUNT + 1);
});

// What follows would go on for ever; and all that there is fits into no pipe.
for (const how of [["--all"], ["-f", `-n${COUNT}`]]) {
  Deno.test(`lms logs ${how.join(" ")} into a pipe that nobody reads on ends with 0 and without a word`, async () => {
    await using database = await stored();
    const { command, args } = program(Deno.env.get("LMS_BIN"), "lms");
    const words = [command, ...args, "logs", ...how, "--json"].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    const line = `{ ${words.join(" ")}; echo "code $?" >&2; } | head -1`;
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", line],
      env: { ...database.env, LOG_FORMAT: "text" },
      cwd: database.folder.path,
    }).output();
    const text = new TextDecoder();
    assertEquals([text.decode(stdout).trimEnd().split("\n").length, text.decode(stderr)], [1, "code 0\n"]);
  });
}

Deno.test("lms logs --follow shows what a monitor stores meanwhile, and ends with a signal", async () => {
  await using database = await stored();
  await using store = openStore({ kind: "sqlite", path: database.path }, { writers: 1, onWarning: () => {} });
  const following = started(["logs", "-f", "-n1", "--json"], database);
  const lines = new TextLines(following.stdout, { lineMax: 1e7, signal: NEVER })[Symbol.asyncIterator]();
  const payload = async () => JSON.parse((await lines.next()).value!).payload;
  assertStringIncludes(await payload(), `request ${COUNT - 1}`);
  await write(store, { entries: [entry({ ...key(COUNT + 7), payload: "just now" })] });
  assertEquals(await payload(), "just now");
  await write(store, { entries: [entry({ ...key(COUNT + 5), payload: "late" })] });
  assertEquals(await payload(), "late");
  following.kill("SIGINT");
  assertEquals([(await lines.next()).done, (await following.status).code], [true, 0]);
  await following.stdin.close();
});

Deno.test("lms stats and lms batches tell what was stored, and by what", async () => {
  await using database = await stored();
  const stats = await runLms(["stats", "--json", "--since=ever"], database.env);
  const { total, severities } = JSON.parse(stats.stdout);
  assertEquals([stats.code, total, severities], [0, COUNT, { info: 2_970, error: 30 }]);
  const trend = JSON.parse(
    (await runLms(["stats", "--json", "--from=2026-01-02", "--to=2026-01-03"], database.env)).stdout,
  );
  assertEquals([trend.trend.reduce((sum: number, count: number) => sum + count, 0), trend.complete], [COUNT, true]);
  const batches = await runLms(["batches", "--json"], database.env);
  const { entries, dead_letters } = JSON.parse(batches.stdout);
  assertEquals([entries, dead_letters], [COUNT, 1]);
});

Deno.test("lms mcp serves the official client over its standard streams, and ends with them", async () => {
  await using database = await stored();
  const process = started(["mcp"], database);
  const peer = mcpClient();
  const written = peer.input.pipeTo(process.stdin);
  const read = (async () => {
    for await (const line of new TextLines(process.stdout, { lineMax: 1e7, signal: NEVER })) peer.print(line!);
  })();
  const { client } = peer;
  await peer.connect();
  await client.listTools();
  const { structuredContent } = await client.callTool({ name: "search_logs", arguments: { query: "refused" } }) as {
    structuredContent: { entries: { payload: string }[] };
  };
  assertEquals(structuredContent.entries.map(({ payload }) => payload), ["connection refused"]);
  await client.close();
  await Promise.all([written, read]);
  assertEquals((await process.status).code, 0);
});

for (const command of ["logs", "stats", "batches", "mcp"]) {
  Deno.test(`lms ${command} makes no file, and says what to name or to run`, async () => {
    await using folder = await temporaryFolder();
    const unnamed = await runLms([command]);
    assertEquals(unnamed.code, 2);
    assertStringIncludes(unnamed.stderr, "Cannot choose a database");
    const missing = await runLms([command], { DATABASE_URL: `sqlite:${folder.path}/none.db` });
    assertEquals([missing.code, missing.stdout], [1, ""]);
    assertStringIncludes(missing.stderr, "none.db");
    assertEquals(await namesIn(folder.path), []);
    new DatabaseSync(`${folder.path}/empty.db`).close();
    const empty = await runLms([command], { DATABASE_URL: `sqlite:${folder.path}/empty.db` });
    assertEquals(empty.code, 1);
    assertStringIncludes(empty.stderr, "lms migrate");
    {
      using db = new DatabaseSync(`${folder.path}/old.db`);
      db.exec("CREATE TABLE schema_migrations (version INTEGER); INSERT INTO schema_migrations VALUES (1)");
    }
    const old = await runLms([command], { DATABASE_URL: `sqlite:${folder.path}/old.db` });
    assertEquals(old.code, 1);
    assert(
      /has the schema of version 1, and reading needs that of version 2; run .*lms migrate/.test(old.stderr),
      old.stderr,
    );
  });
}
