/**
 * What answers are made of, as schemas.
 *
 * @module
 */
import * as v from "valibot";
import { DEAD_LETTER_REASONS, DEAD_LETTER_STATUSES, SEVERITIES } from "../../entry/entry.ts";
import { BATCH_CAUSES } from "../../store/log_rows.ts";
import { PROBLEM_SCHEMA } from "./problem.ts";

const described = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description) as v.DescriptionAction<v.InferOutput<S>, string>);

/** A moment in RFC 3339 with microseconds, in UTC. */
export const MOMENT = v.pipe(v.string(), v.isoTimestamp());
/** A count. */
export const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const NULLABLE_MOMENT = v.nullable(MOMENT);

/** A row of `service_logs`. */
export const ENTRY = v.object({
  id: described(v.string(), "publish time and message id as one word"),
  publish_time: described(MOMENT, "the axis of pages, ranges and histograms"),
  message_id: v.string(),
  service_name: v.string(),
  severity: v.picklist(SEVERITIES),
  payload: v.string(),
  timestamp: described(MOMENT, "when the service says it happened"),
  created_at: described(MOMENT, "when it was stored"),
  attributes: v.record(v.string(), v.string()),
  batch: described(v.nullable(v.string()), "the transaction that stored it; null: not adopted yet"),
});

/** How far an answer looked. */
export const LOOKED = {
  complete: described(v.boolean(), "false: rows or time ran out; covered says what was looked at"),
  covered: described(
    v.object({ from: NULLABLE_MOMENT, to: NULLABLE_MOMENT }),
    "the part of the range that was looked at; null: an open end",
  ),
  examined: described(COUNT, "rows that were read"),
  remarks: v.array(v.picklist(["no_index", "unadopted", "unfiltered", "hours_only"])),
};

/** A page of entries. */
export const PAGE = v.object({
  entries: v.array(ENTRY),
  next: described(v.nullable(v.string()), "the cursor of the next page in this order; null: there is none"),
  previous: described(v.nullable(v.string()), "the cursor of the page before"),
  tail: described(v.nullable(v.string()), "of a first page: where GET /v1/tail goes on without a gap"),
  query: described(v.string(), "the query, as it was understood"),
  unknown_words: described(
    v.array(v.object({ word: v.string(), at: COUNT, length: COUNT })),
    "words that nothing in the range has, and where they stand in the query",
  ),
  widened: described(v.nullable(v.string()), "the query that also looks for such words within longer ones"),
  nothing: described(v.nullable(v.string()), "why there can be no entry"),
  ...LOOKED,
});

/** An entry with its neighbours. */
export const CONTEXT = v.object({
  before: described(v.array(ENTRY), "oldest first"),
  entry: ENTRY,
  after: described(v.array(ENTRY), "oldest first"),
  ...LOOKED,
});

/** Who logs. */
export const SERVICES = v.object({
  services: v.array(v.object({
    service_name: v.string(),
    total: COUNT,
    severities: described(v.record(v.string(), COUNT), "by severity; those without entries are left out"),
    last_seen: described(NULLABLE_MOMENT, "the publish time of its newest entry, where that is known"),
  })),
  next: described(v.nullable(v.string()), "the value of after for the next page; null: there is none"),
});

/** Counts by service and severity. */
export const SEVERITY_COUNTS = v.object({
  total: COUNT,
  counts: v.array(v.object({ service_name: v.string(), severity: v.picklist(SEVERITIES), count: COUNT })),
  ...LOOKED,
});

/** Counts over time. */
export const HISTOGRAM = v.object({
  bucket_seconds: COUNT,
  buckets: v.array(v.object({
    from: MOMENT,
    to: MOMENT,
    whole: described(v.boolean(), "false: the range covers only a part of it"),
  })),
  series: v.array(v.object({
    name: described(v.nullable(v.string()), "a severity or a service; null: all others together"),
    total: COUNT,
    counts: described(v.array(COUNT), "one for each bucket"),
  })),
  total: COUNT,
  ...LOOKED,
});

/** The ledger. */
export const BATCHES = v.object({
  batches: v.array(v.object({
    id: v.string(),
    instance: COUNT,
    created_at: MOMENT,
    cause: v.picklist(BATCH_CAUSES),
    entries: COUNT,
    dead_letters: COUNT,
    duplicates: COUNT,
    bytes: COUNT,
    write_ms: v.number(),
    publish_time_first: NULLABLE_MOMENT,
    publish_time_last: NULLABLE_MOMENT,
  })),
  next: described(v.nullable(v.string()), "the value of before for the next page; null: there is none"),
});

/** Whether the sums agree. */
export const CONSISTENCY = v.object({
  agree: described(v.nullable(v.boolean()), "null: that is not known"),
  counted: described(COUNT, "by service_severity"),
  hours: described(COUNT, "by service_severity_hours"),
  unadopted: described(COUNT, "rows that are in no hour yet, as far as they were counted"),
  unadopted_complete: v.boolean(),
  differences: v.array(v.object({
    service_name: v.string(),
    severity: v.picklist(SEVERITIES),
    counted: COUNT,
    hours: COUNT,
  })),
});

/** The monitors. */
export const INSTANCES = v.object({
  instances: v.array(v.object({
    number: COUNT,
    name: v.string(),
    version: v.string(),
    started_at: MOMENT,
    seen_at: MOMENT,
    held_messages: COUNT,
    held_bytes: COUNT,
    oldest_unsettled: NULLABLE_MOMENT,
  })),
});

const DEAD_LETTER_FIELDS = {
  id: v.string(),
  publish_time: MOMENT,
  message_id: v.string(),
  reason: v.picklist(DEAD_LETTER_REASONS),
  detail: v.string(),
  status: v.picklist(DEAD_LETTER_STATUSES),
  bytes: COUNT,
  created_at: MOMENT,
  updated_at: MOMENT,
};

/** A page of dead letters. */
export const DEAD_LETTERS = v.object({
  dead_letters: v.array(v.object(DEAD_LETTER_FIELDS)),
  next: described(v.nullable(v.string()), "the value of after for the next page; null: there is none"),
});

/** How many dead letters there are of each reason. */
export const DEAD_LETTER_GROUPS = v.object({
  reasons: v.array(v.object({
    reason: v.picklist(DEAD_LETTER_REASONS),
    count: COUNT,
    oldest: MOMENT,
    newest: MOMENT,
  })),
});

/** A dead letter, whole. */
export const DEAD_LETTER = v.object({
  ...DEAD_LETTER_FIELDS,
  attributes: v.record(v.string(), v.string()),
  data_base64: v.string(),
  data_text: described(v.nullable(v.string()), "null: the data is no UTF-8, or over 512 KiB"),
});

/** What became of a dead letter. */
export const SETTLED = v.object({ id: v.string(), status: v.picklist(DEAD_LETTER_STATUSES) });

/** Those that the document names, so that programs make one type of each. */
export const COMPONENTS = {
  Entry: ENTRY,
  Page: PAGE,
  Context: CONTEXT,
  Services: SERVICES,
  SeverityCounts: SEVERITY_COUNTS,
  Histogram: HISTOGRAM,
  Batches: BATCHES,
  Consistency: CONSISTENCY,
  Instances: INSTANCES,
  DeadLetters: DEAD_LETTERS,
  DeadLetterGroups: DEAD_LETTER_GROUPS,
  DeadLetter: DEAD_LETTER,
  Settled: SETTLED,
  Problem: PROBLEM_SCHEMA,
};
