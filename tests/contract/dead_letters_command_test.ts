/**
 * `lms dead-letters` as operators call it, in process, on an SQLite file.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../src/cli/run.ts";
import { fullId } from "../../src/commands/dead_letters/ids.ts";
import type { DeadLetter } from "../../src/entry/entry.ts";
import { openStore } from "../../src/store/open_store.ts";
import { key } from "../support/entries.ts";
import { temporaryFolder } from "../support/run_lms.ts";
import { fakeWorld } from "../support/world.ts";
import { deadLetter, write } from "./store_fixture.ts";

/** A database with some dead letters. */
async function holding(letters: readonly DeadLetter[]) {
  const folder = await temporaryFolder();
  const path = `${folder.path}/lms.db`;
  {
    await using store = openStore({ kind: "sqlite", path }, { writers: 1, onWarning: () => {} });
    await store.migrate({ dryRun: false });
    await write(store, { deadLetters: letters });
  }
  return {
    path,
    /** Runs an action; `input` comes in on stdin. */
    async run(args: readonly string[], input = "") {
      const world = fakeWorld(["dead-letters", ...args], { DATABASE_URL: `sqlite:${path}` }, { input });
      return { code: await run(world), out: world.printed, err: world.complaints.join("\n") };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const letters = [1, 2, 3, 4].map((n) =>
  deadLetter({
    ...key(n),
    reason: n === 2 ? "bad_field" : "not_json",
    detail: n === 2 ? "severity: unknown" : "data is not JSON",
    data: new TextEncoder().encode(n === 2 ? `{"severity":7,"service_name":"pay"}` : `text ${n}`),
    attributes: { region: n === 4 ? "eu" : "us" },
  })
);
const ids = letters.map(fullId);
const idsIn = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).id);

for (
  const [args, listed] of [
    [[], [0, 1, 2, 3]],
    [["--newest", "--limit=3"], [3, 2, 1]],
    [["--since=2026-01-02T03:04:05.000003Z"], [2, 3]],
    [["--since=2026-01-02T04:04:05.000003+01:00", "--newest"], [3, 2]],
    [["--since=0s"], []],
    [["--where=severity=7"], [1]],
    [["--where=service_name=p*y"], [1]],
    [["--where=service_name=pa"], []],
    [["--where=payload=*"], []],
    [["--where=data=text *"], [0, 2, 3]],
    [["--where=data=*t*t 3"], [2]],
    [["--where=data=text 3*3"], []],
    [["--where=detail=*JSON", "--where=attribute.region=us"], [0, 2]],
    [["--where=attribute.zone=*"], []],
    [["--where=attribute.region=us", "--newest", "--limit=1"], [2]],
  ] as const
) {
  Deno.test(`dead-letters list ${args.join(" ")} lists ${listed.length}`, async () => {
    await using database = await holding(letters);
    const { code, out } = await database.run(["list", "--json", ...args]);
    assertEquals([code, idsIn(out)], [0, listed.map((n) => ids[n]!)]);
  });
}

Deno.test("dead-letters list tells how many have the texts that are asked for, listed or not", async () => {
  await using database = await holding(letters);
  const { out } = await database.run(["list", "--where=data=text*", "--limit=1"]);
  assertEquals(out.at(-1), "3 dead letter(s), of which 1 are listed; --limit lists more");
});

Deno.test("dead-letters list --group reason counts each reason, the most frequent first", async () => {
  await using database = await holding(letters);
  assertEquals((await database.run(["list", "--group=reason"])).out, [
    "reason     count  oldest                       newest",
    "not_json       3  2026-01-02T03:04:05.000001Z  2026-01-02T03:04:05.000004Z",
    "bad_field      1  2026-01-02T03:04:05.000002Z  2026-01-02T03:04:05.000002Z",
    "",
    "4 dead letter(s)",
  ]);
  const { out } = await database.run(["list", "--group=reason", "--json", "--where=attribute.region=us"]);
  assertEquals(out.map((line) => JSON.parse(line)), [
    { reason: "not_json", count: 2, oldest: "2026-01-02T03:04:05.000001Z", newest: "2026-01-02T03:04:05.000003Z" },
    { reason: "bad_field", count: 1, oldest: "2026-01-02T03:04:05.000002Z", newest: "2026-01-02T03:04:05.000002Z" },
  ]);
});

Deno.test("dead-letters drop - takes ids from stdin, also as list --json prints them, and tells which are not there", async () => {
  await using database = await holding(letters);
  const listed = (await database.run(["list", "--json", "--limit=1"])).out[0]!;
  const { code, out } = await database.run(
    ["drop", "-"],
    `${listed}\r\n\n${letters[2]!.messageId}\nno-such\n${ids[3]}`,
  );
  assertEquals([code, out], [1, ["there is no dead letter no-such", "3 dropped"]]);
  assertEquals(idsIn((await database.run(["list", "--json"])).out), [ids[1]]);
});

Deno.test("dead-letters takes thousands of ids from stdin", async () => {
  const many = Array.from({ length: 1_200 }, (_, n) => deadLetter(key(n)));
  await using database = await holding(many);
  const { code, out } = await database.run(["drop", "-"], many.map(fullId).join("\n"));
  assertEquals([code, out], [0, ["1200 dropped"]]);
});

Deno.test("dead-letters --dry-run changes nothing, and says so of each", async () => {
  await using database = await holding(letters);
  const dropped = await database.run(["drop", "--reason=bad_field", "--dry-run", "--json"]);
  assertEquals(dropped.out, [JSON.stringify({ id: ids[1], outcome: "would be dropped" })]);
  const asked = ["replay", "-", "--dry-run", "--as=payload=p", "--as=severity=info", "--as=service_name=s"];
  assertMatch((await database.run(asked, ids.join("\n"))).out.at(-1)!, /^4 would be replayed, 0 still invalid/);
  assertEquals((await database.run(["list", "--json", "--dry-run"])).out.length, 4);
});

Deno.test("dead-letters drop - that a signal ends while nothing comes in ends at once, and has done nothing", async () => {
  await using database = await holding(letters);
  const world = fakeWorld(["dead-letters", "drop", "-"], { DATABASE_URL: `sqlite:${database.path}` });
  const asked = Promise.withResolvers<void>();
  const input = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`${ids[0]}\n`)),
    pull: () => asked.resolve(),
  }, { highWaterMark: 0 });
  const ended = run({ ...world, readInput: () => input });
  await asked.promise;
  world.stop();
  assertEquals([await ended, world.printed], [1, ["0 dropped"]]);
  await world.logged("stopped by a signal; what was done stays done, the same command goes on");
});

