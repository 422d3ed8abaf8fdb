/**
 * The reader of every database that speaks SQL: the same statements, in each one's words.
 *
 * @module
 */
import type { MessageKey } from "../../entry/entry.ts";
import {
  type BucketCount,
  type Candidate,
  type CountsQuestion,
  type LedgerQuestion,
  type LogReader,
  type MinutePartQuestion,
  type PairFilter,
  type ReadBounds,
  type ReaderIndexes,
  type RowsQuestion,
  type Scanned,
  SCANNED_MAX,
  type ScanQuestion,
  type ServicesQuestion,
  type Sums,
} from "../log_reader.ts";
import type { InstanceState, LedgerBatch, PairCount, ReadEntry } from "../log_rows.ts";
import type {
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterPage,
  DeadLetterSummary,
  StoredDeadLetter,
} from "../maintenance.ts";
import type { Severity } from "../../entry/entry.ts";
import {
  candidateOf,
  instanceOf,
  ledgerBatchOf,
  SELECT_FILTER_DAYS,
  selectCandidates,
  selectInstances,
  selectLedger,
} from "./batch_questions.ts";
import {
  bucketCountOf,
  pairCountOf,
  SELECT_COUNTED_HOURS,
  selectCounts,
  selectPairs,
  selectServices,
  selectSums,
} from "./count_questions.ts";
import {
  deadLetterGroupOf,
  deadLetterOf,
  deadLetterSummaryOf,
  selectDeadLetter,
  selectDeadLetterGroups,
  selectDeadLetters,
} from "./dead_letter_questions.ts";
import type { SqlRunner } from "./dialect.ts";
import { minutePartOf, selectMinutePart } from "./minute_part.ts";
import {
  keyOf,
  type PairsQuestion,
  readEntryOf,
  selectByKey,
  selectNewest,
  selectPairKeys,
  selectPairKeysAt,
  selectRows,
  selectScanEnd,
  selectScanned,
  selectSpanCount,
  selectUnadopted,
} from "./row_questions.ts";

/** Owns its runner. */
export class SqlLogReader implements LogReader {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  get address(): string {
    return this.#runner.address;
  }

  async indexes(bounds: ReadBounds): Promise<ReaderIndexes> {
    return await this.#runner.indexes(bounds);
  }

  async nowMs(bounds: ReadBounds): Promise<number> {
    const [row] = await this.#runner.run(`SELECT ${this.#dialect.nowMs}`, bounds);
    return Number(row![0]);
  }

  async rows(question: RowsQuestion, bounds: ReadBounds): Promise<readonly ReadEntry[]> {
    const { by, way } = question;
    if (by === undefined || !("pairs" in by)) return await this.#entries(selectRows(this.#dialect, question), bounds);
    if (by.pairs.length === 0) return [];
    return await this.#byKey({ keys: await this.#pairKeys({ ...question, pairs: by.pairs }, bounds), way }, bounds);
  }

  /** One key more than is wanted shows which moment is the last; the keys of that one are asked for where they count. */
  async #pairKeys(question: PairsQuestion, bounds: ReadBounds): Promise<MessageKey[]> {
    const { limit } = question;
    const more = { ...question, limit: limit + 1 };
    const keys = (await this.#runner.run(selectPairKeys(this.#dialect, more), bounds)).map(keyOf);
    if (keys.length <= limit) return keys;
    const moment = keys.at(-1)!.publishTime;
    const sure = keys.filter(({ publishTime }) => publishTime !== moment);
    if (sure.length >= limit) return sure.slice(0, limit);
    const last = await this.#runner.run(selectPairKeysAt(this.#dialect, { ...question, moment }), bounds);
    return [...sure, ...last.map(keyOf)].slice(0, limit);
  }

  async scan(question: ScanQuestion, bounds: ReadBounds): Promise<Scanned> {
    const dialect = this.#dialect;
    // A batch is looked at whole: by its index its rows come in no order that could be stopped in.
    const whole = question.by !== undefined && "batches" in question.by;
    const [endRow] = whole ? [] : await this.#runner.run(selectScanEnd(dialect, question), bounds);
    const end = endRow && keyOf(endRow);
    const entries = await this.#entries(selectScanned(dialect, { ...question, end }), bounds);
    if (entries.length === SCANNED_MAX) {
      const { publishTime, messageId } = entries.at(-1)!;
      return { entries, examined: Math.min(SCANNED_MAX, question.rows), last: { publishTime, messageId } };
    }
    if (end !== undefined) return { entries, examined: question.rows, last: end };
    const [count] = await this.#runner.run(selectSpanCount(dialect, question), bounds);
    return { entries, examined: Number(count![0]) };
  }

  async rowsByKey(keys: readonly MessageKey[], bounds: ReadBounds): Promise<readonly ReadEntry[]> {
    return await this.#byKey({ keys, way: "newer" }, bounds);
  }

  async unadopted(question: Parameters<LogReader["unadopted"]>[0], bounds: ReadBounds): Promise<number> {
    const [row] = await this.#runner.run(selectUnadopted(this.#dialect, question), bounds);
    return Number(row![0]);
  }

