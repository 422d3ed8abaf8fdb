/**
 * Reading beside writers that are at work.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { SEVERITIES } from "../../src/entry/entry.ts";
import type { TailPoint } from "../../src/reading/log_queries.ts";
import { StoredLogQueries } from "../../src/reading/stored_log_queries.ts";
import { openLogReader } from "../../src/store/open_log_reader.ts";
import type { TestServer } from "../support/database.ts";
import { entry } from "../support/entries.ts";
import { entriesOf, queryOf, walk } from "./reading_fixture.ts";
import { addressOf, migrated, openOn } from "./server_fixture.ts";
import { writeWithRetries } from "./store_fixture.ts";

const WRITERS = 3;
const BATCHES = 20;
const ROWS = 20;

/** Batches of one writer, some of whose entries another writer has too. */
function batchOf(writer: number, batch: number) {
  return Array.from({ length: ROWS }, (_, i) => {
    const n = (batch * ROWS + i) * WRITERS + (i % 5 === 0 ? 0 : writer);
    // By the writers' clocks, of which each is some seconds off.
    const ms = Date.UTC(2026, 10, 24, 10) + n * 20;
    const publishTime = new Date(ms).toISOString().replace("T", " ").replace("Z", "000");
    return entry({
      publishTime,
      messageId: `m${n}`,
      serviceName: `service-${n % 4}`,
      severity: SEVERITIES[n % 5]!,
      payload: n % 3 === 0 ? "a needle" : "hay",
    });
  });
}

/** Registers the case. */
export function exerciseReadingBesideWriters(name: string, server: TestServer): void {
  Deno.test(`${name}: walks, counts and a tail keep their promises beside ${WRITERS} writers`, async () => {
    await using database = await migrated(server);
    const queries = new StoredLogQueries(
      openLogReader(addressOf(database.url), { onWarning: assert.bind(null, false) }),
    );
    await using _queries = queries;
    const landed = new Set<string>();
    let writing = WRITERS;
    const write = async (writer: number) => {
      await using store = openOn(database.url);
      for (let batch = 0; batch < BATCHES; batch++) {
        const entries = batchOf(writer, batch);
        await writeWithRetries(store, { entries });
        entries.forEach(({ messageId }) => landed.add(messageId));
      }
      writing--;
    };
    const told: string[] = [];
    let from: TailPoint = await queries.tailPoint();
    const tail = async () => {
      for (let isLast = false; !isLast;) {
        isLast = writing === 0;
        const step = await queries.tail({ from });
        told.push(...step.entries.map(({ messageId }) => messageId));
        from = step.point;
      }
    };
    const walks = async (text: string, order: "newest_first" | "oldest_first") => {
      const query = queryOf(text);
      while (writing > 0) {
        const before = [...landed];
        const entries = entriesOf(await walk(queries, { query, order, limit: 40, options: { rowsMax: 300 } }));
        const walked = entries.map(({ messageId }) => messageId);
        assertEquals(walked.length, new Set(walked).size);
        const wanted = text === "" ? before : before.filter((id) => Number(id.slice(1)) % 3 === 0);
        assertEquals(wanted.filter((id) => !walked.includes(id)), []);
      }
    };
    // All of them lie in one minute, which is counted less what lies before the third second.
    const range = { from: "2026-11-24 10:00:03.000000", to: "2026-11-24 10:00:57.000000" };
    const inRange = () => [...landed].filter((id) => Number(id.slice(1)) * 20 >= 3_000).length;
    const counting = async () => {
      for (let least = 0; writing > 0;) {
        least = Math.max(least, inRange());
        const { total } = await queries.histogram({ query: queryOf(""), range, bucketSeconds: 60 });
        assert(total >= least, `${total} after ${least}`);
        least = total;
      }
      const { total } = await queries.histogram({ query: queryOf(""), range, bucketSeconds: 60 });
      assertEquals(total, inRange());
    };
    await Promise.all([
      counting(),
      ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
      tail(),
      walks("", "newest_first"),
      walks("needle", "oldest_first"),
    ]);
    assertEquals(told.toSorted(), [...landed].sort());
    const { total } = await queries.totals({ query: queryOf("") });
    assertEquals(total, landed.size);
    assertEquals((await queries.consistency()).agree, true);
  });
}
