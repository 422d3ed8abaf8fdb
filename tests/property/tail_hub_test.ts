/**
 * Tails: whatever lands, whoever comes and goes, nothing is missed, and nothing comes twice over one connection.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { TailFeed } from "../../src/http/tail/feed.ts";
import { TailHub } from "../../src/http/tail/hub.ts";
import { decodeTail } from "../../src/reading/cursor.ts";
import { batchIdAt } from "../../src/reading/tail_point.ts";
import { ledgerBatch, MemoryLogQueries, readEntry } from "../support/memory_log_queries.ts";
import { FakeTime } from "../support/time.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 5);

/** A client that reads all the time, over one connection after another. */
class Client {
  readonly #hub: TailHub;
  readonly connections: string[][] = [];
  #feed: TailFeed | undefined;
  #position: bigint | undefined;

  constructor(hub: TailHub) {
    this.#hub = hub;
  }

  connect(): void {
    this.#feed?.leave();
    const feed = this.#hub.join({ query: { terms: [] }, selects: "", position: this.#position });
    this.#feed = feed;
    const got: string[] = [];
    this.connections.push(got);
    const read = async () => {
      for (let bytes = await feed.next(); bytes !== undefined; bytes = await feed.next()) {
        for (const event of new TextDecoder().decode(bytes).split("\n\n")) {
          if (event.startsWith("event: entry")) got.push(JSON.parse(event.slice(event.indexOf("data: ") + 6)));
          else if (event.startsWith("id: ")) this.#position = decodeTail(event.slice(4)) as bigint;
        }
      }
    };
    read();
  }

  /** Whether it knows where to go on: before that, a connection that ends begins anew. */
  get placed(): boolean {
    return this.#position !== undefined;
  }
}

const STEP = fc.oneof(
  // A batch that began so long before it commits.
  fc.record({ kind: fc.constant("land" as const), agoMs: fc.integer({ min: 0, max: 60_000 }) }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 2_000 }) }),
  fc.record({ kind: fc.constant("connect" as const), client: fc.integer({ min: 0, max: 2 }) }),
);

Deno.test("TailHub tells each client all that lands, once over each connection, however often it comes again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), async (steps) => {
      using time = new FakeTime(NOW_MS);
      const queries = new MemoryLogQueries();
      const { tail } = queries;
      // A look of a client's own takes longer than the poll, which meanwhile tells the others.
      queries.tail = async (request) => {
        const step = await tail.call(queries, request);
        if (request.query !== undefined) await new Promise((resolve) => setTimeout(resolve, 1_300));
        return step;
      };
      await using hub = new TailHub({ queries, entryJson: ({ messageId }) => messageId, onFailed() {} });
      const clients = Array.from({ length: 3 }, () => new Client(hub));
      for (const client of clients) client.connect();
      // All know where they are.
      await time.tickAsync(1_000);
      const landed: string[] = [];
      for (const step of steps) {
        if (step.kind === "land") {
          const messageId = String(landed.length);
          const id = batchIdAt(time.now - step.agoMs) + BigInt(landed.length);
          queries.batches.push(ledgerBatch({ id }));
          queries.entries.push(readEntry({ messageId, batch: id }));
          queries.nowMs = time.now;
          landed.push(messageId);
        } else if (step.kind === "wait") await time.tickAsync(step.ms);
        else if (clients[step.client]!.placed) clients[step.client]!.connect();
      }
      await time.tickAsync(60_000);
      for (const { connections } of clients) {
        for (const got of connections) assertEquals(new Set(got).size, got.length, "twice over one connection");
        assertEquals([...new Set(connections.flat())].sort(), landed.toSorted(), "missed");
      }
    }),
    { numRuns: 200 },
  );
});
