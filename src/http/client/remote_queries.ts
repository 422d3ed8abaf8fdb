/**
 * Reads the logs from an LMS API on a server, as from a database.
 *
 * @module
 */
import * as v from "valibot";
import { entryIdOf } from "../../entry/entry_id.ts";
import { rfc3339Of } from "../../entry/instant.ts";
import { decodeCursor, decodeTail, encodeCursor, encodeTail } from "../../reading/cursor.ts";
import { formatQuery } from "../../reading/format_query.ts";
import type {
  Around,
  AroundRequest,
  Histogram,
  HistogramRequest,
  Ledger,
  LedgerRequest,
  LogQueries,
  Page,
  PageRequest,
  ReadOptions,
  TailRequest,
  TailStep,
  TotalsAnswer,
  TotalsRequest,
} from "../../reading/log_queries.ts";
import { bucketName } from "../../reading/histogram.ts";
import type { TimeRange } from "../../reading/moment.ts";
import { parseQuery } from "../../reading/parse_query.ts";
import { indexedWords } from "../../reading/plan_query.ts";
import { tailPointAt } from "../../reading/tail_point.ts";
import { ReadTimeoutError } from "../../store/log_rows.ts";
import { StoreError } from "../../store/store.ts";
import { BATCHES, CONTEXT, ENTRY, HISTOGRAM, PAGE, SEVERITY_COUNTS } from "../api/schemas.ts";
import { type AskServer, jsonOf, noApi } from "./ask_server.ts";
import { batchOf, entryOf, lookedOf, momentOf } from "./rows.ts";
import { type TailEvent, TailEvents } from "./tail_events.ts";

/** What terminals read. */
export type TerminalQueries =
  & Pick<LogQueries, "address" | "page" | "around" | "totals" | "histogram" | "ledger" | "tail">
  & AsyncDisposable;

/** What the client of a server is made of. */
export interface RemoteOptions {
  /** For people, and in errors. */
  readonly url: string;
  readonly ask: AskServer;
  /** Told that the tail had to leave out entries: how many, where that is known, and why. */
  readonly onGap: (dropped: number, reason: string) => void;
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

/** The entries that a tail told last: after a reconnect some come again. */
const TOLD_MAX = 50_000;

/** Asks a server. One tail at a time. */
export class RemoteQueries implements TerminalQueries {
  readonly address: string;
  readonly #options: RemoteOptions;
  readonly #told = new Set<string>();
  #tail: { readonly events: TailEvents; readonly selects: string } | undefined;

  constructor(options: RemoteOptions) {
    this.address = options.url;
    this.#options = options;
  }

