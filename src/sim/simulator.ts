/**
 * Plays services that log: publishes traffic at a pace, and keeps account of it.
 *
 * @module
 */
import { instantOfDate } from "../entry/instant.ts";
import { wallClock } from "../ops/clock.ts";
import { InFlight } from "../ops/in_flight.ts";
import { Random } from "../ops/random.ts";
import { sleep } from "../ops/sleep.ts";
import { type Manifest, ManifestRecorder } from "./manifest.ts";
import { fullPace, type Pace, randomPace, steadyPace } from "./pace.ts";
import type { SimMessage, Traffic } from "./traffic.ts";

/** Messages a second; or one every 50 to 2,000 ms; or as fast as publishing goes. */
export type Rate = number | "random" | "max";

/** How to simulate. Without `durationMs`, `count` and `signal` it never ends. */
export interface SimulateOptions {
  readonly traffic: Traffic;
  /** Publishes messages and returns their ids in the same order. */
  readonly publish: (messages: readonly SimMessage[]) => Promise<readonly string[]>;
  readonly rate: Rate;
  /** What would be due later than this after the start is not sent. */
  readonly durationMs?: number | undefined;
  /** Stops after this many messages. */
  readonly count?: number | undefined;
  /** Aborting it stops early and is no failure. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the manifest lists every message; default false. */
  readonly listMessages?: boolean | undefined;
  /** Messages in one publish, at most; default 1,000, which is what Pub/Sub takes. */
  readonly groupMax?: number | undefined;
  /** Publishes under way at once, at most; default 4. */
  readonly inFlightMax?: number | undefined;
  /** Called after every publish with the number of messages so far. */
  readonly onPublished?: ((total: number) => void) | undefined;
}

/** The pace draws from a stream of its own: pauses neither shift the traffic's numbers nor follow from them. */
const PACE_STREAM = 1;

/**
 * Sends messages until it is told to stop, and waits for the publishes under way.
 *
 * @returns The account of what the server accepted.
 * @throws The first error of `publish`, after the other publishes under way have ended. What a failed publish
 *   carried may be stored or not, so that no account could be right.
 * @throws {RangeError} On an option out of its range.
 */
export async function simulate(options: SimulateOptions): Promise<Manifest> {
  const { traffic, publish, signal, onPublished } = options;
  const { durationMs = Infinity, count = Infinity, groupMax = 1_000, inFlightMax = 4 } = options;
  const pace = paceOf(options.rate, { seed: traffic.seed, groupMax, endMs: durationMs });
  const recorder = new ManifestRecorder(traffic.seed, { listMessages: options.listMessages ?? false });
  const publishing = new InFlight(inFlightMax);
  const publishGroup = async (messages: readonly SimMessage[]) => {
    const from = instantOfDate(new Date(wallClock()));
    const ids = await publish(messages);
    if (ids.length !== messages.length) {
      throw new Error(`Cannot account for messages: sent ${messages.length}, ids received ${ids.length}`);
    }
    recorder.spanned(from, instantOfDate(new Date(wallClock())));
    messages.forEach((message, index) => recorder.add(ids[index]!, message.expected));
    onPublished?.(recorder.published);
  };

  const startedMs = performance.now();
  let left = count;
  let due = 0;
  let ended = false;
  try {
    while (left > 0) {
      await publishing.room();
      if (signal?.aborted) break;
      if (due === 0) {
        if (ended) break;
        // At the end once more, for what has become due since the last tick.
        const elapsedMs = Math.min(performance.now() - startedMs, durationMs);
        ended = elapsedMs === durationMs;
        due = Math.min(pace.take(elapsedMs), left);
        // An aborted sleep ends early, and the signal is looked at above.
        if (due === 0 && !ended) {
          await sleep(Math.min(pace.waitMs(elapsedMs), durationMs - elapsedMs), signal).catch(() => {});
        }
        continue;
      }
      const group = Math.min(due, groupMax);
      publishing.add(publishGroup(traffic.take(group)));
      due -= group;
      left -= group;
    }
    await publishing.done();
  } finally {
    await publishing.settled();
  }
  return recorder.manifest();
}

interface PaceOptions {
  readonly seed: number;
  readonly groupMax: number;
  readonly endMs: number;
}

function paceOf(rate: Rate, { seed, groupMax, endMs }: PaceOptions): Pace {
  if (rate === "max") return fullPace(groupMax, endMs);
  return rate === "random" ? randomPace(new Random(seed, PACE_STREAM)) : steadyPace(rate);
}
