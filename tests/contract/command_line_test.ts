/**
 * What the command line promises, run in this process with a made-up world: the same for every command.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { run } from "../../src/cli/run.ts";
import type { Setting } from "../../src/config/setting.ts";
import { SETTINGS } from "../../src/config/settings.ts";
import { definitionsIn } from "../support/help_text.ts";
import { fakeWorld } from "../support/world.ts";

/** Runs what must be refused: exit code 2, one line on stderr, nothing on stdout, no log. */
async function refusal(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const world = fakeWorld(args, variables);
  assertEquals(await run(world), 2, world.complaints.join("; "));
  assertEquals(world.printed, []);
  assertEquals(world.complaints.length, 1);
  const [line] = world.complaints;
  assertEquals(/\p{Cc}/u.test(line!), false, line);
  return line!;
}

Deno.test("run() of nothing prints the usage as a complaint and exits 1", async () => {
  const world = fakeWorld([]);
  assertEquals(await run(world), 1);
  assertEquals(world.printed, []);
  assertStringIncludes(world.complaints.join(), "Usage: lms COMMAND");
});

for (const args of [["--help"], ["-h"], ["help"]]) {
  Deno.test(`run() of ${args.join(" ")} prints every command and exits 0`, async () => {
    const world = fakeWorld(args);
    assertEquals(await run(world), 0);
    assertEquals(world.complaints, []);
    const lines = definitionsIn(world.printed.join("\n"));
    for (const { name, summary } of COMMANDS) {
      assert(lines.some((line) => line.trim().replace(/ {2,}/, ": ") === `${name}: ${summary}`), name);
    }
  });
}

for (const args of [["--version"], ["-V"], ["-v"], ["version"], ["mon", "--version"], ["mon", "-v"]]) {
  Deno.test(`run() of ${args.join(" ")} prints the version and how it was built, and exits 0`, async () => {
    const world = fakeWorld(args);
    assertEquals(await run(world), 0);
    assertEquals(world.printed, ["lms 1.2.3 (from a test)"]);
  });
}

Deno.test("run() of a build with some of the commands knows of no other", async () => {
  const commands = ["mon", "migrate"];
  const help = { ...fakeWorld(["--help"]), commands };
  assertEquals(await run(help), 0);
  assertEquals(help.printed.join().match(/^ {2}[a-z-]+ /gm)?.map((name) => name.trim()), commands);
  const other = { ...fakeWorld(["mock"]), commands };
  assertEquals(await run(other), 2);
  assertStringIncludes(other.complaints.join(), 'Unknown command "mock"');
});

for (const { name, settings, defaults, notes } of COMMANDS) {
  Deno.test(`run() of ${name} --help documents every flag and variable of it with its default, and exits 0`, async () => {
    const world = fakeWorld([name, "--help"]);
    assertEquals(await run(world), 0);
    assertEquals(world.complaints, []);
    const lines = definitionsIn(world.printed.join("\n"));
    assertStringIncludes(lines[0]!, `lms ${name}: `);
    for (const key of [...settings, "logLevel", "logFormat"] as const) {
      const { flag, env, help, default: text, defaultNote }: Setting<unknown> = SETTINGS[key];
      const written = flag === undefined ? env![0]! : `--${flag}`;
      const line = lines.find((line) => line.trim().split(/[ =]/)[0] === written);
      assert(line !== undefined, `${written} is not documented`);
      assertStringIncludes(line, help);
      assertStringIncludes(line, `(default: ${defaults?.[key] ?? notes?.[key] ?? defaultNote ?? text})`);
      for (const variable of env ?? []) assertStringIncludes(line, variable);
    }
  });
}

Deno.test("run() of help COMMAND prints what COMMAND --help prints", async () => {
  const [one, other] = [fakeWorld(["help", "mon"]), fakeWorld(["mon", "--help"])];
  assertEquals([await run(one), await run(other)], [0, 0]);
  assertEquals(one.printed, other.printed);
});

Deno.test("run() names an unknown command, the nearest one and all of them", async () => {
  const line = await refusal(["moc"]);
  assertStringIncludes(line, 'Unknown command "moc"; did you mean mock?');
  for (const { name } of COMMANDS) assertStringIncludes(line, name);
});

Deno.test("run() guesses nothing where nothing is near", async () => {
  assertMatch(await refusal(["frobnicate"]), /^Unknown command "frobnicate"; known: mock, /);
});

Deno.test("run() names an unknown flag in a command's place, and the nearest", async () => {
  assertStringIncludes(await refusal(["--hepl"]), 'Unknown flag "--hepl"; did you mean --help?');
});

