/**
 * Simulators that publish for as long as a run lasts.
 *
 * @module
 */
import { parseManifest } from "../../src/sim/manifest_json.ts";
import { LmsProcess } from "../support/lms_process.ts";
import type { Ledger } from "./ledger.ts";

/** What to publish, where, and who keeps account. */
export interface SimulateOptions {
  /** Leads to the Pub/Sub. */
  readonly env: Readonly<Record<string, string>>;
  /** Messages a second. */
  readonly rate: number;
  /** Share of messages that are malformed. */
  readonly malformed: number;
  readonly seed: number;
  readonly ledger: Ledger;
  /** For manifests. */
  readonly folder: string;
  /** When to stop, by `performance.now()`. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** A simulator's time: its manifest lists every message, and stays small that way. */
const ROUND_SECONDS = 60;

/**
 * Runs one simulator after the other until the time is over.
 *
 * @throws When one fails.
 */
export async function simulate(options: SimulateOptions): Promise<void> {
  const { env, ledger, folder, untilMs, signal } = options;
  for (let round = 0; !signal.aborted; round++) {
    const seconds = Math.min(ROUND_SECONDS, Math.floor((untilMs - performance.now()) / 1000));
    if (seconds < 1) return;
    const seed = (options.seed + round) >>> 0;
    const file = `${folder}/${seed}.json`;
    const flags = [`--rate=${options.rate}`, `--malformed=${options.malformed}`, "--services=20", `--seed=${seed}`];
    await using simulator = new LmsProcess(["sim", ...flags, "--list-messages", `--manifest=${file}`], {
      ...env,
      DURATION: String(seconds),
    });
    const stop = () => simulator.signal("SIGTERM");
    signal.addEventListener("abort", stop, { once: true });
    const { code, stderr } = await simulator.ended();
    signal.removeEventListener("abort", stop);
    if (code !== 0) throw new Error(`a simulator ended with ${code}: ${stderr.slice(-2_000)}`);
    const manifest = parseManifest(await Deno.readTextFile(file));
    if (!manifest.ok) throw new Error(`a simulator's manifest ${manifest.problem}`);
    ledger.add(manifest.value);
    await Deno.remove(file);
  }
}