  async pairs(filter: PairFilter, options: ReadBounds & { readonly limit: number }): Promise<readonly PairCount[]> {
    const rows = await this.#runner.run(selectPairs(this.#dialect, { filter, limit: options.limit }), options);
    return rows.map((row) => pairCountOf(this.#dialect, row));
  }

  async services(question: ServicesQuestion, bounds: ReadBounds): Promise<readonly PairCount[]> {
    const rows = await this.#runner.run(selectServices(this.#dialect, question), bounds);
    return rows.map((row) => pairCountOf(this.#dialect, row));
  }

  async newest(pairs: Parameters<LogReader["newest"]>[0], bounds: ReadBounds) {
    if (pairs.length === 0) return [];
    const rows = await this.#runner.run(selectNewest(this.#dialect, pairs), bounds);
    return rows.map(([place, time]) => {
      const { serviceName, severity } = pairs[Number(place)]!;
      return { serviceName, severity, publishTime: String(time) };
    });
  }

  async countedHours(bounds: ReadBounds) {
    const [[first, last] = [null, null]] = await this.#runner.run(SELECT_COUNTED_HOURS, bounds);
    // Hours are written without a fraction.
    return first === null ? undefined : { first: `${first}.000000`, last: `${last}.000000` };
  }

  async counts(question: CountsQuestion, bounds: ReadBounds): Promise<readonly BucketCount[]> {
    const rows = await this.#runner.run(selectCounts(this.#dialect, question), bounds);
    return rows.map((row) => bucketCountOf(this.#dialect, question.by, row)).filter(({ count }) => count !== 0);
  }

  async minutePart(question: MinutePartQuestion, bounds: ReadBounds) {
    const rows = await this.#runner.run(selectMinutePart(this.#dialect, question), bounds);
    return minutePartOf(this.#dialect, { question, rows });
  }

  async filterDays(bounds: ReadBounds) {
    const [[first, last] = [null, null]] = await this.#runner.run(SELECT_FILTER_DAYS, bounds);
    return first === null ? undefined : { first: String(first), last: String(last) };
  }

  async candidates(
    question: Parameters<LogReader["candidates"]>[0],
    bounds: ReadBounds,
  ): Promise<readonly Candidate[]> {
    if (question.days.length === 0) return [];
    return (await this.#runner.run(selectCandidates(this.#dialect, question), bounds)).map(candidateOf);
  }

  async ledger(question: LedgerQuestion, bounds: ReadBounds): Promise<readonly LedgerBatch[]> {
    return (await this.#runner.run(selectLedger(this.#dialect, question), bounds)).map(ledgerBatchOf);
  }

  async instances(bounds: ReadBounds): Promise<readonly InstanceState[]> {
    const rows = await this.#runner.run(selectInstances(this.#dialect), bounds);
    return rows.map((row) => instanceOf(this.#dialect, row));
  }

  async sums(bounds: ReadBounds): Promise<Sums> {
    const { byBatch } = await this.indexes(bounds);
    const rows = await this.#runner.run(selectSums(this.#dialect, { unadopted: byBatch }), bounds);
    const [, , counted, hours, unadopted] = rows.find(([name]) => name === null)!;
    return {
      counted: Number(counted),
      hours: Number(hours),
      unadopted: unadopted === null ? undefined : Number(unadopted),
      differences: rows.filter(([name]) => name !== null).map(([name, severity, counted, hours]) => ({
        serviceName: this.#dialect.textOf(name),
        severity: severity as Severity,
        counted: Number(counted),
        hours: Number(hours),
      })),
    };
  }

  async deadLetters(page: DeadLetterPage, bounds: ReadBounds): Promise<readonly DeadLetterSummary[]> {
    const rows = await this.#runner.run(selectDeadLetters(this.#dialect, page), bounds);
    return rows.map((row) => deadLetterSummaryOf(this.#dialect, row));
  }

  async deadLetterGroups(filter: DeadLetterFilter, bounds: ReadBounds): Promise<readonly DeadLetterGroup[]> {
    return (await this.#runner.run(selectDeadLetterGroups(this.#dialect, filter), bounds)).map(deadLetterGroupOf);
  }

  async deadLetter(key: MessageKey, bounds: ReadBounds): Promise<StoredDeadLetter | undefined> {
    const [row] = await this.#runner.run(selectDeadLetter(this.#dialect, key), bounds);
    return row && deadLetterOf(this.#dialect, row);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runner[Symbol.asyncDispose]();
  }

  get #dialect() {
    return this.#runner.dialect;
  }

  async #byKey(of: Parameters<typeof selectByKey>[1], bounds: ReadBounds): Promise<readonly ReadEntry[]> {
    return of.keys.length === 0 ? [] : await this.#entries(selectByKey(this.#dialect, of), bounds);
  }

  async #entries(sql: string, bounds: ReadBounds): Promise<readonly ReadEntry[]> {
    const dialect = this.#dialect;
    return (await this.#runner.run(sql, bounds)).map((row) => readEntryOf(dialect, row));
  }
}
