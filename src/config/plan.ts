/**
 * The settings that have to fit together.
 *
 * @module
 */
import { failure, type Result, success } from "../ops/result.ts";
import { LEASE_SECONDS } from "../wire/lease_limits.ts";
import { type Config, nameOf } from "./settings.ts";
import { formatBytes, formatDuration } from "./values.ts";

/** The settings that have to fit together. */
export type Plan = Config<
  "batchSize" | "batchBytes" | "flushIntervalMs" | "maxInFlightBytes" | "streams" | "leaseMs" | "writers"
>;

/** The longest that Pub/Sub leases a message for at once. */
const LEASE_MS_MAX = LEASE_SECONDS.max * 1_000;

/**
 * Completes a plan, and refuses a contradictory one.
 *
 * @param maxInFlight The cap in messages, where one was set.
 * @returns The cap in messages, or which setting to change.
 */
export function checkPlan(plan: Plan, maxInFlight: number | undefined): Result<number> {
  const { batchSize, batchBytes, maxInFlightBytes, writers, streams, flushIntervalMs } = plan;
  const batches = writers + 1;
  const cap = maxInFlight ?? Math.max(4, batches) * batchSize;
  if (cap < batchSize * batches) {
    return refuse(
      `${nameOf("maxInFlight")} ${cap} is less than ${batches} batches of ${batchSize}, one per writer and one filling`,
      `set it to at least ${batchSize * batches}, or lower ${nameOf("batchSize")}`,
    );
  }
  if (maxInFlightBytes < batchBytes * batches) {
    return refuse(
      `${nameOf("maxInFlightBytes")} ${formatBytes(maxInFlightBytes)} is less than ${batches} batches of ` +
        formatBytes(batchBytes),
      `set it to at least ${formatBytes(batchBytes * batches)}, or lower ${nameOf("batchBytes")}`,
    );
  }
  if (cap < streams) {
    return refuse(`${nameOf("streams")} ${streams} is more than the ${cap} messages that may be held`, "lower it");
  }
  if (flushIntervalMs > LEASE_MS_MAX) {
    return refuse(
      `${nameOf("flushIntervalMs")} ${formatDuration(flushIntervalMs)} is longer than Pub/Sub leases a message for`,
      `set it to at most ${formatDuration(LEASE_MS_MAX)}`,
    );
  }
  return success(cap);
}

function refuse(problem: string, remedy: string): Result<never> {
  return failure(`Cannot run this plan: ${problem}; ${remedy}`);
}
