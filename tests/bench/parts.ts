/**
 * What version 2 of the schema adds to a transaction, part by part, and how each is left out of a copy of the program.
 *
 * @module
 */
import type { Edit } from "../protections/protection.ts";

/** One of the things that each batch pays for. */
export interface Part {
  readonly name: string;
  /** What takes it out of the sources. */
  readonly edits: readonly Edit[];
}

const INSERT = "src/store/mysql/insert.ts";
const RECORD = "src/store/mysql/record.ts";
const COUNTS = "src/store/counts.ts";
const MIGRATION = "src/store/migrations/second.ts";

/** The parts, in the order in which they are told. */
export const PARTS: readonly Part[] = [
  {
    name: "index of services",
    edits: [{
      file: MIGRATION,
      find: `  by_service_severity_time: ["service_name", "severity", "publish_time"],\n`,
      replace: "",
    }],
  },
  { name: "index of batches", edits: [{ file: MIGRATION, find: `  by_batch: ["batch"],\n`, replace: "" }] },
  {
    name: "counts by time",
    edits: [
      {
        file: COUNTS,
        find: `if (minute === "" || !publishTime.startsWith(minute)) {`,
        replace: `if (minute === "") {`,
      },
      {
        file: COUNTS,
        find: "return { minutes, hours, totals: sorted(totals) };",
        replace: "return { minutes: [], hours: [], totals: sorted(totals) };",
      },
    ],
  },
  {
    name: "ledger",
    edits: [
      { file: RECORD, find: "await session.change(insertBatch(record));", replace: "" },
      { file: RECORD, find: "await serverNow(session)", replace: "Date.now()" },
    ],
  },
  {
    name: "words",
    edits: [{ file: RECORD, find: "=> this.words.add(entry);", replace: "=> void entry;" }],
  },
  {
    name: "attributes",
    edits: [
      {
        file: "src/pipeline.ts",
        find: "const decoded = decode({ publishTime, messageId, data, attributes });",
        replace: "const decoded = decode({ publishTime, messageId, data });",
      },
      { file: INSERT, find: "`timestamp`, batch, attributes) VALUES", replace: "`timestamp`, batch) VALUES" },
      { file: INSERT, find: "const without = `${withAttributes}NULL)`;", replace: "const without = `,${batch})`;" },
    ],
  },
];
