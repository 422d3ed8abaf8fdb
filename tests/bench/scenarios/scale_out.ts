/**
 * Several LMS on one subscription and one database.
 *
 * @module
 */
import { wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf, valuesOf } from "../contest.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { figure, row } from "../result.ts";
import { type Bench, databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { lms } from "../subject.ts";
import { freshThroughput, type Throughput } from "../throughput.ts";

const BATCH_SIZE = 5_000;
const MOST = 3;

/** What a round with several processes also tells. */
interface Shared extends Throughput {
  readonly deadlocks: number;
}

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
        run: async (): Promise<Shared> => {
          const before = await deadlocks(bench);
          const round = await freshThroughput(bench, { side, source, messages, tail: MOST * BATCH_SIZE });
          return { ...round, deadlocks: await deadlocks(bench) - before };
        },
      };
    });
    const rounds = await contest(bench, contestants);
    const values = rounds.map(valuesOf);
    const faults = (name: "deadlocks" | "errors") =>
      contestants.map(({ label }, index) =>
        row(`${name}, ${label}`, { unit: name, rounds: rounds[index]!.map((round) => ({ value: round[name] })) })
      );
    return {
      scenario: "scale-out",
      setting: { database: databaseOf(bench), messages, payload: "100 B" },
      rows: [...ratesOf(contestants, rounds), ...faults("deadlocks"), ...faults("errors")],
      ratios: counts.slice(1).map((count, index) =>
        figure(`${count} LMS over 1`, {
          rounds: ratios(values[index + 1]!, values[0]!),
          target: count === MOST ? targetOf(bench, { atLeast: 1 }) : undefined,
        })
      ),
    };
  },
};

/** Deadlocks that InnoDB has seen since it started. */
async function deadlocks({ server }: Bench): Promise<number> {
  const [metric] = await server.query(
    "SELECT `COUNT` AS deadlocks FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'",
  );
  return Number(metric?.deadlocks ?? 0);
}
