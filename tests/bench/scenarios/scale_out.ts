/**
 * Several LMS on one subscription and one database.
 *
 * @module
 */
import { wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf, valuesOf } from "../contest.ts";
import { contended, faultsOf } from "../deadlocks.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { figure } from "../result.ts";
import { databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { lms } from "../subject.ts";
import { freshThroughput } from "../throughput.ts";

const BATCH_SIZE = 5_000;
const MOST = 3;

/** One, two and three processes; what the open batches of three hold is not timed. */
export const scaleOut: Scenario = {
  name: "scale-out",
  summary: "one, two and three LMS on one subscription: pace, deadlocks, errors",
  async run(bench) {
    // Each process compiles for most of a second: enough for all that three of them compile not to count.
    const messages = wholeBatches(amount(bench.options, { full: 1_500_000, quick: 30_000 }), BATCH_SIZE);
    const source = new MessageSource({ payloadBytes: 100, services: 3 });
    const counts = bench.options.quick ? [1, MOST] : [1, 2, MOST];
    const contestants = counts.map((processes) => {
      const side = lms({}, { label: `${processes} LMS`, processes });
      return {
        label: side.label,
        run: () => contended(bench, () => freshThroughput(bench, { side, source, messages, tail: MOST * BATCH_SIZE })),
      };
    });
    const rounds = await contest(bench, contestants);
    const values = rounds.map(valuesOf);
    const sides = contestants.map(({ label }, index) => ({ label, rounds: rounds[index]! }));
    return {
      scenario: "scale-out",
      setting: { database: databaseOf(bench), messages, payload: "100 B" },
      rows: [...ratesOf(contestants, rounds), ...faultsOf("deadlocks", sides), ...faultsOf("errors", sides)],
      ratios: counts.slice(1).map((count, index) =>
        figure(`${count} LMS over 1`, {
          rounds: ratios(values[index + 1]!, values[0]!),
          target: count === MOST ? targetOf(bench, { atLeast: 1 }) : undefined,
        })
      ),
    };
  },
};
