/**
 * What the tables of version 2 cost: the program before them, the program of now, and the latter without each of what it
 * adds to a transaction.
 *
 * @module
 */
import { VersionBefore } from "../../support/version_before.ts";
import { wholeBatches } from "../backlog_size.ts";
import { contest, ratesOf, valuesOf } from "../contest.ts";
import { MessageSource } from "../messages.ts";
import { amount } from "../options.ts";
import { type Part, PARTS } from "../parts.ts";
import { migratedBy, ProgramCopy } from "../program_copy.ts";
import { type Figure, figure, type Round } from "../result.ts";
import { databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { lms, reference } from "../subject.ts";
import { freshThroughput, throughput } from "../throughput.ts";

const BATCH_SIZE = 5_000;
const PAYLOAD_BYTES = 100;

/** What is stored by which sources. */
interface Stored {
  readonly tree: string;
  readonly records?: boolean;
  readonly source?: MessageSource;
}

/** All run from source, whatever LMS_BIN says: what differs between them is in the sources. */
export const schema: Scenario = {
  name: "schema",
  summary: "the pipeline before the tables of version 2, with them, and without each part of them",
  async run(bench) {
    const { quick } = bench.options;
    const messages = wholeBatches(amount(bench.options, { full: 400_000, quick: 5_000 }), BATCH_SIZE);
    const plain = new MessageSource({ payloadBytes: PAYLOAD_BYTES, services: 3 });
    const attributed = new MessageSource({ payloadBytes: PAYLOAD_BYTES, services: 3, attributes: true });
    await using before = await VersionBefore.checkOut();
    await using now = await ProgramCopy.make();

    const stored = async (label: string, { tree, records = false, source = plain }: Stored) => {
      await using database = await migratedBy(tree, bench.server);
      return await throughput(bench, { side: lms({}, { label, tree }), source, messages, records, database });
    };
    const left = (label: string, parts: readonly Part[]) => ({
      label,
      run: async (): Promise<Round> => {
        await using _ = await now.without(parts);
        return await stored(label, { tree: now.folder, records: parts.length === 0 });
      },
    });
    const without = (quick ? [] : PARTS).map((part) => left(`without ${part.name}`, [part]));
    const contestants = [
      { label: "before", run: (): Promise<Round> => stored("before", { tree: before.folder }) },
      left("LMS", []),
      {
        label: "bare",
        run: () =>
          freshThroughput(bench, {
            side: reference("bare.ts", { label: "bare", streams: 4 }),
            source: plain,
            messages,
            records: true,
          }),
      },
      ...without,
      left("without all of these", PARTS),
      {
        label: "LMS, attributes",
        run: () => stored("LMS, attributes", { tree: now.folder, source: attributed, records: true }),
      },
    ];
    const rounds = await contest(bench, contestants);
    const roundsOf = (label: string) => rounds[contestants.findIndex((contestant) => contestant.label === label)]!;
    const cpuOf = (label: string) => roundsOf(label).map(({ cpuMicros }) => cpuMicros!);
    const rate = (label: string, over: string) => ratios(valuesOf(roundsOf(label)), valuesOf(roundsOf(over)));
    const own = cpuOf("LMS");
    return {
      scenario: "schema",
      setting: { database: databaseOf(bench), messages, payload: `${PAYLOAD_BYTES} B` },
      rows: ratesOf(contestants, rounds),
      ratios: [
        figure("LMS over before", { rounds: rate("LMS", "before"), target: targetOf(bench, { atLeast: 0.75 }) }),
        figure("CPU of LMS over before", {
          rounds: ratios(own, cpuOf("before")),
          target: targetOf(bench, { atMost: 1.25 }),
        }),
        figure("LMS over bare", { rounds: rate("LMS", "bare"), target: targetOf(bench, { atLeast: 0.85 }) }),
        figure("attributes in all over none", { rounds: rate("LMS, attributes", "LMS") }),
        ...[...without.map(({ label }) => label), "without all of these"].flatMap((label): Figure[] => [
          figure(`${label}, over LMS`, { rounds: rate(label, "LMS") }),
          figure(`CPU saved ${label}`, {
            unit: "us a message",
            rounds: cpuOf(label).map((cpu, round) => own[round]! - cpu),
          }),
        ]),
      ],
    };
  },
};
