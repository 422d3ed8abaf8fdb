/**
 * The bench's command line. Pure.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { DatabaseKind } from "../support/database_server.ts";

/** How to run. */
export interface BenchOptions {
  /** Names, in the order in which they run. */
  readonly scenarios: readonly string[];
  /** Messages of a side in a round, where somebody said. */
  readonly messages: number | undefined;
  readonly rounds: number;
  readonly databases: readonly DatabaseKind[];
  /** How long the scenarios last that hold a rate or an idle process. */
  readonly seconds: number;
  /** Rows that a table holds before, for the scenarios that fill one, where somebody said. */
  readonly rows: readonly number[] | undefined;
  /** Messages a second beside readers. */
  readonly rate: number;
  /** The database that the scenario of readers fills, leaves there, and finds filled the next time. */
  readonly keep: string | undefined;
  /** Clients that follow at once, where somebody said. */
  readonly tails: number | undefined;
  /** Tiny numbers and no targets: shows that the bench works, and measures nothing. */
  readonly quick: boolean;
  /** An earlier executable, to compare the pipeline with. */
  readonly before: string | undefined;
  /** The folder for JSON and pictures. */
  readonly output: string;
}

const FLAGS = [
  "scenario",
  "messages",
  "rounds",
  "database",
  "seconds",
  "rows",
  "rate",
  "keep",
  "tails",
  "before",
  "output",
] as const;

/**
 * @param known The scenarios that there are.
 * @throws {RangeError} Says what is wrong with the arguments.
 */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  const flags = parseArgs([...args], {
    string: [...FLAGS],
    boolean: ["quick"],
    unknown: (arg) => {
      throw new RangeError(
        `there is no ${arg}; there are: ${[...FLAGS, "quick"].map((flag) => `--${flag}`).join(", ")}`,
      );
    },
  });
  const { quick } = flags;
  const scenarios = flags.scenario === undefined || flags.scenario === "all" ? known : flags.scenario.split(",");
  for (const name of scenarios) {
    if (!known.includes(name)) throw new RangeError(`--scenario is all or some of ${known.join(",")}: ${name}`);
  }
  return {
    scenarios,
    messages: flags.messages === undefined ? undefined : wholeNumber("messages", flags.messages, 1),
    rounds: wholeNumber("rounds", flags.rounds ?? (quick ? "1" : "5"), 1),
    databases: databasesOf(flags.database ?? "mysql"),
    seconds: wholeNumber("seconds", flags.seconds ?? (quick ? "1" : "60"), 1),
    rows: flags.rows?.split(",").map((text) => wholeNumber("rows", text, 0)),
    rate: wholeNumber("rate", flags.rate ?? "2000", 1),
    keep: flags.keep === undefined ? undefined : databaseName(flags.keep),
    tails: flags.tails === undefined ? undefined : wholeNumber("tails", flags.tails, 10),
    quick,
    before: flags.before,
    output: flags.output ?? "output",
  };
}

/** What `--help` prints. */
export function usage(scenarios: readonly { readonly name: string; readonly summary: string }[]): string {
  const options: readonly (readonly [option: string, meaning: string])[] = [
    ["--scenario=NAMES", "all (default), or some of those below with commas between"],
    ["--database=KIND", "mysql (default), mariadb or both"],
    ["--rounds=N", "how often each side runs; default 5"],
    ["--messages=N", "messages of a side in a round; default: what suits the scenario"],
    ["--seconds=N", "of what holds a rate, or idles; default 60"],
    [
      "--rows=N,N",
      "that tables hold before; default 0,1000000,10000000 for growth, 1000000 for reading and export (the last)",
    ],
    ["--rate=N", "messages a second beside readers; default 2000"],
    ["--keep=NAME", "the database that reading fills and leaves, or finds filled, on a server that is given"],
    ["--tails=N", "clients that follow, from 10; one in ten without a filter; default 200"],
    ["--quick", "tiny numbers, one round and no targets: shows that the bench works, measures nothing"],
    ["--before=PATH", "an earlier executable, to compare the pipeline with"],
    ["--output=FOLDER", "for bench.json and the pictures; default output"],
  ];
  const lines = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([name, text]) => `  ${name.padEnd(18)}${text}`).join("\n");
  return `deno task bench [options]: how fast LMS is, and what that costs, on this machine

${lines(options)}

LMS_BIN=dist/lms measures the executable in place of the sources.

scenarios
${lines(scenarios.map(({ name, summary }) => [name, summary]))}`;
}

/** The number of messages of a scenario: what somebody said, else its own. */
export function amount(options: BenchOptions, own: { readonly full: number; readonly quick: number }): number {
  return options.messages ?? (options.quick ? own.quick : own.full);
}

function databasesOf(text: string): readonly DatabaseKind[] {
  if (text === "both") return ["mysql", "mariadb"];
  if (text === "mysql" || text === "mariadb") return [text];
  throw new RangeError(`--database is mysql, mariadb or both: ${text}`);
}

function databaseName(text: string): string {
  if (/^[a-z][a-z0-9_]{0,49}$/.test(text)) return text;
  throw new RangeError(`--keep is a name of small letters, digits and _: ${text}`);
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least) return value;
  throw new RangeError(`--${name} must be a whole number from ${least}: ${text}`);
}
