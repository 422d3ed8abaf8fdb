/**
 * Measures how fast LMS is, and what that costs. Everything runs on this machine and shares it: a real database, the
 * embedded Pub/Sub (in this process) and LMS, or what it is compared with, as a process of its own.
 *
 * `deno task bench --help` tells its options.
 *
 * Each scenario runs its sides by turns, A B, B A, and so on, and compares them within a round. After every round the
 * tables are checked; a message that is missing or a counter that is wrong ends the bench with exit code 1. A target
 * that does not hold is printed and changes no exit code: how fast a machine is says nothing about the program.
 *
 * @module
 */
import { startDatabase } from "../support/database.ts";
import { type BenchOptions, parseOptions, usage } from "./options.ts";
import type { Result } from "./result.ts";
import type { Bench, Scenario } from "./scenario.ts";
import { backlog } from "./scenarios/backlog.ts";
import { emulator } from "./scenarios/emulator.ts";
import { exportScenario } from "./scenarios/export.ts";
import { growth } from "./scenarios/growth.ts";
import { naive } from "./scenarios/naive.ts";
import { pipeline } from "./scenarios/pipeline.ts";
import { reading } from "./scenarios/reading.ts";
import { rows } from "./scenarios/rows.ts";
import { schema } from "./scenarios/schema.ts";
import { scaleOut } from "./scenarios/scale_out.ts";
import { services } from "./scenarios/services.ts";
import { sizes } from "./scenarios/sizes.ts";
import { start } from "./scenarios/start.ts";
import { steady } from "./scenarios/steady.ts";
import { tails } from "./scenarios/tails.ts";
import { resultSvg } from "./svg.ts";
import { resultTable } from "./table.ts";

const SCENARIOS: readonly Scenario[] = [
  pipeline,
  schema,
  naive,
  rows,
  steady,
  growth,
  reading,
  tails,
  exportScenario,
  sizes,
  backlog,
  scaleOut,
  services,
  start,
  emulator,
];
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 };

Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    say(usage(SCENARIOS));
    return EXIT.ok;
  }
  let options: BenchOptions;
  try {
    options = parseOptions(args, SCENARIOS.map(({ name }) => name));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(`Cannot run the bench: ${error.message}; --help tells the options`);
    return EXIT.usage;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop.abort(new Error(`told to stop by ${signal}`)));
  }
  const results: Result[] = [];
  try {
    for (const kind of options.databases) {
      await using server = await startDatabase(kind);
      say(`${kind} ${server.version} (${server.origin})`);
      for (const scenario of SCENARIOS.filter(({ name }) => options.scenarios.includes(name))) {
        results.push(await measured(scenario, { server, options, signal: stop.signal, say }));
        await write(`${options.output}/bench.json`, { ...machine(), results });
      }
    }
    return EXIT.ok;
  } catch (error) {
    if (!stop.signal.aborted) {
      say(`FAILED: ${error instanceof Error ? error.stack : error}`);
      return EXIT.failed;
    }
    say("stopped before its end");
    return EXIT.interrupted;
  } finally {
    const missed = results.flatMap(({ scenario, ratios }) =>
      ratios.filter(({ holds }) => holds === false).map(({ name, target }) => `${scenario}: ${name} ${target}`)
    );
    if (missed.length > 0) say(`targets that do not hold:\n${missed.map((line) => `  ${line}`).join("\n")}`);
    if (results.length > 0) say(`kept in ${options.output}/bench.json and ${options.output}/bench_*.svg`);
  }
}

async function measured(scenario: Scenario, bench: Bench): Promise<Result> {
  const { options: { output, quick }, server: { kind } } = bench;
  say(`\n${scenario.name}: ${scenario.summary}${quick ? " (quick: measures nothing)" : ""}`);
  const result = await scenario.run(bench);
  say(`\n${resultTable(result)}`);
  const path = `${output}/bench_${scenario.name}_${kind}`;
  await write(`${path}.json`, { ...machine(), ...result });
  await Deno.writeTextFile(`${path}.svg`, resultSvg(result));
  return result;
}

/** What the figures depend on. */
function machine(): Readonly<Record<string, unknown>> {
  return {
    at: new Date().toISOString(),
    cores: navigator.hardwareConcurrency,
    deno: Deno.version.deno,
    program: Deno.env.get("LMS_BIN") || "from source",
  };
}

async function write(path: string, content: unknown): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  // More digits than these are noise.
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  await Deno.writeTextFile(path, `${JSON.stringify(content, rounded, 2)}\n`);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
