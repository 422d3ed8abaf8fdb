/**
 * The soak: breaks things on purpose, for as long as it is told, and proves that nothing is lost and nothing is twice.
 *
 *     deno task soak [--scenario=faults|outage|counters|migration] [--minutes=5] [--seconds=60] [--seed=N] [--instances=3]
 *                    [--rate=N] [--rows=N] [--database=mysql|mariadb] [--output=output]
 *
 * Exits 0 when everything is in order, 1 when not, 2 for a flag that it does not understand. The same seed breaks the
 * same things at the same times.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { counters } from "./counters.ts";
import { faults } from "./faults.ts";
import { migration } from "./migration/scenario.ts";
import { outage } from "./outage.ts";
import { markdown, type SoakOptions, type SoakResult } from "./result.ts";
import { runLms } from "../support/run_lms.ts";

/** Each scenario with the minutes and the rate that it has when nobody says. */
const SCENARIOS: Readonly<
  Record<string, { run: (options: SoakOptions) => Promise<SoakResult>; minutes: number; rate: number }>
> = {
  faults: { run: faults, minutes: 5, rate: 1_300 },
  outage: { run: outage, minutes: 3, rate: 5_000 },
  counters: { run: counters, minutes: 1, rate: 0 },
  migration: { run: migration, minutes: 120, rate: 2_000 },
};

const FLAGS = ["scenario", "minutes", "seconds", "seed", "instances", "rate", "rows", "database", "output"];
const flags = parseArgs(Deno.args, {
  string: FLAGS,
  unknown: (arg) => refuse(`there is no ${arg}; there are: ${FLAGS.map((flag) => `--${flag}`).join(", ")}`),
});
const name = flags.scenario ?? "faults";
const scenario = SCENARIOS[name] ?? refuse(`--scenario must be one of ${Object.keys(SCENARIOS).join(", ")}: ${name}`);
const database = flags.database ?? "mysql";
if (database !== "mysql" && database !== "mariadb") refuse(`--database must be mysql or mariadb: ${database}`);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop.abort(new Error(`told to stop by ${signal}`)));
}
const options: SoakOptions = {
  database,
  minutes: number("minutes", scenario.minutes, 1, 10_000),
  seconds: number("seconds", 60, 1, 86_400),
  seed: number("seed", crypto.getRandomValues(new Uint32Array(1))[0]!, 0, 2 ** 32 - 1),
  instances: number("instances", 3, 2, 16),
  rate: number("rate", scenario.rate, 0, 1_000_000),
  // In whole ten thousands.
  rows: Math.ceil(number("rows", 200_000, 1, 1_000_000_000) / 10_000) * 10_000,
  signal: stop.signal,
  say,
};
say(`soak, scenario ${name}, seed ${options.seed}: repeat it with --scenario=${name} --seed=${options.seed}`);
const program = (await runLms(["--version"])).stdout.trim();
const found = await scenario.run(options);
const result: SoakResult = { ...found, setting: { program, ...found.setting } };
const output = flags.output ?? "output";
const path = `${output}/soak_${name}_${new Date().toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z")}`;
await Deno.mkdir(output, { recursive: true });
await Deno.writeTextFile(`${path}.md`, markdown(result));
await Deno.writeTextFile(`${path}.json`, JSON.stringify(result, null, 2) + "\n");
say(markdown(result));
say(`kept in ${path}.md and ${path}.json`);
if (stop.signal.aborted) say("stopped before its end");
Deno.exit(result.problems.length === 0 && !stop.signal.aborted ? 0 : 1);

function number(flag: string, otherwise: number, least: number, most: number): number {
  const text = (flags as Readonly<Record<string, unknown>>)[flag];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (value >= least && value <= most) return value;
  return refuse(`--${flag} must be a number from ${least} to ${most}: ${text}`);
}

function refuse(problem: string): never {
  say(`Cannot run the soak: ${problem}`);
  Deno.exit(2);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
