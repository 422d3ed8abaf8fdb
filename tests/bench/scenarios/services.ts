/**
 * Few services and many, stored by one LMS and by several: all change the same counters.
 *
 * @module
 */
import { wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf, valuesOf } from "../contest.ts";
import { type Contended, contended, faultsOf } from "../deadlocks.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { figure } from "../result.ts";
import { databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { lms } from "../subject.ts";
import { freshThroughput } from "../throughput.ts";

const BATCH_SIZE = 5_000;
const MOST = 3;

/** A transaction that lost a race and is run again is told at that level. */
const TOLD = { LOG_LEVEL: "debug" };

/** What the open batches of the most processes hold is not timed. */
export const services: Scenario = {
  name: "services",
  summary: "20 and 100,000 services, one LMS and three: pace, deadlocks, transactions run again",
  async run(bench) {
    const { quick } = bench.options;
    const messages = wholeBatches(amount(bench.options, { full: 300_000, quick: 20_000 }), BATCH_SIZE);
    const counts = quick ? [1_000] : [20, 100_000];
    const contestants = counts.flatMap((count) => {
      const source = new MessageSource({ payloadBytes: 100, services: count });
      return [1, MOST].map((processes) => {
        const label = `${count} services, ${processes} LMS`;
        const side = lms(TOLD, { label, processes });
        return {
          label,
          count,
          processes,
          run: () =>
            contended(bench, () => freshThroughput(bench, { side, source, messages, tail: MOST * BATCH_SIZE })),
        };
      });
    });
    const rounds = await contest(bench, contestants);
    const sides = contestants.map((contestant, index) => ({ ...contestant, rounds: rounds[index]! }));
    const of = (count: number, processes: number) =>
      valuesOf(sides.find((side) => side.count === count && side.processes === processes)!.rounds);
    const sum = (name: "deadlocks" | "retries" | "errors") =>
      rounds.flat().reduce((sum, round: Contended) => sum + round[name], 0);
    return {
      scenario: "services",
      setting: { database: databaseOf(bench), messages, payload: "100 B" },
      rows: [
        ...ratesOf(contestants, rounds),
        ...faultsOf("deadlocks", sides),
        ...faultsOf("retries", sides),
        ...faultsOf("errors", sides),
      ],
      ratios: [
        ...counts.map((count) =>
          figure(`${MOST} LMS over 1, ${count} services`, { rounds: ratios(of(count, MOST), of(count, 1)) })
        ),
        ...counts.slice(1).flatMap((count) =>
          [1, MOST].map((processes) =>
            figure(`${count} services over ${counts[0]}, ${processes} LMS`, {
              rounds: ratios(of(count, processes), of(counts[0]!, processes)),
            })
          )
        ),
        figure("deadlocks in all", { rounds: [sum("deadlocks")], target: targetOf(bench, { atMost: 0 }) }),
        figure("errors in all", { rounds: [sum("errors")], target: targetOf(bench, { atMost: 0 }) }),
      ],
    };
  },
};