Deno.test("run() names an unknown flag of a command without its value, and the nearest", async () => {
  assertMatch(
    await refusal(["mon", "--bach-size=7"]),
    /^lms mon: Unknown flag "--bach-size"; did you mean --batch-size\?/,
  );
  assertMatch(await refusal(["mon", "--bach-size", "7"]), /^lms mon: Unknown flag "--bach-size"; did you mean/);
});

Deno.test("run() knows only the flags of the command", async () => {
  assertMatch(await refusal(["pub", "--batch-size=7"]), /^lms pub: Unknown flag "--batch-size"/);
});

Deno.test("run() refuses an argument where a command takes none, and a second one where it takes one", async () => {
  assertEquals(await refusal(["mon", "7"]), 'lms mon: Cannot use the argument "7": this command takes none');
  assertEquals(await refusal(["pub", "7", "8"]), 'lms pub: Cannot use the argument "8": this command takes one, qty');
});

Deno.test("run() names a bad value of a flag or of a variable and what is allowed", async () => {
  assertEquals(
    await refusal(["mon", "--batch-size", "x"]),
    'lms mon: Cannot use --batch-size "x": it must be a whole number from 1 to 1000000',
  );
  assertMatch(
    await refusal(["mon"], { LOG_LEVEL: "loud" }),
    /LOG_LEVEL "loud": it must be one of debug, info, warn, error$/,
  );
  assertMatch(await refusal(["mon", "--streams"]), /--streams "": it must be/);
});

Deno.test("run() says why it could not print, and fails", async () => {
  const world = fakeWorld(["--version"]);
  const print = () => {
    throw new Error("Cannot print the result: no space", { cause: "ENOSPC" });
  };
  assertEquals(await run({ ...world, print }), 1);
  assertEquals(world.complaints, ["lms: Cannot print the result: no space"]);
});

Deno.test("run() refuses a contradictory plan before anything is opened", async () => {
  for (const command of ["mon", "demo"]) {
    assertMatch(await refusal([command, "--max-in-flight=10"]), /--max-in-flight \(MAXINFLIGHT\) 10 .* at least 15000/);
  }
});

Deno.test("run() refuses real Pub/Sub without a project, and emu without an emulator", async () => {
  for (const command of ["mon", "pub", "sim"]) {
    assertMatch(await refusal([command]), /^lms \w+: Cannot open Pub\/Sub: no project is set; set --project/);
  }
  assertMatch(await refusal(["emu"]), /PUBSUB_EMULATOR_HOST is not set/);
});

Deno.test("run() refuses a database URL without repeating it", async () => {
  const url = "mysql://lms:s3cr3t@db:port/lms";
  for (
    const line of [await refusal(["migrate", `--database=${url}`]), await refusal(["migrate"], { DATABASE_URL: url })]
  ) {
    assertMatch(line, /^lms migrate: Cannot use --database \(DATABASE_URL\): it /);
    assertEquals(line.includes("s3cr3t"), false, line);
  }
});

Deno.test("run() repeats no password of a URL that is in the wrong place, and no line end", async () => {
  const url = "mysql://lms:s3cr3t@db/lms";
  for (
    const args of [[url], ["mon", url], ["mon", `--topic=${url}`], ["mon", `--databse=${url}`], ["mon", "a\nb\x1b[1m"]]
  ) {
    assertEquals((await refusal(args)).includes("s3cr3t"), false, args.join(" "));
  }
});

Deno.test("run() prints a command's help though its other flags are wrong", async () => {
  const world = fakeWorld(["mon", "--bach-size=7", "--help"]);
  assertEquals(await run(world), 0);
  assertStringIncludes(world.printed.join(), "Usage: lms mon");
});

Deno.test("run() opens the log as LOG_LEVEL and LOG_FORMAT say, over the command's own defaults", async () => {
  const dry = ["migrate", "--dry-run", "--database=sqlite::memory:"];
  const given = fakeWorld(dry, { LOG_LEVEL: "debug", LOG_FORMAT: "json" });
  assertEquals(await run(given), 0, given.complaints.join());
  assertEquals(given.logsOpened, [["debug", "json"]]);

  const silent = fakeWorld(dry);
  assertEquals(await run(silent), 0);
  assertEquals(silent.logsOpened, [["info", undefined]]);

  const emu = fakeWorld(["emu"]);
  assertEquals(await run(emu), 2);
  assertEquals(emu.logsOpened, [["warn", undefined]]);
});

