/**
 * What each reason of a dead letter means.
 *
 * @module
 */
import type { DeadLetterSummary } from "../api/answers.ts";

/** In a sentence each. */
export const REASONS: Readonly<Record<DeadLetterSummary["reason"], string>> = {
  not_utf8: "The data is no UTF-8 text",
  not_json: "The data is no JSON",
  not_object: "The data is JSON, but no object",
  missing_field: "A field that an entry needs is missing",
  bad_field: "A field has a value that an entry cannot have",
  too_large: "The message is larger than an entry may be",
  rejected_by_store: "The database refused the entry",
};
