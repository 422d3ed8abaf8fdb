/**
 * How measurements are told.
 *
 * @module
 */
import { quantile } from "../../bench/statistics.ts";

/** Prints a line. */
export function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** The middle one of measurements and the 95th of a hundred, in milliseconds. */
export function told(ms: readonly number[]): string {
  const [middle, high] = [0.5, 0.95].map((share) => quantile(ms, share).toFixed(0).padStart(4));
  return `${middle} ms, p95 ${high} ms`;
}

/** Prints them. */
export function sayMs(what: string, ms: readonly number[]): void {
  say(`${what.padEnd(36)} ${told(ms)}`);
}
