/**
 * The main job: a published backlog into both tables.
 *
 * @module
 */
import { wholeBatches } from "../backlog_size.ts";
import { ceilingRound } from "../ceiling_round.ts";
import { contest, ratesOf, valuesOf } from "../contest.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { figure, type Round } from "../result.ts";
import { databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { lms, reference } from "../subject.ts";
import { freshThroughput } from "../throughput.ts";

const BATCH_SIZE = 5_000;
const PAYLOAD_BYTES = 100;

/** How long its event loop is held up can be asked from outside. */
const HEALTH = { HEALTHPORT: "0" };

/** LMS against the same without its guarantees, and against the store alone. */
export const pipeline: Scenario = {
  name: "pipeline",
  summary: "a backlog into both tables: LMS, the bare minimum, and the store alone",
  async run(bench) {
    const messages = wholeBatches(amount(bench.options, { full: 400_000, quick: 5_000 }), BATCH_SIZE);
    const source = new MessageSource({ payloadBytes: PAYLOAD_BYTES, services: 3 });
    const { before } = bench.options;
    const sides = [
      { side: lms(HEALTH), records: true },
      { side: reference("bare.ts", { label: "bare", streams: 4 }), records: true },
      ...(before === undefined ? [] : [{ side: lms(HEALTH, { label: "before", binary: before }), records: false }]),
    ];
    const contestants = [
      ...sides.map(({ side, records }) => ({
        label: side.label,
        run: (): Promise<Round> => freshThroughput(bench, { side, source, messages, records }),
      })),
      { label: "ceiling", run: () => ceilingRound(bench, { messages, payloadBytes: PAYLOAD_BYTES }) },
    ];
    const rounds = await contest(bench, contestants);
    const valuesBy = new Map(contestants.map(({ label }, index) => [label, valuesOf(rounds[index]!)]));
    const over = (label: string) => ratios(valuesBy.get("LMS")!, valuesBy.get(label)!);
    const cpuOf = (label: string) =>
      rounds[contestants.findIndex((contestant) => contestant.label === label)]!.map(({ cpuMicros }) => cpuMicros!);
    return {
      scenario: "pipeline",
      setting: { database: databaseOf(bench), messages, payload: `${PAYLOAD_BYTES} B` },
      rows: ratesOf(contestants, rounds),
      ratios: [
        figure("LMS over bare", { rounds: over("bare"), target: targetOf(bench, { atLeast: 0.85 }) }),
        figure("LMS over ceiling", { rounds: over("ceiling") }),
        ...(before === undefined ? [] : [
          figure("LMS over before", { rounds: over("before"), target: targetOf(bench, { atLeast: 0.75 }) }),
          figure("CPU of LMS over before", {
            rounds: ratios(cpuOf("LMS"), cpuOf("before")),
            target: targetOf(bench, { atMost: 1.25 }),
          }),
        ]),
        figure("longest stall of LMS", { unit: "ms", rounds: rounds[0]!.map(({ stallMs }) => stallMs!) }),
        figure("CPU of LMS", { unit: "us a message", rounds: cpuOf("LMS") }),
      ],
    };
  },
};
