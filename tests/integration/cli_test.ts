/**
 * The command line as a process: what it prints, where, and the exit code.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { builtPage } from "../support/built_page.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { namesIn, runLms, temporaryFolder } from "../support/run_lms.ts";

/** Nobody listens there: it is reserved, and needs no free port to be found. */
const NOWHERE = "127.0.0.1:1";

Deno.test("lms alone prints its usage on stderr and exits 1", async () => {
  const { code, stdout, stderr } = await runLms([]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertStringIncludes(stderr, "Usage: lms COMMAND");
});

Deno.test("lms --help lists every command on stdout and exits 0", async () => {
  const { code, stdout, stderr } = await runLms(["--help"]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  for (const { name, summary } of COMMANDS) assertMatch(stdout, new RegExp(`^ {2}${name} `, "m"), summary);
});

Deno.test("lms --version prints the version, the commit, Deno's version and the target, and exits 0", async () => {
  const { code, stdout, stderr } = await runLms(["--version"]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^lms \S+ \((from source|commit \S+), Deno \d+\.\d+\.\d+, \S+-\S+-\S+\)\n$/);
  assertEquals(stdout.split(" ")[1], project.version);
});

/** What is refused before anything is started: exit code 2 and one line. */
const refused: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: readonly string[];
}[] = [
  { name: "an unknown command", args: ["mokc"], says: ['"mokc"', "did you mean mock?", "emulator"] },
  {
    name: "a URL and a file that holds one",
    args: ["verify", "--database=sqlite::memory:"],
    env: { DATABASE_URL_FILE: "/run/secrets/url" },
    says: ["DATABASE_URL_FILE", "--database"],
  },
  {
    name: "a password in the URL and another one beside it",
    args: ["migrate"],
    env: { DATABASE_URL: "mysql://lms:hunter2@db/lms", MYSQL_PASSWORD: "hunter3" },
    says: ["DATABASE_URL", "MYSQL_PASSWORD"],
  },
  {
    name: "a password's file that is not there",
    args: ["verify", "--database=mysql://lms@db/lms", "--password-file=nowhere/to/be/found"],
    says: ["--password-file", "MYSQL_PASSWORD_FILE", '"nowhere/to/be/found"', "there is no such file"],
  },
  { name: "an unknown flag", args: ["mon", "--bach-size=3"], says: ['"--bach-size"', "did you mean --batch-size?"] },
  { name: "a bad value of a flag", args: ["mock", "--writers=0"], says: ["--writers", '"0"', "from 1 to 64"] },
  {
    name: "a bad value of a variable",
    args: ["mon"],
    env: { BATCHSIZE: "many" },
    says: ["BATCHSIZE", '"many"', "a whole number from 1 to 1000000"],
  },
  { name: "a bad quantity", args: ["mock", "0"], says: ["qty", '"0"', "from 1 to"] },
  {
    name: "a cap below what the writers hold, naming what to change",
    args: ["mon", "--batch-size=10", "--max-in-flight=29"],
    says: ["--max-in-flight (MAXINFLIGHT) 29", "at least 30", "--batch-size (BATCHSIZE)"],
  },
  {
    name: "real Pub/Sub without a project, with what helps",
    args: ["mon"],
    says: ["--project (PUBSUB_PROJECT_ID)", "PUBSUB_EMULATOR_HOST", "lms demo"],
  },
  {
    name: "real Pub/Sub without a database",
    args: ["mon", "--project=some-project"],
    says: ["--database (DATABASE_URL)", "mysql://"],
  },
  {
    name: "a database's command without a database",
    args: ["verify"],
    says: ["--database (DATABASE_URL)", "DATABASE_URL_FILE", "mysql://"],
  },
  {
    name: "a bad value of a variable with LMS_ before it",
    args: ["mon"],
    env: { LMS_BATCHSIZE: "many", BATCHSIZE: "7" },
    says: ["LMS_BATCHSIZE", '"many"'],
  },
  {
    name: "a manifest's path that cannot be written, before anything is published",
    args: ["sim", "--manifest=nowhere/to/be/found.json"],
    env: { PUBSUB_EMULATOR_HOST: NOWHERE },
    says: ["--manifest", '"nowhere/to/be/found.json"', "there is no such folder"],
  },
  {
    name: "a manifest's path that it has no right to",
    args: ["sim", "--manifest=/manifest.json"],
    env: { PUBSUB_EMULATOR_HOST: NOWHERE },
    says: ["--manifest", '"/manifest.json"', ".github/docs/permissions.md"],
  },
  { name: "lms emu without an emulator", args: ["emu"], says: ["PUBSUB_EMULATOR_HOST", "lms emulator"] },
];

for (const { name, args, env, says } of refused) {
  Deno.test(`lms refuses ${name}, in one line and with exit code 2`, async () => {
    const { code, stdout, stderr } = await runLms(args, { LOG_FORMAT: "text", ...env });
    assertEquals({ code, stdout }, { code: 2, stdout: "" }, stderr);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
    for (const text of says) assertStringIncludes(stderr, text);
  });
}

Deno.test("lms never repeats a database's password, wherever it stands and whatever is wrong with it", async () => {
  const url = `mysql://lms:s3cr3t@${NOWHERE}/lms`;
  for (
    const [args, env] of [
      [["migrate", "--startup-timeout=1"], { DATABASE_URL: url }],
      [["migrate", `--database=${url}?unknown=1`], {}],
      [["migrate", `--databse=${url}`], {}],
      [["migrate", url], {}],
      [[url], {}],
      [["migrate", `--startup-timeout=${url}`], {}],
      [["mon"], { DATABASE_URL: "mysql://lms:s3cr3t/x@h/lms", PUBSUB_EMULATOR_HOST: NOWHERE }],
    ] as const
  ) {
    const { code, stdout, stderr } = await runLms(args, env);
    assert(code === 1 || code === 2, `exited ${code}`);
    assertEquals((stdout + stderr).includes("s3cr3t"), false, args.join(" "));
  }
});

Deno.test("lms waits for a database until STARTUPTIMEOUT, then exits 1 with its address", async () => {
  const env = { DATABASE_URL: `mysql://lms:s3cr3t@${NOWHERE}/lms`, STARTUPTIMEOUT: "1" };
  const { code, stderr } = await runLms(["migrate"], env);
  assertEquals(code, 1);
  const lines = stderr.trimEnd().split("\n");
  assertEquals(lines.length, 2, stderr);
  assertStringIncludes(lines[0]!, "waiting for the database");
  assertStringIncludes(lines[1]!, `mysql://${NOWHERE}/lms`);
  assertStringIncludes(lines[1]!, "--startup-timeout (STARTUPTIMEOUT)");
});

Deno.test("lms mock prints its messages as CSV and 3 record(s), with nothing else running", async () => {
  const { code, stdout, stderr } = await runLms(["mock"]);
  assertEquals({ code, stderr }, { code: 0, stderr: "3 record(s)\n" });
  assertMatch(stdout, /^service_name,payload,severity,timestamp,created_at\r?\n[^]*Z,[^]*Z\r?\n$/);
});

Deno.test("lms mock, which asks no certificate of anyone, runs where the lists of authorities are missing", async () => {
  const variables = [
    ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "DENO_CERT"],
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
  ];
  const { code, stderr } = await runLms(["mock"], Object.fromEntries(variables.map((name) => [name, "/nowhere"])));
  assertEquals({ code, stderr }, { code: 0, stderr: "3 record(s)\n" });
});

