/**
 * LMS against a subscriber as most services are written.
 *
 * @module
 */
import { wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf, valuesOf } from "../contest.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { figure } from "../result.ts";
import { databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { lms, reference } from "../subject.ts";
import { freshThroughput } from "../throughput.ts";

/** The library opens five streams. */
const STREAMS = 5;

/** The same backlog through `naive.ts`. */
export const naive: Scenario = {
  name: "naive",
  summary: "the same backlog through a plain subscriber with the library's Subscription",
  async run(bench) {
    // No more than it stores before leases lapse: a message that comes again fails its INSERT, and with that the process.
    const messages = wholeBatches(amount(bench.options, { full: 200_000, quick: 5_000 }), 5_000);
    const source = new MessageSource({ payloadBytes: 100, services: 3 });
    const sides = [lms(), reference("naive.ts", { label: "naive", streams: STREAMS })];
    const contestants = sides.map((side) => ({
      label: side.label,
      run: () => freshThroughput(bench, { side, source, messages }),
    }));
    const rounds = await contest(bench, contestants);
    const [own, plain] = rounds.map(valuesOf);
    return {
      scenario: "naive",
      setting: { database: databaseOf(bench), messages, payload: "100 B" },
      rows: ratesOf(contestants, rounds),
      ratios: [
        figure("LMS over naive", { rounds: ratios(own!, plain!), target: targetOf(bench, { atLeast: 3 }) }),
      ],
    };
  },
};