  async page({ query, range, order, limit, cursor }: PageRequest, options?: ReadOptions): Promise<Page> {
    const text = formatQuery(query);
    const selects = `${order} ${text}`;
    return await this.#get("/v1/logs", PAGE, {
      options,
      read: (json) => this.#pageOf(json, selects),
      values: {
        ...ends(range),
        query: text || undefined,
        order,
        limit,
        cursor: cursor === undefined ? undefined : encodeCursor(cursor, selects),
      },
    });
  }

  #pageOf(json: v.InferOutput<typeof PAGE>, selects: string): Page {
    const next = this.#cursor(json.next, selects);
    const previous = this.#cursor(json.previous, selects);
    const tail = json.tail === null ? undefined : decodeTail(json.tail);
    if (tail !== undefined && typeof tail !== "bigint") throw noApi(this.address, tail);
    // Where a word stands is told by place: of the same text the terms are the same.
    const parsed = parseQuery(json.query, 0);
    const words = (parsed.state === "query" ? parsed.query.terms : []).flatMap((term) =>
      term.kind === "text" || term.kind === "attribute" ? indexedWords(term) : []
    );
    return {
      entries: json.entries.map(entryOf),
      ...next === undefined ? {} : { next },
      ...previous === undefined ? {} : { previous },
      ...tail === undefined ? {} : { tail: tailPointAt(tail) },
      unknownWords: words.filter(({ word }) => json.unknown_words.some((unknown) => unknown.word === word)),
      ...json.nothing === null ? {} : { nothing: json.nothing },
      ...lookedOf(json),
    };
  }

  async around({ key, before, after, sameService = false }: AroundRequest, options?: ReadOptions): Promise<Around> {
    const values = { before, after, same_service: sameService };
    return await this.#get(`/v1/logs/${encodeURIComponent(entryIdOf(key))}/context`, CONTEXT, {
      values,
      options,
      read: (json) => ({
        entry: entryOf(json.entry),
        before: json.before.map(entryOf),
        after: json.after.map(entryOf),
        ...lookedOf(json),
      }),
    });
  }

  async totals({ query, range }: TotalsRequest, options?: ReadOptions): Promise<TotalsAnswer> {
    const values = { ...ends(range ?? {}), query: formatQuery(query) || undefined };
    return await this.#get("/v1/severity", SEVERITY_COUNTS, {
      values,
      options,
      read: (json) => ({
        total: json.total,
        counts: json.counts.map(({ service_name, severity, count }) => ({
          serviceName: service_name,
          severity,
          count,
        })),
        ...lookedOf(json),
      }),
    });
  }

  async histogram(request: HistogramRequest, options?: ReadOptions): Promise<Histogram> {
    const { query, range, by, seriesMax, bucketSeconds, bucketsMax } = request;
    return await this.#get("/v1/histogram", HISTOGRAM, {
      options,
      read: (json) => ({
        bucketSeconds: json.bucket_seconds,
        buckets: json.buckets.map(({ from, to, whole }) => ({ from: momentOf(from), to: momentOf(to), whole })),
        series: json.series.map(({ name, total, counts }) => ({ ...name === null ? {} : { name }, total, counts })),
        total: json.total,
        ...lookedOf(json),
      }),
      values: {
        ...ends(range),
        query: formatQuery(query) || undefined,
        by,
        series: seriesMax,
        bucket: bucketSeconds === undefined ? undefined : bucketName(bucketSeconds),
        buckets: bucketsMax,
      },
    });
  }

  async ledger({ range, instance, causes, before, limit }: LedgerRequest, options?: ReadOptions): Promise<Ledger> {
    const values = { ...ends(range), instance, cause: causes?.join(","), before: before?.toString(), limit };
    return await this.#get("/v1/batches", BATCHES, {
      values,
      options,
      read: (json) => ({ batches: json.batches.map(batchOf), more: json.next !== null }),
    });
  }

  /** Waits for what lands, on one connection: each step resolves as soon as there is something. */
  async tail({ from, query = { terms: [] } }: TailRequest, options: ReadOptions = {}): Promise<TailStep> {
    const { signal } = options;
    const selects = formatQuery(query);
    try {
      if (this.#tail?.selects !== selects) await this.#endTail();
      this.#tail ??= await this.#openTail(selects, { position: encodeTail(from.position), signal });
      const events = await this.#tail.events.next();
      if (events === undefined) {
        throw new StoreError(`Cannot read from ${this.address}: it ended the connection`, {
          disposition: "reconnect",
          cause: undefined,
        });
      }
      return this.#step(events, from);
    } catch (error) {
      await this.#endTail();
      signal?.throwIfAborted();
      const failure = this.#failure(error);
      if (failure instanceof StoreError || failure instanceof ReadTimeoutError) throw failure;
      throw new StoreError(`Cannot read from ${this.address}: the connection broke`, {
        disposition: "reconnect",
        cause: error,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endTail();
  }

  #step(
    events: readonly TailEvent[],
    from: TailStep["point"],
  ): TailStep {
    const entries = [];
    let point = from;
    for (const { name, data, id } of events) {
      if (id !== undefined) {
        const position = decodeTail(id);
        if (typeof position !== "bigint") throw noApi(this.address, position);
        point = tailPointAt(position);
      } else if (name === "gap") {
        const { dropped, reason } = v.parse(GAP, JSON.parse(data!));
        this.#options.onGap(dropped, reason);
      } else if (name === "entry") {
        const json = v.parse(ENTRY, JSON.parse(data!));
        if (this.#told.has(json.id)) continue;
        this.#told.add(json.id);
        entries.push(entryOf(json));
      }
    }
    for (const id of this.#told) {
      if (this.#told.size <= TOLD_MAX) break;
      this.#told.delete(id);
    }
    // The next step waits by itself.
    return { entries, batches: [], point, more: true };
  }

  async #openTail(
    selects: string,
    { position, signal }: { readonly position: string; readonly signal: AbortSignal | undefined },
  ) {
    const path = `/v1/tail${search({ query: selects || undefined, position })}`;
    const response = await this.#options.ask(path, { signal, headers: { accept: "text/event-stream" } });
    if (!response.ok || response.body === null) {
      await jsonOf(response, this.address);
      throw noApi(this.address, undefined);
    }
    return { events: new TailEvents(response.body), selects };
  }

  async #endTail(): Promise<void> {
    const tail = this.#tail;
    this.#tail = undefined;
    await tail?.events.cancel();
  }

  async #get<S extends v.GenericSchema, T>(
    path: string,
    schema: S,
    { values, options = {}, read }: {
      readonly values: Values;
      readonly options: ReadOptions | undefined;
      readonly read: (json: v.InferOutput<S>) => T;
    },
  ): Promise<T> {
    const { signal } = options;
    try {
      const headers = { accept: "application/json" };
      const response = await this.#options.ask(`${path}${search(values)}`, { signal, headers });
      return read(v.parse(schema, await jsonOf(response, this.address)));
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): unknown {
    const unread = v.isValiError(error) || error instanceof RangeError || error instanceof SyntaxError;
    return unread ? noApi(this.address, error) : error;
  }

  #cursor(text: string | null, selects: string) {
    if (text === null) return undefined;
    const cursor = decodeCursor(text, selects);
    if ("problem" in cursor) throw noApi(this.address, cursor);
    return cursor;
  }
}

const GAP = v.object({ dropped: v.number(), reason: v.string() });

function ends({ from, to }: TimeRange): Values {
  return {
    from: from === undefined ? undefined : rfc3339Of(from),
    to: to === undefined ? undefined : rfc3339Of(to),
  };
}

function search(values: Values): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) params.set(name, String(value));
  }
  return params.size === 0 ? "" : `?${params}`;
}
