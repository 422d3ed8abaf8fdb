/**
 * What `LogQueries` promises, on every database.
 *
 * @module
 */
import { exerciseCounts } from "./reading_count_cases.ts";
import type { MakeReading } from "./reading_fixture.ts";
import { exercisePages } from "./reading_page_cases.ts";
import { exerciseTails } from "./reading_tail_cases.ts";
import { exerciseWords } from "./reading_word_cases.ts";

/** Registers the cases. @param name Goes in front of the tests' names. */
export function exerciseReading(name: string, fresh: MakeReading): void {
  exercisePages(name, fresh);
  exerciseWords(name, fresh);
  exerciseCounts(name, fresh);
  exerciseTails(name, fresh);
}