Deno.test("lms mock 7 prints seven records", async () => {
  const { code, stdout, stderr } = await runLms(["mock", "7"]);
  assertEquals(code, 0);
  // A payload may have line ends of its own; the two times are at the end of every record.
  assertEquals(stdout.match(/,(debug|info|warn|error|fatal),\S+Z,\S+Z\r?$/gm)?.length, 7, stdout);
  assertEquals(stderr, "7 record(s)\n");
});

Deno.test("lms migrate --dry-run prints the SQL and changes nothing; lms migrate applies it once", async () => {
  await using folder = await temporaryFolder();
  const env = { DATABASE_URL: `sqlite:${folder.path}/lms.db` };
  const planned = await runLms(["migrate", "--dry-run"], env);
  assertEquals(planned.code, 0, planned.stderr);
  for (const table of ["service_logs", "service_severity", "dead_letters", "schema_migrations"]) {
    assertMatch(planned.stdout, new RegExp(`CREATE TABLE ${table} \\(`));
  }
  assertEquals(await runLms(["migrate", "--dry-run"], env), planned);

  assertMatch((await runLms(["migrate"], env)).stderr, /"msg":"schema migrated","version":1/);
  assertEquals((await runLms(["migrate"], env)).stderr, "");
  assertMatch((await runLms(["migrate", "--dry-run"], env)).stdout, /^-- 0 migration\(s\) to apply to sqlite:/);
});

Deno.test("lms may read the variables that are taken for settings, and says what is meant", async () => {
  const env = { DATABASE_URL: "sqlite::memory:", LMS_LOG_LEVEL: "info", LOG_LEVEL: "error", MYSQL_PWD: "s3cr3t" };
  const { code, stderr } = await runLms(["migrate", "--dry-run"], env);
  assertEquals(code, 0);
  assertEquals(stderr.trimEnd().split("\n").map((line) => JSON.parse(line).msg), [
    "MYSQL_PWD is set, and is no setting of LMS; did you mean MYSQL_PASSWORD?",
    "LMS_LOG_LEVEL and LOG_LEVEL are set to different values; LOG_LEVEL is not looked at",
  ]);
});

