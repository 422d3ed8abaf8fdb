/**
 * The property of the word index over many histories:
 *
 *     deno task words [--database=sqlite|mysql|mariadb] [--histories=1000] [--seed=N]
 *
 * Exits 0 when every word of every row was found, 1 when not, 2 for a flag that it does not understand.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { startDatabase } from "../support/database.ts";
import { placeInFile, placeOn } from "./place.ts";
import { assertEveryWordIsFound, type Evidence } from "./property.ts";

const FLAGS = ["database", "histories", "seed"];
const flags = parseArgs(Deno.args, {
  string: FLAGS,
  unknown: (arg) => refuse(`there is no ${arg}; there are: ${FLAGS.map((flag) => `--${flag}`).join(", ")}`),
});
const kind = flags.database ?? "sqlite";
if (kind !== "sqlite" && kind !== "mysql" && kind !== "mariadb") {
  refuse(`--database must be sqlite, mysql or mariadb: ${kind}`);
}
const histories = whole("histories", 1_000);
const seed = whole("seed", crypto.getRandomValues(new Int32Array(1))[0]! >>> 1);

/** A database of the version before is made for so many. */
const PER_PLACE = 10;
const TOLD_EVERY = 100;

say(`words, ${histories} histories on ${kind}, seed ${seed}`);
await using stack = new AsyncDisposableStack();
const server = kind === "sqlite" ? undefined : stack.use(await startDatabase(kind));
if (server !== undefined) say(`${kind} ${server.version} (${server.origin})`);
const begunAt = performance.now();
try {
  const evidence = await assertEveryWordIsFound({
    make: server === undefined ? placeInFile : () => placeOn(server),
    histories,
    perPlace: PER_PLACE,
    seed,
    onHistory: (evidence) => {
      if (evidence.histories % TOLD_EVERY === 0) say(`${evidence.histories} histories, ${elapsed()} s`);
    },
  });
  say(report(evidence));
} catch (error) {
  say(`Not everything was found: ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = 1;
}

function report({ tally, lookups, ...sums }: Evidence): string {
  const rows = Object.entries({ ...sums, ...tally, ...lookups, "false negatives": 0, seconds: elapsed() });
  return rows.map(([name, value]) => `${name.padEnd(16)}${value}`).join("\n");
}

function elapsed(): number {
  return Math.round((performance.now() - begunAt) / 1_000);
}

function whole(flag: "histories" | "seed", otherwise: number): number {
  const text = flags[flag];
  if (text === undefined) return otherwise;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 1 ? value : refuse(`--${flag} must be a whole number: ${text}`);
}

function refuse(problem: string): never {
  say(`Cannot look for words: ${problem}`);
  Deno.exit(2);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
