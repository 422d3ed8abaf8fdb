import { assert, assertEquals, assertRejects } from "@std/assert";
import { RemoteQueries } from "../../../../src/http/client/remote_queries.ts";
import type { AskServer } from "../../../../src/http/client/ask_server.ts";
import { parseQuery } from "../../../../src/reading/parse_query.ts";
import { batchIdAt, tailPointAt } from "../../../../src/reading/tail_point.ts";
import { ReadTimeoutError } from "../../../../src/store/log_rows.ts";
import { StoreError } from "../../../../src/store/store.ts";
import { openApi, requestOf } from "../../../support/api.ts";
import { key } from "../../../support/entries.ts";
import { ledgerBatch, readEntry } from "../../../support/memory_log_queries.ts";

const RANGE = { from: "2026-01-02 03:00:00.000000", to: "2026-01-02 04:00:00.000000" };

function query(text: string) {
  const parsed = parseQuery(text, 0);
  assert(parsed.state === "query");
  return parsed.query;
}

/** An API with some rows, and a client of it. */
async function remote() {
  const api = await openApi();
  const { queries } = api;
  queries.entries.push(...[1, 2, 3, 4, 5].map((n) =>
    readEntry({
      ...key(n),
      serviceName: n % 2 ? "alpha" : "beta",
      severity: n === 4 ? "fatal" : "info",
      payload: `n ${n}`,
      attributes: { n: `${n}` },
      batch: n === 1 ? undefined : batchIdAt(n),
      timestamp: "2026-01-02 03:00:00.000001",
    })
  ));
  queries.batches.push(
    ledgerBatch(),
    ledgerBatch({ id: 7n, cause: "end", publishTimeFirst: RANGE.from, publishTimeLast: RANGE.to }),
  );
  const gaps: [number, string][] = [];
  const ask: AskServer = (path, { signal, headers }) =>
    api.api.answer(
      requestOf(path, { ...signal === undefined ? {} : { signal }, ...headers === undefined ? {} : { headers } }),
    );
  const client = new RemoteQueries({ url: "http://lms", ask, onGap: (...gap) => gaps.push(gap) });
  return {
    memory: queries,
    client,
    gaps,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

Deno.test("RemoteQueries reads pages as the server's own reader does, forwards and back", async () => {
  await using lms = await remote();
  const asked = { query: query("n"), range: RANGE, order: "newest_first", limit: 2 } as const;
  const { tail: _, ...expected } = await lms.memory.page(asked);
  const { tail, ...first } = await lms.client.page(asked);
  assertEquals(first, expected);
  assert(tail !== undefined);
  const second = await lms.client.page({ ...asked, cursor: first.next });
  assertEquals(second, await lms.memory.page({ ...asked, cursor: expected.next }));
  assertEquals((await lms.client.page({ ...asked, cursor: second.previous })).entries, first.entries);
});

Deno.test("RemoteQueries asks with every kind of term", async () => {
  await using lms = await remote();
  for (
    const text of [
      "",
      "service:alpha -3",
      "severity>=warn",
      'attr.n:"4"',
      "timestamp<2026-01-02T03:00:01Z",
      "*n* after:2026-01-01",
    ]
  ) {
    const asked = { query: query(text), range: {}, order: "oldest_first", limit: 9 } as const;
    assertEquals((await lms.client.page(asked)).entries, (await lms.memory.page(asked)).entries, text);
  }
});

Deno.test("RemoteQueries reads neighbours, counts, histograms and the ledger as the server's own reader does", async () => {
  await using lms = await remote();
  const around = { key: key(3), before: 1, after: 2, sameService: true };
  assertEquals(await lms.client.around(around), await lms.memory.around(around));
  const totals = { query: query("-3"), range: RANGE };
  assertEquals(await lms.client.totals(totals), await lms.memory.totals(totals));
  const histogram = { query: query(""), range: RANGE, by: "service", bucketsMax: 60, seriesMax: 1 } as const;
  assertEquals(await lms.client.histogram(histogram), await lms.memory.histogram(histogram));
  for (
    const ledger of [{ range: {}, limit: 1 }, { range: {}, limit: 9, causes: ["end", "count"], instance: 0 }] as const
  ) {
    assertEquals(await lms.client.ledger(ledger), await lms.memory.ledger(ledger));
  }
});

/** A client of a server that a test plays. */
function of(answer: (path: string) => Response | Promise<Response>) {
  const paths: string[] = [];
  const gaps: [number, string][] = [];
  const ask: AskServer = async (path) => {
    paths.push(path);
    return await answer(path);
  };
  return { client: new RemoteQueries({ url: "http://lms", ask, onGap: (...gap) => gaps.push(gap) }), paths, gaps };
}

const PAGE = { query: { terms: [] }, range: {}, order: "newest_first", limit: 1 } as const;

for (
  const [response, disposition, words] of [
    [
      () => Response.json({ detail: "Too much", remedy: "wait\n\x1b[2J" }, { status: 429 }),
      "reconnect",
      "Too much; wait\\n\\u001b",
    ],
    [() => Response.json({ detail: "Away" }, { status: 503 }), "reconnect", "Away"],
    [() => new Response("bad gateway", { status: 502 }), "reconnect", "it answers 502"],
    [() => Response.json({ detail: "A token is needed" }, { status: 401 }), "fatal", "needed; --token-file names"],
    [() => Response.json({ detail: "Bad" }, { status: 400 }), "fatal", "Bad"],
    [() => new Response(null, { status: 302, headers: { location: "http://evil" } }), "fatal", "it answers 302"],
    [() => new Response("<html>"), "fatal", "no LMS API of this version"],
    [() => Response.json({ entries: 7 }), "fatal", "no LMS API of this version"],
  ] as const
) {
  Deno.test(`RemoteQueries tells ${words} as ${disposition}`, async () => {
    const error = await assertRejects(() => of(response).client.page(PAGE), StoreError, words);
    assertEquals(error.disposition, disposition);
  });
}

Deno.test("RemoteQueries tells that the server's database was too slow", async () => {
  const { client } = of(() => Response.json({ detail: "Slow", remedy: "ask less" }, { status: 504 }));
  await assertRejects(() => client.page(PAGE), ReadTimeoutError, "Slow; ask less");
});

Deno.test("RemoteQueries gives up a request with the signal's reason", async () => {
  await using lms = await remote();
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  await assertRejects(() => lms.client.page(PAGE, { signal: stop.signal }), Error, "enough");
});

function entryJson(n: number): string {
  const { publishTime, messageId } = key(n);
  const time = `${publishTime.replace(" ", "T")}Z`;
  return JSON.stringify({
    id: `id-${n}`,
    publish_time: time,
    message_id: messageId,
    service_name: "alpha",
    severity: "info",
    payload: `n ${n}`,
    timestamp: time,
    created_at: time,
    attributes: {},
    batch: null,
  });
}

Deno.test("RemoteQueries follows a tail over one connection, tells gaps, and goes on after a reconnect", async () => {
  const position = batchIdAt(Date.UTC(2026, 0, 2));
  const later = position + 9n;
  const { encodeTail } = await import("../../../../src/reading/cursor.ts");
  let connection = 0;
  const { client, paths, gaps } = of(() => {
    connection++;
    const events = connection === 1
      ? [
        "retry: 2000\n\n",
        `event: entry\ndata: ${entryJson(1)}\n\nevent: ent`,
        `ry\ndata: ${entryJson(2)}\n\n: \n\n`,
        `id: ${encodeTail(later)}\n\n`,
      ]
      : [
        `event: entry\ndata: ${
          entryJson(2)
        }\n\nevent: gap\ndata: {"dropped":7,"reason":"slow"}\n\nevent: entry\ndata: ${entryJson(3)}\n\n`,
      ];
    return new Response(ReadableStream.from(events.map((text) => new TextEncoder().encode(text))));
  });
  let point = tailPointAt(position);
  const payloads: string[] = [];
  const step = async () => {
    const step = await client.tail({ from: point, query: query("n") });
    point = step.point;
    payloads.push(...step.entries.map(({ payload }) => payload));
  };
  for (let n = 0; n < 4; n++) await step();
  assertEquals([payloads, point.position], [["n 1", "n 2"], later]);
  const error = await assertRejects(step, StoreError, "it ended the connection");
  assertEquals(error.disposition, "reconnect");
  await step();
  assertEquals([payloads, gaps], [["n 1", "n 2", "n 3"], [[7, "slow"]]]);
  assertEquals(paths, [position, later].map((at) => `/v1/tail?query=n&position=${encodeTail(at)}`));
  await client[Symbol.asyncDispose]();
});

Deno.test("RemoteQueries follows a server's tail until it is told to stop", async () => {
  await using lms = await remote();
  const { tail } = await lms.client.page(PAGE);
  lms.memory.batches.push(ledgerBatch({ id: tail!.position + 100n }));
  lms.memory.entries.push(readEntry({ ...key(9), payload: "just now", batch: tail!.position + 100n }));
  const stop = new AbortController();
  const payloads: string[] = [];
  let point = tail!;
  while (!payloads.includes("just now")) {
    const step = await lms.client.tail({ from: point }, { signal: stop.signal });
    payloads.push(...step.entries.map(({ payload }) => payload));
    point = step.point;
  }
  const waiting = assertRejects(() => lms.client.tail({ from: point }, { signal: stop.signal }), Error, "enough");
  // What it waits for may be an id that comes first.
  stop.abort(new Error("enough"));
  await waiting.catch(async () => {
    await assertRejects(() => lms.client.tail({ from: point }, { signal: stop.signal }), Error, "enough");
  });
});
