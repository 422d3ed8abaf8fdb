/**
 * Holds `src` to who may import whom; `tests/support/architecture.ts` has the rules. The graph is the one that Deno
 * itself builds (`deno info --json`), so that what is checked here is what runs.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import { type Import, type Module, violations, withoutComments, withoutSource } from "./support/architecture.ts";
import { fromRoot, readGraph, sourceFiles } from "./support/module_graph.ts";

Deno.test("src keeps to who may import whom", async () => {
  const modules = await readGraph();
  assertGreater(modules.length, 10);
  assertGreater(modules.flatMap((module) => module.imports).filter((imported) => imported.path).length, modules.length);
  assertEquals(violations(modules), []);
});

Deno.test("every module of src is in the graph", async () => {
  assertEquals((await readGraph()).map((module) => module.path).toSorted(), await sourceFiles("src"));
});

Deno.test("every unit test mirrors a module", async () => {
  const tests = (await sourceFiles("tests/unit")).filter((path) => path.endsWith("_test.ts"));
  assertGreater(tests.length, 0);
  assertEquals(
    withoutSource(tests, [
      ...await sourceFiles("src"),
      ...await sourceFiles("tests/support"),
      ...await sourceFiles("tests/soak"),
      ...await sourceFiles("tests/bench"),
    ]),
    [],
  );
});

Deno.test("fromRoot() names a module by its path in the repository, and nothing outside it", () => {
  assertEquals(fromRoot(new URL("../src/cli/run.ts", import.meta.url).href), "src/cli/run.ts");
  assertEquals(fromRoot("file:///elsewhere/src/cli.ts"), undefined);
  assertEquals(fromRoot("npm:/mysql2@3.24.6"), undefined);
});

/** A module of a made-up graph; each import is a path in the repository or a package, with `type ` before it for types only. */
function module(path: string, imports: readonly string[] = [], source = ""): Module {
  return {
    path,
    source,
    imports: imports.map((written): Import => {
      const specifier = written.replace(/^type /, "");
      const typeOnly = written !== specifier;
      return /^(src|tests)\//.test(specifier) ? { specifier, path: specifier, typeOnly } : { specifier, typeOnly };
    }),
  };
}

const allowed: readonly Module[] = [
  module("src/main.ts", ["src/cli/run.ts", "src/commands/command.ts"]),
  module("src/cli/flags.ts", ["src/commands/mock/command.ts", "src/config/settings.ts", "@std/cli"]),
  module("src/commands/mock/run.ts", ["src/app/pubsub.ts", "src/pipeline.ts", "src/store/open_store.ts"]),
  module("src/app/pubsub.ts", ["src/config/settings.ts", "src/emulator/fake_server.ts", "src/http/server.ts"]),
  module("src/config/settings.ts", ["src/entry/entry.ts", "src/ops/durations.ts"]),
  module("src/pipeline.ts", [
    "src/entry/decode.ts",
    "src/store/store.ts",
    "type src/store/mysql/store.ts",
    "src/ops/logger.ts",
  ]),
  module("src/store/mysql/store.ts", ["src/entry/entry.ts", "src/store/store.ts", "mysql2/promise", "node:buffer"]),
  module("src/store/sqlite/store.ts", ["node:sqlite"]),
  module("src/pubsub/subscriber.ts", ["@grpc/grpc-js", "type @google-cloud/pubsub", "src/ops/backoff.ts"]),
  module("src/emulator/server.ts", ["src/wire/message.ts", "@grpc/grpc-js"]),
  module("src/store/word_filters.ts", ["src/words/word_filter.ts"]),
  module("src/reading/query.ts", ["src/store/store.ts", "src/entry/entry.ts", "src/words/words.ts"]),
  module("src/ops/logger.ts", ["@std/log"]),
];

Deno.test("violations() accepts what the rules allow", () => {
  assertEquals(violations(allowed), []);
});

