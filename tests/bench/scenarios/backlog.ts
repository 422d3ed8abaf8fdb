/**
 * A long backlog: what LMS needs and whether it keeps its pace.
 *
 * @module
 */
import { backlogOf, wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf } from "../contest.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { figure } from "../result.ts";
import { databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { lms } from "../subject.ts";
import { freshThroughput } from "../throughput.ts";

const LARGE_BYTES = 50_000;
const SMALL_PER_BATCH = 5_000;
/** A large message for so many small ones: a third as many batches, ten times the bytes. */
const FEWER = 50;
/** Large messages that the server holds at once, 200 MB: four times what LMS asks for. */
const WAITING = 4_000;

/** Messages are acknowledged by the batch: a tenth of fewer batches than these says nothing of a pace. */
const BATCHES_PER_TENTH_MIN = 10;

/** Two million waiting messages, and forty thousand large ones. */
export const backlog: Scenario = {
  name: "backlog",
  summary: "two million waiting messages: peak memory, and the last tenth's pace over the first one's",
  async run(bench) {
    const messages = wholeBatches(amount(bench.options, { full: 2_000_000, quick: 20_000 }), SMALL_PER_BATCH);
    const large = backlogOf(LARGE_BYTES, { base: Math.ceil(messages / FEWER), bytes: Infinity });
    const contestants = [
      { side: lms({}, { label: "LMS, 100 B" }), payloadBytes: 100, messages },
      { side: lms({}, { label: "LMS, 50 KB" }), payloadBytes: LARGE_BYTES, ...large, feed: WAITING },
    ].map(({ payloadBytes, ...options }) => {
      const source = new MessageSource({ payloadBytes, services: 3 });
      return { label: options.side.label, run: () => freshThroughput(bench, { ...options, source }) };
    });
    const rounds = await contest(bench, contestants);
    const peakMb = rounds.map((own) => own.map(({ peakBytes }) => peakBytes! / 1e6));
    const pace = rounds.map((own) => own.map(({ lastOverFirstTenth }) => lastOverFirstTenth));
    const steady = targetOf(bench, { atLeast: 0.9 });
    const long = messages / SMALL_PER_BATCH >= 10 * BATCHES_PER_TENTH_MIN;
    return {
      scenario: "backlog",
      setting: { database: databaseOf(bench), "100 B": messages, "50 KB": large.messages },
      rows: ratesOf(contestants, rounds),
      ratios: [
        figure("peak memory, 100 B", { unit: "MB", rounds: peakMb[0]!, target: targetOf(bench, { atMost: 300 }) }),
        figure("peak memory, 50 KB", { unit: "MB", rounds: peakMb[1]!, target: targetOf(bench, { atMost: 500 }) }),
        ...(long ? ["100 B", "50 KB"] : []).map((size, index) =>
          figure(`last tenth over first, ${size}`, { rounds: pace[index]!, target: steady })
        ),
        // Long enough for what compiling takes not to count.
        figure("CPU of LMS, 100 B", {
          unit: "us a message",
          rounds: rounds[0]!.map(({ cpuMicros }) => cpuMicros!),
          target: targetOf(bench, { atMost: 9 }),
        }),
      ],
    };
  },
};