Deno.test("dead-letters list prints page after page, and all of them", async () => {
  await using database = await holding(Array.from({ length: 1_200 }, (_, n) => deadLetter(key(n))));
  const { out } = await database.run(["list", "--limit=1000000"]);
  assertEquals(out.filter((line) => line.startsWith("id ")).length, 3);
  assertEquals([out.filter((line) => line.includes("not_json")).length, out.at(-1)], [1_200, "1200 dead letter(s)"]);
});

for (
  const [args, words] of [
    [["drop"], "by --reason, --since or --where"],
    [["drop", "--reason=not_json", "--limit=1"], "Cannot use --limit with drop: it is for list"],
    [["drop", "--status=dropped", "--since=1h"], "Cannot use --status with drop: it is for list"],
    [["drop", "1", "--since=1h"], "Cannot use both ids and --since"],
    [["replay", "-", "1"], "Cannot use both ids and -"],
    [["list", "--group=reason", "--newest"], "it counts every reason"],
    [["list", "-"], "list takes no ids"],
    [["list", "--as=severity=info"], "Cannot use --as with list: it is for replay"],
    [["show", "1", "--newest"], "Cannot use --newest with show: it is for list"],
    [["list", "--since=yesterday"], "RFC 3339"],
    [["list", "--where=colour=red"], "FIELD=TEXT with a field of service_name"],
    [["list", "--group=colour"], "one of reason"],
  ] as const
) {
  Deno.test(`dead-letters ${args.join(" ")} is refused with 2`, async () => {
    await using database = await holding(letters);
    const { code, err } = await database.run(args);
    assertEquals(code, 2);
    assertStringIncludes(err, words);
  });
}
