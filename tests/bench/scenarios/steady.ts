/**
 * How long a message takes when they come at a steady rate.
 *
 * @module
 */
import { alternate } from "../alternate.ts";
import { type Latencies, latencies } from "../latency.ts";
import { MessageSource } from "../messages.ts";
import { figure, row } from "../result.ts";
import { databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { quantile } from "../statistics.ts";
import { lms } from "../subject.ts";
import { short } from "../table.ts";

const RATES = [10_000, 500];
const INTERVAL_MS = 1_000;
const BATCH_SIZE = 5_000;
const SHARES = [0.5, 0.95, 0.99, 0.999];

/**
 * From publish to visible. A message that comes first into a batch has to wait until the batch is full or its interval
 * is over, whichever is sooner; what the 99th percentile is over that is LMS's and the database's own.
 */
export const steady: Scenario = {
  name: "steady",
  summary: "10,000 and 500 messages a second, flushed every second: from publish to visible",
  async run(bench) {
    const { options: { rounds, seconds }, say } = bench;
    const source = new MessageSource({ payloadBytes: 100, services: 3 });
    const side = lms({ FLUSHINTERVAL: `${INTERVAL_MS}ms` });
    const results = await alternate({ sides: RATES, rounds }, async (rate): Promise<Latencies> => {
      say(`    ${rate} messages/s for ${seconds} s`);
      const result = await latencies(bench, { side, source, rate });
      say(`      ${SHARES.map((share) => `p${share * 100} ${short(quantile(result.ms, share))} ms`).join(", ")}`);
      return result;
    });
    return {
      scenario: "steady",
      setting: { database: databaseOf(bench), seconds, "flush interval": `${INTERVAL_MS} ms`, resolution: "10 ms" },
      rows: RATES.flatMap((rate, index) =>
        SHARES.map((share) =>
          row(`${rate}/s, p${share * 100}`, {
            unit: "ms",
            rounds: results[index]!.map(({ ms, cpuMicros, peakBytes }) => ({
              value: quantile(ms, share),
              cpuMicros,
              peakBytes,
            })),
          })
        )
      ),
      ratios: RATES.map((rate, index) => {
        const waitMs = Math.min(BATCH_SIZE * 1000 / rate, INTERVAL_MS);
        return figure(`p99 at ${rate}/s over ${waitMs} ms`, {
          unit: "ms",
          rounds: results[index]!.map(({ ms }) => quantile(ms, 0.99) - waitMs),
          target: targetOf(bench, { atMost: 150 }),
        });
      }),
    };
  },
};
