/**
 * The protections of what is read: nothing that is stored is missed, and nothing is shown twice.
 *
 * @module
 */
import { type Protection, protectionsOf } from "./protection.ts";

const SQLITE = "tests/contract/sqlite_reading_test.ts";
const MYSQL = "tests/contract/mysql_reading_test.ts";

/** See {@linkcode Protection}. */
export const OF_READING: readonly Protection[] = [
  ...protectionsOf({ file: "src/reading/merge.ts", test: SQLITE }, [
    {
      name: "A page ends before what another stream may still bring",
      find: "found.filter((entry) => compareOn(way, entry, place) <= 0);",
      replace: "found;",
      filter: "a backlog that was drained out of order is found newest first",
    },
  ]),
  ...protectionsOf({ file: "src/reading/search.ts", test: "tests/unit/reading/search_test.ts" }, [
    {
      name: "What is adopted while a search runs is read at its end",
      find: "while (adoptedFrom !== undefined) {",
      replace: "while (adoptedFrom !== undefined && budget.examined < 0) {",
      filter: "search() finds rows that are adopted after",
    },
  ]),
  ...protectionsOf({ file: "src/reading/search.ts", test: SQLITE }, [
    {
      name: "Rows that are not adopted are found by their words",
      find: "merge.add([new ScanStream({ reader, way, span, filter, by: { unadopted: true } })]);",
      replace: "",
      filter: "rows that are adopted while a search runs are found all the same",
    },
  ]),
  ...protectionsOf({ file: "src/store/reading/sql_log_reader.ts", test: MYSQL }, [
    {
      name: "Entries of a service that share their publish time are on one page or the next, and not lost between",
      find: "const sure = keys.filter(({ publishTime }) => publishTime !== moment);",
      replace: "const sure = keys;",
      filter: "page() walks through entries of one service that share their publish times",
    },
  ]),
  ...protectionsOf({ file: "src/reading/read_tail.ts", test: SQLITE }, [
    {
      name: "A tail tells a batch once",
      find: "    .filter(({ id }) => !from.seen.has(id));",
      replace: "    ;",
      filter: "tail() tells what lands once",
    },
    {
      name: "A tail tells what began before and committed later",
      find: "const since = atLeast0(position - TAIL_WINDOW);",
      replace: "const since = position;",
      filter: "tail() tells what lands once",
    },
    {
      name: "What is replayed, restored or adopted is no news",
      find: "const news = batches.filter(({ cause }) => !OLD_NEWS.includes(cause));",
      replace: "const news = batches;",
      filter: "tail() takes replayed, restored and adopted rows for no news",
    },
  ]),
  ...protectionsOf({ file: "src/store/reading/batch_questions.ts", test: SQLITE }, [
    {
      name: "A search reads the batches that have no filter",
      find: "...asked, ofChunk({ level: UNFILTERED_LEVEL, chunk: 0 }, [])]",
      replace: "...asked]",
      filter: "page() walks through what a query finds",
    },
  ]),
  ...protectionsOf({ file: "src/store/reading/conditions.ts", test: SQLITE }, [
    {
      name: "A payload of other letters than ASCII is matched where folding is known, and not in the database",
      find: '`((${containing}) OR (${notAscii} AND ${dialect.hasAsciiFolding("payload")}))`',
      replace: "`(${containing})`",
      filter: "a word of plain letters is found where other letters fold to them",
    },
  ]),
];
