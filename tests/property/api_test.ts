/**
 * Whatever is asked of the API, it answers it or says what is wrong: never 500.
 *
 * @module
 */
import { assert } from "@std/assert";
import fc from "fast-check";
import { openApi } from "../support/api.ts";
import { readEntry } from "../support/memory_log_queries.ts";

const NAMES = [
  ...[
    "query",
    "from",
    "to",
    "since",
    "order",
    "limit",
    "cursor",
    "bucket",
    "buckets",
    "by",
    "series",
    "prefix",
    "after",
  ],
  ...["before", "same_service", "instance", "cause", "status", "reason"],
];
const VALUES = [
  ...["", "0", "1", "1000", "-1", "1e3", "newest_first", "true", "now", "-15m", "1d12h", "2026-01-02T03:04:05Z", "1m"],
  ...["service", "warn", "count,interval", "open", "9999-12-31", "1000-01-01", "20260102T030405.678901Z-77", "all"],
  ...[
    "service:a,b severity>=warn",
    '"a b" -c *d* e*',
    "attr.x:*",
    "timestamp>=-1d",
    '"',
    "-",
    ":",
    "after:now",
    "t1.x",
  ],
];
const PATHS = [
  ...["/v1/logs", "/v1/services", "/v1/severity", "/v1/histogram", "/v1/batches", "/v1/instances", "/v1/consistency"],
  ...["/v1/dead-letters", "/v1/dead-letter-reasons", "/v1/logs/20260102T030405.678901Z-77/context", "/openapi.json"],
  ...["/v1/logs/x", "/v1/dead-letters/20260102T030405.678901Z-77", "/", "/v1", "//", "/%2e%2e/v1/logs", "/v1/logs/%"],
];

const TEXT = fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: "binary" }), fc.string());
const PAIR = fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, fc.string()), TEXT)
  .map(([name, value]) => `${encode(name)}=${encode(value)}`);
/** Well encoded for the most part, or anything at all. */
const SEARCH = fc.oneof(
  { weight: 9, arbitrary: fc.array(PAIR, { maxLength: 4 }).map((pairs) => pairs.join("&")) },
  fc.string().map((text) => text.replaceAll("#", "")),
);

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

Deno.test("the API answers whatever it is asked with 200 or a problem that says what is wrong", async () => {
  await using test = await openApi();
  test.queries.entries.push(readEntry(), readEntry({ messageId: "2", payload: "a b" }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PATHS), SEARCH, async (path, search) => {
      const response = await test.ask(`${path}?${search}`);
      const { status } = response;
      assert(status === 200 || status >= 400 && status < 500, `${status} of ${path}?${search}`);
      if (status !== 200) {
        const { detail, remedy } = await response.json();
        assert(typeof detail === "string" && typeof remedy === "string", `${detail} ${remedy}`);
      } else await response.body?.cancel();
    }),
    { numRuns: 600 },
  );
});
