import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readConfig } from "../../../src/config/read_config.ts";
import type { Setting } from "../../../src/config/setting.ts";
import { type SettingName, SETTINGS } from "../../../src/config/settings.ts";

const NO_ENV = () => undefined;
function env(variables: Readonly<Record<string, string>>): (name: string) => string | undefined {
  return (name) => variables[name];
}

const names = Object.keys(SETTINGS) as SettingName[];

Deno.test("readConfig() of nothing gives every default, as values that the settings' own readers take", () => {
  const config = readConfig(names, { flags: {}, env: NO_ENV });
  assert(config.ok, JSON.stringify(config));
  const { batchSize, batchBytes, flushIntervalMs, maxInFlightBytes, streams, leaseMs, writers, graceMs } = config.value;
  assertEquals(
    { batchSize, batchBytes, flushIntervalMs, maxInFlightBytes, streams, leaseMs, writers, graceMs },
    {
      batchSize: 5_000,
      batchBytes: 16 * 2 ** 20,
      flushIntervalMs: 60_000,
      maxInFlightBytes: 96 * 2 ** 20,
      streams: 4,
      leaseMs: 60_000,
      writers: 2,
      graceMs: 30_000,
    },
  );
  assertEquals([config.value.topic, config.value.subscription], ["log-topic", "log-sub"]);
  for (const name of ["project", "database", "durationMs", "maxInFlight", "emulatorHost"] as const) {
    assertEquals(config.value[name], undefined, name);
  }
  assert(Object.isFrozen(config.value));
});

Deno.test("readConfig() takes a flag over the environment, that over the command's default, that over the setting's", () => {
  const read = (flags: Record<string, string>, variables: Record<string, string>, defaults: Record<string, string>) => {
    const config = readConfig(["batchSize"], { flags, env: env(variables), defaults });
    assert(config.ok);
    return config.value.batchSize;
  };
  const [flag, variable, own] = [{ "batch-size": "1" }, { BATCHSIZE: "2" }, { batchSize: "3" }];
  assertEquals(read(flag, variable, own), 1);
  assertEquals(read({}, variable, own), 2);
  assertEquals(read({}, {}, own), 3);
  assertEquals(read({}, {}, {}), 5_000);
});

Deno.test("readConfig() takes the first variable that is set and not empty", () => {
  const project = (variables: Record<string, string>) => {
    const config = readConfig(["project"], { flags: {}, env: env(variables) });
    assert(config.ok);
    return config.value.project;
  };
  assertEquals(project({ PUBSUB_PROJECT_ID: "first-one", GOOGLE_CLOUD_PROJECT: "second-one" }), "first-one");
  assertEquals(project({ PUBSUB_PROJECT_ID: "", GOOGLE_CLOUD_PROJECT: "second-one" }), "second-one");
  assertEquals(project({ PUBSUB_PROJECT_ID: "" }), undefined);
});

Deno.test("readConfig() takes any variable with LMS_ before it, over the same without, and under the flag", () => {
  for (const name of names) {
    const { flag, env: variables = [] }: Setting<unknown> = SETTINGS[name];
    for (const variable of variables) {
      // Whatever cannot be read names where it is from.
      const source = (given: Record<string, string>, flags: Record<string, string> = {}) => {
        const config = readConfig([name], { flags, env: env(given) });
        return config.ok ? "" : config.problem.split(" ")[2]!.replace(":", "");
      };
      const nothing = "\0".repeat(5_000);
      const both = { [variable]: nothing, [`LMS_${variable}`]: nothing };
      if (source({ [variable]: nothing }) === "") continue; // A text of any kind.
      assertEquals(source(both), `LMS_${variable}`);
      assertEquals(source({ ...both, [`LMS_${variable}`]: "" }), variable);
      if (flag !== undefined) assertEquals(source(both, { [flag]: nothing }), `--${flag}`);
    }
  }
  const config = readConfig(["database", "mysqlPassword"], {
    flags: {},
    env: env({ DATABASE_URL: "sqlite:a", LMS_DATABASE_URL: "sqlite:b", LMS_MYSQL_PASSWORD: "c" }),
  });
  assert(config.ok);
  assertEquals([config.value.database, config.value.mysqlPassword], ["sqlite:b", "c"]);
});

Deno.test("readConfig() names where a bad value comes from, the value, and what is allowed", () => {
  assertEquals(readConfig(["writers"], { flags: {}, env: env({ WRITERS: "65" }) }), {
    ok: false,
    problem: 'Cannot use WRITERS "65": it must be a whole number from 1 to 64',
  });
  assertEquals(readConfig(["writers"], { flags: { writers: "" }, env: NO_ENV }), {
    ok: false,
    problem: 'Cannot use --writers "": it must be a whole number from 1 to 64',
  });
});

Deno.test("readConfig() does not repeat a value that may hold a password", () => {
  const config = readConfig(["database"], { flags: { database: "" }, env: NO_ENV });
  assert(!config.ok);
  assertStringIncludes(config.problem, "Cannot use --database: it must be ");
});

Deno.test("readConfig() takes no run longer than a timer can wait", () => {
  const read = (text: string) => readConfig(["durationMs"], { flags: { duration: text }, env: NO_ENV }).ok;
  assertEquals([read("576h"), read("577h")], [true, false]);
});

Deno.test("readConfig() refuses a URL and a file with the URL, by the names that were used; a default gives way", () => {
  const read = (flags: Record<string, string>, variables: Record<string, string>) =>
    readConfig(["database", "databaseUrlFile"], { flags, env: env(variables), defaults: { database: "sqlite:d" } });
  assertEquals(read({}, { DATABASE_URL: "sqlite:a", DATABASE_URL_FILE: "/f" }), {
    ok: false,
    problem: "Cannot use both DATABASE_URL_FILE and DATABASE_URL: take one of them away",
  });
  assertEquals(read({ database: "sqlite:a" }, { DATABASE_URL_FILE: "/f" }), {
    ok: false,
    problem: "Cannot use both DATABASE_URL_FILE and --database: take one of them away",
  });
  assertEquals(read({}, { DATABASE_URL_FILE: "/f" }).ok, true);
  assertEquals(read({}, { DATABASE_URL: "", DATABASE_URL_FILE: "/f" }).ok, true);
});

Deno.test("readConfig() takes a topic and a subscription by short and by full name, and each only as what it is", () => {
  const read = (flags: Record<string, string>) => readConfig(["topic", "subscription"], { flags, env: NO_ENV });
  for (const project of ["ours-1", "example.com:ours"]) {
    const flags = { topic: `projects/${project}/topics/logs`, subscription: `projects/${project}/subscriptions/logs` };
    assertEquals(read(flags), { ok: true, value: flags });
  }
  for (
    const topic of [
      "projects/p/subscriptions/logs",
      "projects/ours-1/topics/",
      "topics/logs",
      "projects/ours-1/topics/goog1",
    ]
  ) {
    const refused = read({ topic });
    assert(!refused.ok, topic);
    assertStringIncludes(refused.problem, "projects/PROJECT/topics/NAME");
  }
});
