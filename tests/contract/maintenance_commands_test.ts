/**
 * `lms verify` and `lms dead-letters`, in process, on a database that `lms mon` filled over real gRPC.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { run } from "../../src/cli/run.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { fakeWorld } from "../support/world.ts";

/** A database with the messages of a simulator, of which some are malformed. */
interface Filled extends AsyncDisposable {
  readonly path: string;
  /** The simulator's account. */
  readonly manifest: string;
  /** Runs a command on the database. */
  lms(...args: string[]): Promise<{ readonly code: number; readonly out: readonly string[]; readonly err: string }>;
  query(sql: string): void;
}

async function filled(): Promise<Filled> {
  const folder = await Deno.makeTempDir({ prefix: "lms-maintenance-" });
  const [path, manifest] = [`${folder}/lms.db`, `${folder}/manifest.json`];
  await using server = await FakeServer.start({ port: 0 });
  const env = { PUBSUB_EMULATOR_HOST: server.address, DATABASE_URL: `sqlite:${path}`, FLUSHINTERVAL: "1" };
  const simulator = fakeWorld(
    ["sim", "--messages=400", "--rate=max", "--malformed=0.1", "--seed=7", `--manifest=${manifest}`],
    env,
  );
  assertEquals(await run(simulator), 0);
  await Deno.writeTextFile(manifest, simulator.files.get(manifest)!);
  const monitor = fakeWorld(["mon"], env);
  const ended = run(monitor);
  await server.waitFor((stats) => stats.acknowledged === 400);
  monitor.stop();
  assertEquals(await ended, 0);
  return {
    path,
    manifest,
    async lms(...args) {
      const world = fakeWorld(args, { DATABASE_URL: `sqlite:${path}` });
      return { code: await run(world), out: world.printed, err: world.complaints.join("\n") };
    },
    query(sql) {
      using db = new DatabaseSync(path);
      db.exec(sql);
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("lms verify agrees with itself and with the manifest of what was published", async () => {
  await using database = await filled();
  const { code, out } = await database.lms("verify", "--against", database.manifest);
  assertEquals([code, out.at(-1)], [0, "everything agrees"]);
  const json = await database.lms("verify", `--against=${database.manifest}`, "--json");
  const report = JSON.parse(json.out[0]!);
  assertEquals([json.code, report.agrees, report.published, report.entries + report.dead_letters.open], [
    0,
    true,
    400,
    400,
  ]);
});

Deno.test("lms verify tells every difference and exits 1; --repair puts the counters right", async () => {
  await using database = await filled();
  database.query("UPDATE service_severity SET count = count + 3 WHERE service_name = 'alpha' AND severity = 'info'");
  const { code, out } = await database.lms("verify");
  assertEquals([code, out.at(-1)], [1, "1 difference(s)"]);
  assertMatch(out.find((line) => line.startsWith("alpha"))!, /^alpha +info +\d+ +\d+ +-3$/);
  const repaired = await database.lms("verify", "--repair");
  assertEquals([repaired.code, repaired.out.at(-1)], [0, "everything agrees"]);
  assertStringIncludes(repaired.out.join("\n"), "Put right:");
  assertEquals((await database.lms("verify", "--against", database.manifest)).code, 0);
});

Deno.test("lms verify --against finds an entry that is gone, though the tables agree", async () => {
  await using database = await filled();
  database.query(
    ["service_logs", "service_severity", "service_severity_minutes", "service_severity_hours"].map((table) =>
      `DELETE FROM ${table} WHERE service_name = 'bravo' AND severity = 'info'`
    ).join("; "),
  );
  assertEquals((await database.lms("verify")).code, 0);
  const { code, out } = await database.lms("verify", "--against", database.manifest);
  assertEquals(code, 1);
  assertMatch(out.find((line) => line.startsWith("bravo"))!, /^bravo, info +[1-9]\d* +0$/);
});

Deno.test("lms verify refuses a manifest that is none, and names it", async () => {
  await using database = await filled();
  const { code, err } = await database.lms("verify", "--against", database.path);
  assertEquals(code, 2);
  assertStringIncludes(err, database.path);
});

Deno.test("lms dead-letters lists, shows, replays with other fields, and drops; verify agrees all the while", async () => {
  await using database = await filled();
  const list = await database.lms("dead-letters", "list", "--json", "--reason=bad_field");
  const [first, second] = list.out.map((line) => JSON.parse(line));
  assert(first !== undefined && second !== undefined && first.reason === "bad_field");
  const people = await database.lms("dead-letters", "list", "--limit=1");
  assertMatch(people.out.at(-1)!, /^\d+ dead letter\(s\), of which 1 are listed; --limit lists more$/);

  const shown = await database.lms("dead-letters", "show", first.id, "--json");
  assertEquals([shown.code, JSON.parse(shown.out[0]!).id], [0, first.id]);
  assertEquals((await database.lms("dead-letters", "show", first.message_id)).code, 0);

  const still = await database.lms("dead-letters", "replay", first.id);
  assertEquals(still.code, 1);
  assertStringIncludes(still.out.at(-1)!, "0 replayed, 1 still invalid");
  const fields = [
    "--as=service_name=rescued",
    "--as=severity=error",
    "--as=payload=@data",
    "--as=timestamp=2026-01-01T00:00:00Z",
  ];
  const dry = await database.lms("dead-letters", "replay", first.id, "--dry-run", ...fields);
  assertStringIncludes(dry.out.at(-1)!, "1 would be replayed");
  const replayed = await database.lms("dead-letters", "replay", first.id, ...fields);
  assertEquals([replayed.code, replayed.out.at(-1)?.slice(0, 10)], [0, "1 replayed"]);
  assertStringIncludes(
    (await database.lms("dead-letters", "replay", first.id, ...fields)).out.at(-1)!,
    "1 settled before",
  );

  assertEquals((await database.lms("dead-letters", "drop", second.id)).out, ["1 dropped"]);
  assertEquals((await database.lms("dead-letters", "drop", second.id)).out, [
    `${second.id}: is dropped already`,
    "0 dropped",
  ]);
  assertEquals((await database.lms("dead-letters", "drop", first.id)).code, 1);
  assertEquals((await database.lms("verify", "--against", database.manifest)).code, 0);
  const dropped = await database.lms("dead-letters", "list", "--status=dropped", "--json");
  assertEquals(dropped.out.map((line) => JSON.parse(line).id), [second.id]);
});

Deno.test("lms dead-letters replay without ids takes every open one that is valid by now", async () => {
  await using database = await filled();
  const before = (await database.lms("dead-letters", "list", "--json", "--limit=1000")).out.length;
  const { code, out } = await database.lms(
    ...["dead-letters", "replay", "--as=service_name=rescued", "--as=severity=warn", "--as=payload="],
    "--as=timestamp=2026-01-01T00:00:00Z",
  );
  assertEquals([code, out], [0, [`${before} replayed, 0 still invalid, 0 settled before, 0 refused by the database`]]);
  assertEquals((await database.lms("dead-letters", "list")).out, ["0 dead letter(s)"]);
  assertEquals((await database.lms("verify", "--against", database.manifest)).code, 0);
});

Deno.test("lms dead-letters does nothing when one of the ids is not there", async () => {
  await using database = await filled();
  const [line] = (await database.lms("dead-letters", "list", "--json")).out;
  assertEquals((await database.lms("dead-letters", "drop", JSON.parse(line!).id, "no-such-id")).code, 1);
  assertEquals((await database.lms("dead-letters", "list", "--status=dropped")).out, ["0 dead letter(s)"]);
});

for (
  const [args, words] of [
    [[], "say list, show, replay or drop"],
    [["lst"], "did you mean list?"],
    [["drop"], "say which"],
    [["show"], "say which"],
    [["list", "1"], "list takes no ids"],
    [["replay", "--as=severty=info"], "FIELD=VALUE"],
    [["list", "--status=gone"], "open, replayed"],
  ] as const
) {
  Deno.test(`lms dead-letters ${args.join(" ")} is refused with 2`, async () => {
    const world = fakeWorld(["dead-letters", ...args], { DATABASE_URL: "sqlite::memory:" });
    assertEquals(await run(world), 2);
    assertStringIncludes(world.complaints.join("\n"), words);
  });
}