Deno.test("run() opens the log for Cloud Logging on Cloud Run, unless something else is asked for", async () => {
  const dry = ["migrate", "--dry-run", "--database=sqlite::memory:"];
  const formatOf = async (args: readonly string[], variables: Readonly<Record<string, string>>) => {
    const world = fakeWorld(args, variables);
    assertEquals(await run(world), 0, world.complaints.join());
    return world.logsOpened.map(([, format]) => format);
  };
  assertEquals(await formatOf(dry, { K_SERVICE: "lms" }), ["gcp"]);
  assertEquals(await formatOf(dry, { CLOUD_RUN_JOB: "lms" }), ["gcp"]);
  assertEquals(await formatOf(dry, { K_SERVICE: "" }), [undefined]);
  assertEquals(await formatOf(dry, { K_SERVICE: "lms", LOG_FORMAT: "json" }), ["json"]);
  assertEquals(await formatOf([...dry, "--log-format=text"], { K_SERVICE: "lms", LOG_FORMAT: "json" }), ["text"]);
});

Deno.test("run() says what it refuses as a record in the format that is asked for, however that is", async () => {
  for (
    const [args, variables, format] of [
      [["mon", "--writers=0"], { LMS_LOG_FORMAT: "json", LOG_FORMAT: "text" }, "json"],
      [["mon", "--writers=0"], { K_SERVICE: "lms" }, "gcp"],
      [["mon", "--writers=0", "--log-format=gcp"], {}, "gcp"],
      [["mon"], { K_SERVICE: "lms", LOG_FORMAT: "yaml" }, undefined],
      [["mokc"], { CLOUD_RUN_JOB: "lms" }, "gcp"],
    ] as const
  ) {
    const world = fakeWorld(args, variables);
    assertEquals(await run(world), 2);
    assertEquals(world.logsOpened, format === undefined ? [] : [["error", format]], args.join(" "));
    assertEquals(world.complaints.length, format === undefined ? 1 : 0);
  }
});

Deno.test("run() takes --log-level and --log-format over LOG_LEVEL and LOG_FORMAT", async () => {
  const args = ["migrate", "--dry-run", "--database=sqlite::memory:", "--log-level=debug", "--log-format", "text"];
  const world = fakeWorld(args, { LOG_LEVEL: "error", LOG_FORMAT: "json" });
  assertEquals(await run(world), 0);
  assertEquals(world.logsOpened, [["debug", "text"]]);
});

Deno.test("run() warns once of each variable of the command that does not do what it seems to", async () => {
  const world = fakeWorld(["migrate"], {
    LMS_DATABASE_URL: "sqlite::memory:",
    DATABASE_URL: "mysql://lms:s3cr3t@db/lms",
    DB_PASSWORD: "s3cr3t",
    LMS_LOGLEVEL: "debug",
    BATCH_SIZE: "7", // No setting of this command.
  });
  assertEquals(await run(world), 0);
  assertEquals(world.printed, ["sqlite::memory: is up to date"]);
  const warnings = world.records.filter(({ level }) => level === "warn").map(({ msg }) => msg);
  assertEquals(warnings, [
    "LMS_DATABASE_URL and DATABASE_URL are set to different values; DATABASE_URL is not looked at",
    "DB_PASSWORD is set, and is no setting of LMS; did you mean MYSQL_PASSWORD?",
    "LMS_LOGLEVEL is set, and is no setting of LMS; did you mean LOG_LEVEL?",
  ]);
});

for (const args of [["migrate"], ["migrate", "--dry-run"], ["verify"], ["dead-letters", "list"]]) {
  Deno.test(`run() of ${args.join(" ")} without a database is refused, with the ways to name one`, async () => {
    const line = await refusal(args);
    assertStringIncludes(line, `lms ${args[0]}: Cannot choose a database: `);
    for (const way of ["--database (DATABASE_URL)", "DATABASE_URL_FILE", "mysql://", "sqlite:"]) {
      assertStringIncludes(line, way);
    }
  });
}

Deno.test("run() of migrate brings a database up to date, or prints the SQL of it", async () => {
  const planned = fakeWorld(["migrate", "--dry-run", "--database=sqlite::memory:"]);
  assertEquals(await run(planned), 0);
  assertMatch(
    planned.printed.join("\n"),
    /CREATE TABLE service_logs \([^]*-- \d+ migration\(s\) to apply to sqlite::memory:$/,
  );

  const applied = fakeWorld(["migrate"], { DATABASE_URL: "sqlite::memory:" });
  assertEquals(await run(applied), 0);
  assertEquals(applied.printed, ["sqlite::memory: is up to date"]);
});