Deno.test("lms logs with Cloud Logging's keys on Cloud Run, and as LOG_FORMAT says where it is set", async () => {
  const env = { DATABASE_URL: "sqlite::memory:", K_SERVICE: "lms" };
  const first = async (format: string) => {
    const { stderr } = await runLms(["migrate"], { ...env, LOG_FORMAT: format });
    return JSON.parse(stderr.split("\n")[0]!);
  };
  const cloud = await first("");
  assertEquals([cloud.severity, cloud.message], ["INFO", "schema migrated"]);
  assertEquals((await first("json")).msg, "schema migrated");
});

Deno.test("what only reads a database makes no file, and refuses one that is not there", async () => {
  await using folder = await temporaryFolder();
  const env = { DATABASE_URL: `sqlite:${folder.path}/lms.db` };
  for (
    const args of [
      ["verify"],
      ["verify", "--repair"],
      ["dead-letters", "list"],
      ["dead-letters", "replay"],
      ["dead-letters", "drop", "1", "--dry-run"],
    ]
  ) {
    const { code, stdout, stderr } = await runLms(args, env);
    assertEquals({ code, stdout }, { code: 1, stdout: "" }, stderr);
    assertMatch(stderr, /Cannot open sqlite:\S+lms\.db: there is no such file; lms mon and lms migrate make one/);
  }
  assertEquals((await runLms(["migrate", "--dry-run"], env)).code, 0);
  assertEquals(await namesIn(folder.path), []);

  assertEquals((await runLms(["migrate"], env)).code, 0);
  for (const args of [["verify"], ["dead-letters", "list"], ["migrate", "--dry-run"]]) {
    assertEquals((await runLms(args, env)).code, 0);
    assertEquals(await namesIn(folder.path), ["lms.db"], args.join(" "));
  }
});

Deno.test("lms-mon beside an emulator asks for a database, because it may write no file", async () => {
  await using monitor = new LmsProcess(["mon"], { PUBSUB_EMULATOR_HOST: NOWHERE }, {
    binary: undefined,
    task: "lms-mon",
  });
  const { code, stderr } = await monitor.ended();
  assertEquals(code, 2, stderr);
  assertStringIncludes(stderr, "built to write no file here; set --database (DATABASE_URL)");
});

Deno.test("lms emulator on a port that is taken says so in one record, and nothing beside it", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await runLms(["emulator", `--port=${taken.addr.port}`]);
  assertEquals(code, 1);
  assertEquals(
    JSON.parse(stderr).msg,
    `Cannot listen on 127.0.0.1:${taken.addr.port}: another program listens there; ` +
      "set --port to a port that is free, or to 0",
  );
});

Deno.test("lms demo ends by itself, with tables that agree with what it published", async () => {
  await builtPage();
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await runLms(["demo"], {
    DURATION: "3",
    DATABASE_URL: `sqlite:${folder.path}/lms.db`,
  });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const published = Number(/^ {2}published +(\d+) messages$/m.exec(stdout)?.[1]);
  const [, stored, dead] = /^ {2}stored +(\d+) entries and (\d+) dead letters/m.exec(stdout)?.map(Number) ?? [];
  const [, rows, letters] =
    /^ {2}entries +(\d+) rows in service_logs, (\d+) in dead_letters$/m.exec(stdout)?.map(Number) ?? [];
  const [, counted] = /^ {2}counted +(\d+) in service_severity: the tables agree$/m.exec(stdout)?.map(Number) ?? [];
  assert(published > 0, stdout);
  assertEquals(stored! + dead!, published);
  assertEquals([counted, rows, letters], [stored, stored, dead]);
  assertMatch(stdout, new RegExp(`^all services .* ${stored}$`, "m"));
  const next = stdout.slice(stdout.indexOf("\nnext\n")).trim().split("\n").map((line) => line.trim());
  const lms = ".ci/deno task --quiet lms";
  const database = `--database sqlite:${folder.path}/lms.db`;
  assertEquals(next.slice(0, 5), [
    "next",
    `${lms} logs 'severity>=error' -n 5 ${database}`,
    `${lms} stats ${database}`,
    `${lms} verify ${database}`,
    `${lms} dead-letters list ${database}`,
  ]);
  assertStringIncludes(next[5]!, `sqlite3 ${folder.path}/lms.db "SELECT`);

  // A second run adds to the file, and keeps apart what is its own.
  const again = await runLms(["demo"], { DURATION: "1", DATABASE_URL: `sqlite:${folder.path}/lms.db` });
  const own = Number(/^ {2}stored +(\d+) entries/m.exec(again.stdout)?.[1]);
  assertStringIncludes(again.stdout, `  entries    ${stored! + own} rows in service_logs`);
});
