import { assertEquals } from "@std/assert";
import type { TailFeed } from "../../../../src/http/tail/feed.ts";
import { TailHub } from "../../../../src/http/tail/hub.ts";
import { decodeTail } from "../../../../src/reading/cursor.ts";
import { formatQuery } from "../../../../src/reading/format_query.ts";
import type { TailRequest, TailStep } from "../../../../src/reading/log_queries.ts";
import { parseQuery } from "../../../../src/reading/parse_query.ts";
import { batchIdAt } from "../../../../src/reading/tail_point.ts";
import { ledgerBatch, MemoryLogQueries, readEntry } from "../../../support/memory_log_queries.ts";
import { FakeTime } from "../../../support/time.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 5);

/** A hub over rows that a test lands, and what each call of the database was. */
function opened() {
  const queries = new MemoryLogQueries();
  const calls: string[] = [];
  const failures: unknown[] = [];
  queries.before = (method) => void calls.push(method);
  const hub = new TailHub({
    queries,
    entryJson: ({ messageId }) => messageId,
    onFailed: (error) => failures.push(error),
  });
  let count = 0;
  return {
    queries,
    calls,
    failures,
    hub,
    /** Lands entries in a batch that began so many milliseconds after the start. */
    land: (ms: number, ...payloads: string[]) => {
      const id = batchIdAt(NOW_MS + ms) + BigInt(count++);
      queries.batches.push(ledgerBatch({ id, entries: payloads.length }));
      queries.entries.push(
        ...payloads.map((payload) => readEntry({ messageId: payload.replaceAll(" ", "_"), payload, batch: id })),
      );
    },
    join: (query = "", position?: bigint) => {
      const parsed = parseQuery(query, 0);
      if (parsed.state !== "query") throw new Error("bad query");
      return new Client(hub.join({ query: parsed.query, selects: formatQuery(parsed.query), position }));
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** A client that reads all the time. */
class Client {
  readonly entries: string[] = [];
  readonly gaps: string[] = [];
  position: bigint | undefined;
  ended = false;
  readonly feed: TailFeed;

  constructor(feed: TailFeed) {
    this.feed = feed;
    this.#read();
  }

  async #read(): Promise<void> {
    for (;;) {
      const bytes = await this.feed.next();
      if (bytes === undefined) break;
      for (const event of new TextDecoder().decode(bytes).split("\n\n")) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
        if (name === "entry") this.entries.push(JSON.parse(data!));
        else if (name === "gap") this.gaps.push(data!);
        else if (event.startsWith("id: ")) this.position = decodeTail(event.slice(4)) as bigint;
      }
    }
    this.ended = true;
  }
}

Deno.test("TailHub tells clients what lands after they joined, each what it asks for", async () => {
  using time = new FakeTime(NOW_MS);
  await using bench = opened();
  bench.land(0, "before");
  const [all, some] = [bench.join(), bench.join("b -d")];
  await time.tickAsync(0);
  bench.land(10, "a", "b c", "b d");
  await time.tickAsync(499);
  assertEquals(all.entries, []);
  await time.tickAsync(1);
  assertEquals([all.entries, some.entries], [["a", "b_c", "b_d"], ["b_c"]]);
  await time.tickAsync(5_000);
  assertEquals(all.entries.length, 3);
});

Deno.test("TailHub asks the database once, however many watch, and not at all when nobody does", async () => {
  using time = new FakeTime(NOW_MS);
  await using bench = opened();
  const clients = Array.from({ length: 200 }, (_, i) => bench.join(i < 20 ? "" : `word${i % 7}`));
  await time.tickAsync(2_000);
  assertEquals(bench.calls, ["tailPoint", "tail", "tail", "tail", "tail"]);
  bench.land(0, "word1", "word2");
  await time.tickAsync(500);
  assertEquals(clients[0]!.entries, ["word1", "word2"]);
  assertEquals(clients.filter(({ entries }) => entries.length === 1).length, 52);
  for (const { feed } of clients) feed.leave();
  await time.tickAsync(5_000);
  assertEquals([bench.calls.length, bench.hub.clients, time.timers], [6, 0, 0]);
  bench.join();
  await time.tickAsync(500);
  assertEquals(bench.calls.slice(6), ["tailPoint", "tail"]);
});

Deno.test("TailHub tells a client that comes again what it missed, and then what lands, each once", async () => {
  using time = new FakeTime(NOW_MS);
  await using bench = opened();
  const other = bench.join();
  bench.land(0, "a");
  const first = bench.join();
  await time.tickAsync(1_000);
  bench.land(1_000, "b");
  await time.tickAsync(500);
  assertEquals(first.entries, ["b"]);
  first.feed.leave();
  bench.land(2_000, "c");
  await time.tickAsync(500);
  const again = bench.join("", first.position);
  bench.land(2_100, "d");
  await time.tickAsync(500);
  bench.land(2_200, "e");
  await time.tickAsync(1_000);
  // "a" and "b" landed less than two minutes before its position.
  assertEquals(again.entries, ["a", "b", "c", "d", "e"]);
  assertEquals([other.entries, again.gaps], [["b", "c", "d", "e"], []]);
});

Deno.test("TailHub tells nothing twice of what lands while a client catches up", async () => {
  using time = new FakeTime(NOW_MS);
  await using bench = opened();
  bench.join();
  await time.tickAsync(0);
  const gate = Promise.withResolvers<void>();
  const { tail } = bench.queries;
  let own = 0;
  // Its own look waits, while the poll goes on and tells of the same.
  bench.queries.tail = async (request: TailRequest): Promise<TailStep> => {
    if (request.query !== undefined && own++ === 0) await gate.promise;
    return await tail.call(bench.queries, request);
  };
  const client = bench.join("", batchIdAt(NOW_MS));
  bench.land(0, "a");
  await time.tickAsync(1_000);
  bench.land(1_000, "b");
  await time.tickAsync(500);
  assertEquals(client.entries, []);
  bench.land(2_000, "c");
  gate.resolve();
  await time.tickAsync(1_000);
  assertEquals(client.entries.toSorted(), ["a", "b", "c"]);
});

Deno.test("TailHub sends a client that was away for over an hour to the pages, and tells what is newest", async () => {
  using time = new FakeTime(NOW_MS);
  await using bench = opened();
  bench.land(-3_600_000, "old");
  const client = bench.join("", batchIdAt(NOW_MS - 3_600_001));
  await time.tickAsync(0);
  bench.land(0, "new");
  await time.tickAsync(500);
  assertEquals([client.gaps, client.entries], [['{"dropped":0,"reason":"too_old"}'], ["new"]]);
});

Deno.test("TailHub catches up step by step, as fast as the client reads", async () => {
  using time = new FakeTime(NOW_MS);
  await using bench = opened();
  const { tail } = bench.queries;
  let looks = 0;
  bench.queries.tail = async (request: TailRequest): Promise<TailStep> => {
    const step = await tail.call(bench.queries, request);
    if (request.query === undefined) return step;
    return { ...step, entries: [readEntry({ messageId: String(++looks) })], more: looks < 3 };
  };
  const feed = bench.hub.join({ query: { terms: [] }, selects: "", position: batchIdAt(NOW_MS) });
  for (const expected of [1, 2, 3, 3]) {
    await time.tickAsync(5_000);
    assertEquals(looks, expected);
    await feed.next();
  }
});

Deno.test("TailHub lets go of what waits for the slowest, where all together take too much", async () => {
  using time = new FakeTime(NOW_MS);
  await using bench = opened();
  const payload = "x".repeat(1_000_000);
  const hub = new TailHub({ queries: bench.queries, entryJson: (entry) => entry.payload, onFailed() {} });
  const feeds = Array.from(
    { length: 12 },
    (_, i) => hub.join({ query: { terms: [] }, selects: String(i), position: undefined }),
  );
  await time.tickAsync(0);
  // Each waits for others: as many as it may have.
  for (const feed of feeds) {
    for (let i = 0; i < 7; i++) {
      feed.push([{ bytes: new Uint8Array(1_000_000), batch: undefined, held: 0 }]);
    }
  }
  bench.land(0, payload);
  await time.tickAsync(500);
  const waiting = feeds.map((feed) => feed.waiting);
  assertEquals(waiting.reduce((sum, bytes) => sum + Math.min(bytes, 7_000_000), 0) < 64 * 1024 * 1024, true);
  assertEquals(waiting.filter((bytes) => bytes === 0).length > 0, true);
  await hub[Symbol.asyncDispose]();
});

Deno.test("TailHub goes on from where it was when the database is back", async () => {
  using time = new FakeTime(NOW_MS);
  await using bench = opened();
  const client = bench.join();
  await time.tickAsync(0);
  bench.queries.before = () => Promise.reject(new Error("away"));
  bench.land(0, "a");
  await time.tickAsync(3_000);
  assertEquals(client.entries, []);
  bench.queries.before = () => {};
  await time.tickAsync(10_000);
  assertEquals([client.entries, client.ended, bench.failures.length > 0], [["a"], false, true]);
});

Deno.test("TailHub ends every client when it is disposed", async () => {
  using time = new FakeTime(NOW_MS);
  const bench = opened();
  const [one, two] = [bench.join(), bench.join("", batchIdAt(NOW_MS))];
  await time.tickAsync(0);
  await bench.hub[Symbol.asyncDispose]();
  assertEquals([one.ended, two.ended, time.timers], [true, true, 0]);
});
