/**
 * LMS against a statement for each message.
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
/** A row by row side gets one message where LMS gets so many: rates are compared. */
const FEWER = 40;

/** The backlog of LMS, and a fortieth of it row by row: one statement after the other, and ten at once. */
export const rows: Scenario = {
  name: "rows",
  summary: "a statement for each message, on one connection and on ten",
  async run(bench) {
    const messages = wholeBatches(amount(bench.options, { full: 200_000, quick: 5_000 }), 5_000);
    const few = Math.max(200, messages / FEWER);
    const source = new MessageSource({ payloadBytes: 100, services: 3 });
    const rowByRow = (connections: number) =>
      reference("row_by_row.ts", {
        label: connections === 1 ? "row by row" : `row by row, ${connections} at once`,
        streams: STREAMS,
        settings: { CONNECTIONS: String(connections) },
      });
    const contestants = [
      { side: lms(), count: messages },
      { side: rowByRow(1), count: few },
      { side: rowByRow(10), count: few },
    ].map(({ side, count }) => ({
      label: side.label,
      run: () => freshThroughput(bench, { side, source, messages: count }),
    }));
    const rounds = await contest(bench, contestants);
    const [own, one, ten] = rounds.map(valuesOf);
    return {
      scenario: "rows",
      setting: { database: databaseOf(bench), messages, "row by row": few, payload: "100 B" },
      rows: ratesOf(contestants, rounds),
      ratios: [
        figure("LMS over row by row", { rounds: ratios(own!, one!), target: targetOf(bench, { atLeast: 25 }) }),
        figure("LMS over ten at once", { rounds: ratios(own!, ten!) }),
      ],
    };
  },
};