const forbidden: readonly (readonly [name: string, modules: readonly Module[], violation: string])[] = [
  ["a store that imports what lies below it, but is another's business", [
    module("src/store/mysql/store.ts", ["src/pubsub/delivery.ts"]),
  ], "none of its business"],
  ["an entry that imports types of the store", [module("src/entry/entry.ts", ["type src/store/store.ts"])], "above it"],
  ["a pipeline that opens a store", [module("src/pipeline.ts", ["src/store/mysql/store.ts"])], "none of its business"],
  ["a config that imports what it configures", [module("src/config/settings.ts", ["src/store/store.ts"])], "above it"],
  ["a stage that reads the settings", [module("src/store/open_store.ts", ["src/config/settings.ts"])], "none of its"],
  ["the emulator in the client", [module("src/pubsub/subscriber.ts", ["src/emulator/server.ts"])], "none of its"],
  ["the client in the emulator", [module("src/emulator/server.ts", ["src/pubsub/admin.ts"])], "above it"],
  ["a reading that imports a store's implementation", [
    module("src/reading/query.ts", ["src/store/sqlite/store.ts"]),
  ], "none of its business"],
  ["words that know an entry", [module("src/words/words.ts", ["type src/entry/entry.ts"])], "above it"],
  ["anyone but cli that imports a command", [module("src/sim/a.ts", ["src/commands/mock/run.ts"])], "above it"],
  ["a command that imports cli", [module("src/commands/mock/run.ts", ["src/cli/run.ts"])], "above it"],
  ["anyone that imports main", [module("src/cli/run.ts", ["src/main.ts"])], "above it"],
  ["src that imports tests", [module("src/cli/run.ts", ["tests/support/time.ts"])], "none of its business"],
  ["a folder that nobody decided on", [module("src/misc/helper.ts")], "no known part"],
  ["mysql2 outside its store", [module("src/store/sqlite/store.ts", ["type mysql2"])], "may not import mysql2"],
  ["grpc outside pubsub", [module("src/sim/a.ts", ["@grpc/grpc-js"])], "may not import @grpc/grpc-js"],
  ["the log package outside its one file", [module("src/ops/metrics.ts", ["@std/log"])], "may not import @std/log"],
  ["a package that nothing wraps", [module("src/store/a.ts", ["lodash"])], "no part of src wraps"],
  ["node:process", [module("src/main.ts", ["node:process"])], "may not import node:process"],
  ["the environment read in a stage", [module("src/batch/a.ts", [], 'Deno.env.get("A")')], 'may not say "Deno.env"'],
  ["an exit in a command", [module("src/commands/a.ts", [], "if (x) Deno\n.exit(1)")], 'may not say "Deno .exit"'],
  ["dice of a stage's own", [module("src/batch/a.ts", [], "Math.random() < 0.5")], 'may not say "Math.random"'],
  ["an id of a stage's own", [module("src/store/a.ts", [], "crypto.randomUUID()")], "may not say"],
  ["the time of day in a stage", [module("src/batch/a.ts", [], "const since = Date.now();")], 'may not say "Date.now"'],
  ["state of a module", [module("src/ops/a.ts", [], "export let last = 0;")], 'may not say "export let last"'],
  [
    "a cycle",
    [
      module("src/store/b.ts", ["src/store/c.ts"]),
      module("src/store/c.ts", ["src/store/a.ts"]),
      module("src/store/a.ts", ["src/store/b.ts"]),
    ],
    "import cycle: src/store/a.ts -> src/store/b.ts -> src/store/c.ts -> src/store/a.ts",
  ],
];

for (const [name, modules, violation] of forbidden) {
  Deno.test(`violations() reports ${name}`, () => {
    const found = violations(modules);
    assertEquals(found.length, 1, found.join("; "));
    assertEquals(found[0]?.includes(violation), true, found[0]);
  });
}

Deno.test("violations() reads code, not comments", () => {
  const source = '// Deno.exit(1)\n/* Deno.env */\nconst url = "http://a"; // Deno.env\n';
  assertEquals(violations([module("src/ops/a.ts", [], source)]), []);
  assertEquals(withoutComments('const a = "//"; Deno.exit()'), 'const a = "//"; Deno.exit()');
});

Deno.test("withoutSource() reports a unit test without its module", () => {
  const tests = ["tests/unit/store/mysql/store_test.ts", "tests/unit/gone_test.ts", "tests/unit/support/time_test.ts"];
  const sources = ["src/store/mysql/store.ts", "tests/support/time.ts"];
  assertEquals(withoutSource(tests, sources), ["tests/unit/gone_test.ts"]);
});
