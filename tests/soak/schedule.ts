/**
 * What is broken when: the same seed and length give the same schedule.
 *
 * @module
 */
import { Random } from "../../src/ops/random.ts";

/** Everything that is broken on purpose at a moment; what is wrong all the time is not in here. */
export const FAULT_KINDS = [
  "kill LMS",
  "kill LMS between commit and acknowledge",
  "restart LMS in order",
  "kill the database",
  "freeze the database",
  "kill the database's connections",
  "swallow what the database's connections carry",
  "accept connections to the database without a word",
  "spoil the database's password",
  "cut the emulator's connections",
  "reset the embedded server's streams",
  "cut the embedded server's connections",
  "swallow what the embedded server's connections carry",
  "accept connections to the embedded server without a word",
  "swallow what the emulator's connections carry",
] as const;

/** See {@linkcode FAULT_KINDS}. */
export type FaultKind = typeof FAULT_KINDS[number];

/** A fault at its time. */
export interface ScheduledFault {
  readonly kind: FaultKind;
  /** Milliseconds from the start of the run. */
  readonly atMs: number;
  /** How long it lasts, in milliseconds, for what has a length: an outage, a frozen server, the wait before a restart. */
  readonly lastsMs: number;
  /** Which of several it hits, from 0 to 1. */
  readonly draw: number;
}

/** How often each kind comes in half an hour; shorter and longer runs in proportion, but at least once. */
const PER_HALF_HOUR: Readonly<Record<FaultKind, number>> = {
  "kill LMS": 18,
  "kill LMS between commit and acknowledge": 9,
  "restart LMS in order": 4,
  "kill the database": 8,
  "freeze the database": 6,
  "kill the database's connections": 10,
  "swallow what the database's connections carry": 4,
  "accept connections to the database without a word": 4,
  "spoil the database's password": 4,
  "cut the emulator's connections": 10,
  "reset the embedded server's streams": 6,
  "cut the embedded server's connections": 6,
  "swallow what the embedded server's connections carry": 4,
  "accept connections to the embedded server without a word": 4,
  "swallow what the emulator's connections carry": 2,
};

/** From the shortest to the longest, in milliseconds. A frozen database outlasts a lease of 10 s now and then. */
const LASTS_MS: Readonly<Record<FaultKind, readonly [number, number]>> = {
  "kill LMS": [500, 3_000],
  "kill LMS between commit and acknowledge": [500, 3_000],
  "restart LMS in order": [0, 500],
  "kill the database": [1_000, 6_000],
  "freeze the database": [3_000, 15_000],
  "kill the database's connections": [0, 0],
  "swallow what the database's connections carry": [0, 0],
  "accept connections to the database without a word": [2_000, 15_000],
  "spoil the database's password": [2_000, 15_000],
  "cut the emulator's connections": [0, 0],
  "reset the embedded server's streams": [0, 0],
  "cut the embedded server's connections": [0, 0],
  "swallow what the embedded server's connections carry": [0, 0],
  "accept connections to the embedded server without a word": [2_000, 15_000],
  "swallow what the emulator's connections carry": [0, 0],
};

/** Nothing breaks before everything runs. */
const QUIET_AT_START_MS = 10_000;
/** Nothing breaks in the last share of a slot, so that two faults seldom meet. */
const SLOT_USED = 0.5;

/**
 * Spreads faults over a run, in random order, one per slot of equal length.
 *
 * @param minutes Length of the run, at least 1.
 */
export function schedule(seed: number, minutes: number): ScheduledFault[] {
  if (!(minutes >= 1)) throw new RangeError(`Cannot schedule: minutes must be at least 1: ${minutes}`);
  const random = new Random(seed);
  const kinds = FAULT_KINDS.flatMap((kind) =>
    Array<FaultKind>(Math.max(1, Math.round(PER_HALF_HOUR[kind] * minutes / 30))).fill(kind)
  );
  for (let i = kinds.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [kinds[i], kinds[other]] = [kinds[other]!, kinds[i]!];
  }
  const slotMs = (minutes * 60_000 - QUIET_AT_START_MS) / kinds.length;
  return kinds.map((kind, slot) => {
    const [shortest, longest] = LASTS_MS[kind];
    return {
      kind,
      atMs: Math.round(QUIET_AT_START_MS + slotMs * (slot + SLOT_USED * share(random))),
      lastsMs: Math.round(shortest + (longest - shortest) * share(random)),
      draw: share(random),
    };
  });
}

/** From 0 to just under 1. */
function share(random: Random): number {
  return random.uint32() / 2 ** 32;
}
