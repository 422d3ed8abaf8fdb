/**
 * Whether LMS slows down as the tables grow.
 *
 * @module
 */
import type { TestDatabase } from "../../support/database.ts";
import { wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf, valuesOf } from "../contest.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { prefill } from "../prefill.ts";
import { figure } from "../result.ts";
import { databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { lms } from "../subject.ts";
import { migratedDatabase } from "../tables.ts";
import { freshThroughput, throughput } from "../throughput.ts";

/**
 * Into tables that hold rows already, and from many services. A filled table is filled once and keeps the rows of the
 * rounds before; an empty one is a new one in every round.
 */
export const growth: Scenario = {
  name: "growth",
  summary: "into tables of 0, 1 and 10 million rows; from 3, 1,000 and 100,000 services",
  async run(bench) {
    const { quick, rows = quick ? [0, 20_000] : [0, 1_000_000, 10_000_000] } = bench.options;
    const messages = wholeBatches(amount(bench.options, { full: 200_000, quick: 5_000 }), 5_000);
    const services = quick ? [3, 1_000] : [3, 1_000, 100_000];
    await using databases = new AsyncDisposableStack();
    const filled = new Map<number, TestDatabase>();
    for (const count of rows) {
      if (count === 0) continue;
      bench.say(`  filling a table with ${count} rows`);
      const database = databases.use(await migratedDatabase(bench.server));
      await prefill(bench, database, count);
      filled.set(count, database);
    }
    const three = new MessageSource({ payloadBytes: 100, services: 3 });
    const byRows = rows.map((count) => {
      const side = lms({}, { label: `${count} rows` });
      const options = { side, source: three, messages };
      const database = filled.get(count);
      return {
        label: side.label,
        run: () =>
          database === undefined ? freshThroughput(bench, options) : throughput(bench, { ...options, database }),
      };
    });
    const byServices = services.map((count) => {
      const side = lms({}, { label: `${count} services` });
      const source = new MessageSource({ payloadBytes: 100, services: count });
      return { label: side.label, run: () => freshThroughput(bench, { side, source, messages }) };
    });
    const contestants = [...byRows, ...byServices];
    const rounds = await contest(bench, contestants);
    const values = rounds.map(valuesOf);
    const ofServices = values.slice(rows.length);
    return {
      scenario: "growth",
      setting: { database: databaseOf(bench), messages, payload: "100 B" },
      rows: ratesOf(contestants, rounds),
      ratios: [
        ...rows.slice(1).map((count, index) =>
          figure(`${count} rows over ${rows[0]}`, {
            rounds: ratios(values[index + 1]!, values[0]!),
            target: count === 10_000_000 && rows[0] === 0 ? targetOf(bench, { atLeast: 0.85 }) : undefined,
          })
        ),
        ...services.slice(1).map((count, index) =>
          figure(`${count} services over ${services[0]}`, {
            rounds: ratios(ofServices[index + 1]!, ofServices[0]!),
            target: count === 100_000 ? targetOf(bench, { atLeast: 0.5 }) : undefined,
          })
        ),
      ],
    };
  },
};
