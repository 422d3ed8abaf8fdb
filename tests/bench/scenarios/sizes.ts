/**
 * How the size of payloads and of batches matters.
 *
 * @module
 */
import { backlogOf, wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf, valuesOf } from "../contest.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { figure } from "../result.ts";
import { databaseOf, type Scenario } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { lms, reference } from "../subject.ts";
import { freshThroughput } from "../throughput.ts";

const BATCH_SIZE = 5_000;
/** Bytes of a round of large payloads: the server holds the backlog in memory. */
const ROUND_BYTES = { full: 250e6, quick: 10e6 };
/** Transactions of a round of small batches: each waits for the disk. */
const BATCHES_MAX = 2_000;

/** Payloads of 50 B to 50 KB against bare; batches of 10 to 50,000 against those of 5,000. */
export const sizes: Scenario = {
  name: "sizes",
  summary: "payloads of 50 B to 50 KB, batches of 10 to 50,000",
  async run(bench) {
    const { quick } = bench.options;
    const base = amount(bench.options, { full: 200_000, quick: 5_000 });
    const payloads = quick ? [50_000] : [50, 500, 5_000, 50_000];
    const batches = quick ? [100, 5_000] : [10, 100, 1_000, 5_000, 50_000];
    const byPayload = payloads.flatMap((payloadBytes) => {
      const source = new MessageSource({ payloadBytes, services: 3 });
      const size = backlogOf(payloadBytes, { base, bytes: quick ? ROUND_BYTES.quick : ROUND_BYTES.full });
      return [lms(), reference("bare.ts", { label: "bare", streams: 4 })].map((side) => ({
        label: `${side.label}, ${payloadBytes} B`,
        run: () =>
          freshThroughput(bench, { side: { ...side, label: `${side.label}, ${payloadBytes} B` }, source, ...size }),
      }));
    });
    const byBatch = batches.map((batchSize) => {
      const side = lms({ BATCHSIZE: String(batchSize) }, { label: `LMS, batches of ${batchSize}` });
      const messages = wholeBatches(Math.min(base, batchSize * (quick ? 20 : BATCHES_MAX)), batchSize);
      const source = new MessageSource({ payloadBytes: 100, services: 3 });
      return { label: side.label, run: () => freshThroughput(bench, { side, source, messages }) };
    });
    const contestants = [...byPayload, ...byBatch];
    const rounds = await contest(bench, contestants);
    const values = rounds.map(valuesOf);
    const ofBatch = values.slice(byPayload.length);
    const standard = ofBatch[batches.indexOf(BATCH_SIZE)]!;
    return {
      scenario: "sizes",
      setting: { database: databaseOf(bench), messages: base },
      rows: ratesOf(contestants, rounds),
      ratios: [
        ...payloads.map((payloadBytes, index) =>
          figure(`LMS over bare, ${payloadBytes} B`, { rounds: ratios(values[2 * index]!, values[2 * index + 1]!) })
        ),
        ...batches.map((batchSize, index) =>
          figure(`batches of ${batchSize} over ${BATCH_SIZE}`, { rounds: ratios(ofBatch[index]!, standard) })
        ),
      ],
    };
  },
};
