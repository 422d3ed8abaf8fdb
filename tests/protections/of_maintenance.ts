/**
 * The protections of what operators do beside running monitors.
 *
 * @module
 */
import { type Protection, protectionsOf } from "./protection.ts";

const MYSQL = "tests/contract/mysql_store_test.ts";
const SQLITE = "tests/contract/sqlite_store_test.ts";

/** See {@linkcode Protection}. */
export const OF_MAINTENANCE: readonly Protection[] = [
  ...protectionsOf({ file: "src/store/mysql/dead_letters.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: a dead letter is replayed once, and what never was one is not",
      find: "if (mine.length < left.length) {",
      replace: "if (mine.length < 0) {",
      filter: "replay() of what was replayed, or never was a dead letter",
    },
    {
      name: "MySQL: an entry that is stored already is not counted by a replay",
      find: "if (await insertRows(attempt, left) < left.length) {",
      replace: "if (await insertRows(attempt, left) < 0) {",
      filter: "replay() of an entry that is stored already counts nothing",
    },
    {
      name: "MySQL: a replayed entry is counted in the same transaction",
      find:
        `await attempt.commit({ entries: left, deadLetters: 0 }, { cause: "replay", bytes: 0, items: left.length });`,
      replace: `await session.change("COMMIT");`,
      filter: "replay() moves dead letters to service_logs and counts them",
    },
    {
      name: "MySQL: a dead letter that was replayed is not dropped",
      find: `{ keys, statuses: ["open"] }`,
      replace: `{ keys, statuses: ["open", "replayed"] }`,
      filter: "drop() settles open dead letters only",
    },
  ]),
  {
    name: "MySQL: one repair at a time, so that no difference is added twice",
    file: "src/store/mysql/verify.ts",
    find: `await locked(session, { name: "repair", waitSeconds: 0, elsewhere }, async ({ confirm }) => {`,
    replace: "await (async (work: (lock: { confirm: () => Promise<void> }) => Promise<Verification>) => \
await work({ confirm: async () => {} }))(async ({ confirm }) => {",
    test: MYSQL,
    filter: "repair() while another one is under way is retry",
    needs: "servers",
  },
  {
    name: "MySQL: a comparison is made in one snapshot, whatever is written meanwhile",
    file: "src/store/mysql/transaction.ts",
    find: "await session.begin({ snapshot: true });",
    replace: "",
    test: MYSQL,
    filter: "verify() beside writers sees no difference",
    needs: "servers",
  },
  ...protectionsOf({ file: "src/store/sqlite/dead_letters.ts", test: SQLITE }, [
    {
      name: "SQLite: a dead letter is replayed once, and what never was one is not",
      find: `const replayable = entries.filter(withStatus(db, ["open", "dropped"]));`,
      replace: "const replayable = entries;",
      filter: "replay() of what was replayed, or never was a dead letter",
    },
    {
      name: "SQLite: a dead letter that was replayed is not dropped",
      find: `const open = withStatus(db, ["open"]);`,
      replace: `const open = withStatus(db, ["open", "replayed"]);`,
      filter: "drop() settles open dead letters only",
    },
  ]),
  {
    name: "SQLite: a repair's snapshot and its deltas are one transaction",
    file: "src/store/sqlite/verify.ts",
    test: SQLITE,
    find: "addCounts(db.prepare(ADD_COUNT), deltas(found.differences));",
    replace: "",
    filter: "finds counters that are too high, too low, missing and surplus",
  },
  {
    name: "A signal ends what is done to dead letters between two pages",
    file: "src/commands/dead_letters/carry_out.ts",
    find: "if (stopped) break;",
    replace: "",
    test: SQLITE,
    filter: "drop that a signal ends leaves whole pages done",
  },
  {
    name: "A dry run drops no dead letter",
    file: "src/commands/dead_letters/drop.ts",
    find: "config.dryRun ? open : await store.drop(open)",
    replace: "await store.drop(open)",
    test: SQLITE,
    filter: "drop takes what has the reason, the time and the texts",
  },
  {
    name: "Dead letters of which a text is asked for are dropped only where they have it",
    file: "src/commands/dead_letters/choice.ts",
    find: "return left.filter((letter) => fitting.has(fullId(letter)));",
    replace: "return left;",
    test: SQLITE,
    filter: "drop takes what has the reason, the time and the texts",
  },
  ...protectionsOf({ file: "src/commands/dead_letters/run.ts", test: "tests/contract/dead_letters_command_test.ts" }, [
    {
      name: "Not every dead letter is dropped because nobody said which",
      find: `action === "drop" && ids.length === 0 && restrictions(config).length === 0`,
      replace: `action === "drop" && ids.length < 0`,
      filter: "dead-letters drop is refused with 2",
    },
    {
      name: "A flag that means nothing to an action is refused, lest a limited drop take everything",
      find: "checkSettings(action, config);",
      replace: "",
      filter: "drop --reason=not_json --limit=1 is refused",
    },
  ]),
  {
    name: "Dead letters are dropped 500 in a transaction, so that writers of the same messages do not wait for long",
    file: "src/store/replay.ts",
    find: "i += KEYS_PER_TRANSACTION) {\n    dropped.push",
    replace: "i += sorted.length) {\n    dropped.push",
    test: "tests/unit/store/replay_test.ts",
    filter: "dropAll() takes at most 500 keys",
  },
  {
    name: "verify orders services as databases do",
    file: "src/ops/code_points.ts",
    find: "(one.codePointAt(at) ?? -1) - (other.codePointAt(at) ?? -1)",
    replace: "(one.charCodeAt(at) || -1) - (other.charCodeAt(at) || -1)",
    test: SQLITE,
    filter: "verify() orders services as the database does",
  },
  {
    name: "A table has as many rows as there are",
    file: "src/ops/table.ts",
    find: `rows.reduce((width, row) => Math.max(width, displayWidth(String(row[column] ?? ""))), 0)`,
    replace: `Math.max(...rows.map((row) => displayWidth(String(row[column] ?? ""))))`,
    test: "tests/unit/ops/table_test.ts",
    filter: "alignedRows() aligns as many rows",
  },
  {
    name: "A replayed entry that the database refuses does not hold up its neighbours",
    file: "src/store/replay.ts",
    find: "await split(chunk, error);",
    replace: "throw error;",
    test: SQLITE,
    filter: "replay() moves the neighbours of an entry that the database refuses",
  },
  {
    name: "A database whose packet is too small for the largest dead letter is refused at start",
    file: "src/app/database_facts.ts",
    find: "packetBytesMax < PACKET_BYTES_MIN",
    replace: "packetBytesMax < 0",
    test: "tests/unit/app/database_facts_test.ts",
    filter: "checkedFacts() refuses too small a packet",
  },
  {
    name: "A database that would change values to fit is refused at start",
    file: "src/app/database_facts.ts",
    find: "if (!strict) {",
    replace: "if (strict === undefined) {",
    test: "tests/unit/app/database_facts_test.ts",
    filter: "checkedFacts() refuses a mode that is not strict",
  },
];
