/**
 * What the HTTP API has against those who may not, and against those who read slowly.
 *
 * @module
 */
import { type Protection, protectionsOf } from "./protection.ts";

const API_TEST = "tests/unit/http/api/api_test.ts";
const TAIL_TEST = "tests/unit/http/tail/hub_test.ts";

/** Protections of the HTTP API. */
export const OF_HTTP: readonly Protection[] = [
  ...protectionsOf({ file: "src/app/http_api.ts", test: "tests/unit/app/http_api_test.ts" }, [
    {
      name: "An address that others reach is not served without a token",
      find: "tokens === undefined && !isLoopback(address.host)) {",
      replace: "tokens === undefined && address.host === undefined) {",
      filter: "planHttp() refuses 0.0.0.0 without a token",
    },
    {
      name: "A name that only begins like this machine's address is not taken for it",
      find: String.raw`/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/`,
      replace: String.raw`/^127\./`,
      filter: "planHttp() refuses 127.0.0.1.example.com without a token",
    },
  ]),
  ...protectionsOf({ file: "src/app/read_database.ts", test: "tests/unit/app/read_database_test.ts" }, [
    {
      name: "The writer's password goes to no database that is named for reading",
      find: "mysqlPassword: undefined,",
      replace: "mysqlPassword: config.mysqlPassword,",
      filter: "findReadDatabase() never sends the writer's password to another server",
    },
  ]),
  ...protectionsOf({ file: "src/http/api/api.ts", test: API_TEST }, [
    {
      name: "Reading takes a token where one is wanted",
      find: `if (authorization === null && access === "read" && !readNeedsToken) return undefined;`,
      replace: `if (access === "read") return undefined;`,
      filter: "the API reads with a token only, where it is told so",
    },
    {
      name: "A token for reading changes nothing",
      find: `if (access === "admin" && bearer.access !== "admin") {`,
      replace: `if (access === "admin" && bearer.name === "") {`,
      test: "tests/unit/http/api/routes/dead_letters_test.ts",
      filter: "POST …/drop wants a token that is for that",
    },
    {
      name: "Under another server's name nobody is answered",
      find: "if (host !== undefined) throw",
      replace: `if (host?.kind === "bad_request") throw`,
      filter: "the API answers another server's name with 421",
    },
    {
      name: "What is asked at once has a limit",
      find: "if (leave !== undefined) return leave;",
      replace: "return leave ?? (() => {});",
      filter: "the API answers so many at once, lets a few wait, and sends the rest away",
    },
  ]),
  ...protectionsOf({ file: "src/http/api/failure.ts", test: API_TEST }, [
    {
      name: "No answer repeats what a database says",
      find: `detail: "The database does not answer",`,
      replace: "detail: error.message,",
      filter: "the API says what failed in its own words, and logs the database's",
    },
  ]),
  ...protectionsOf({ file: "src/http/page/page.ts", test: "tests/unit/http/page/page_test.ts" }, [
    {
      name: "Nothing runs in the dashboard's page but what comes from this server",
      find: `"default-src 'none'; script-src 'self';`,
      replace: `"default-src 'none'; script-src 'self' 'unsafe-inline';`,
      filter: "Page.answer() lets nothing run but what comes from this server",
    },
  ]),
  ...protectionsOf({ file: "src/dashboard/text/safe.ts", test: "tests/unit/dashboard/text/safe_test.ts" }, [
    {
      name: "Marks of direction in a payload are seen in the page, and turn nothing",
      find: "\\\\u2028-\\\\u202e",
      replace: "\\\\u2028-\\\\u202d",
      filter: "visible() of marks of direction",
    },
    {
      name: "Heaps of marks on one letter cover no other line of the page",
      find: 'text.replaceAll(MARKS, "$1…")',
      replace: "text",
      filter: "visible() of heaps of marks",
    },
  ]),
  ...protectionsOf({ file: "src/http/guard/hosts.ts", test: "tests/unit/http/guard/hosts_test.ts" }, [
    {
      name: "An address as another page's origin is not this server's own",
      find: "return authority === host.toLowerCase() || names.includes",
      replace: 'return isOwn(nameIn(authority) ?? "", names) || names.includes',
      filter: "hostProblem() refuses a page of http://127.0.0.2:8080",
    },
  ]),
  ...protectionsOf({ file: "src/http/guard/token_files.ts", test: "tests/unit/http/guard/token_files_test.ts" }, [
    {
      name: "A token that was taken out of its file counts no more",
      find: "if (performance.now() - this.#readAtMs >= BELIEVED_MS) {",
      replace: "if (this.#readAtMs < 0) {",
      filter: "TokenFiles takes what a file holds a second later, and forgets what it held",
    },
  ]),
  ...protectionsOf({ file: "src/http/api/routes/logs.ts", test: "tests/unit/http/api/routes/logs_test.ts" }, [
    {
      name: "An answer has a size",
      find: "if (chars > charsMax) return Math.max(i, 1);",
      replace: "if (chars < 0) return i;",
      filter: "GET /v1/logs cuts a page that is too large, and goes on after that",
    },
  ]),
  ...protectionsOf({ file: "src/http/tail/feed.ts", test: "tests/unit/http/tail/feed_test.ts" }, [
    {
      name: "What waits for one reader of a tail has a limit",
      find: `if (this.#queuedBytes + bytes > QUEUE.bytes || count > QUEUE.chunks) this.skip("slow");`,
      replace: "if (count < 0) return;",
      filter: "TailFeed.push() lets go of what waits where more does not fit, and says how much",
    },
  ]),
  ...protectionsOf({ file: "src/http/tail/hub.ts", test: TAIL_TEST }, [
    {
      name: "What waits for all readers of tails has a limit",
      find: "while (this.#memory.bytes > MEMORY_BYTES_MAX) {",
      replace: "while (this.#memory.bytes < 0) {",
      filter: "TailHub lets go of what waits for the slowest, where all together take too much",
    },
    {
      name: "A client that comes again is told nothing twice by the poll that it was told as missed",
      find: "seen === undefined ? chunks : chunks.filter(({ batch }) => !isIn(batch, seen.batches))",
      replace: "chunks",
      filter: "TailHub tells nothing twice of what lands while a client catches up",
    },
    {
      name: "However many watch, the database is asked once",
      find: "this.#run ??= this.#start();",
      replace: "this.#run = this.#start();",
      filter: "TailHub asks the database once, however many watch, and not at all when nobody does",
    },
  ]),
  ...protectionsOf({ file: "src/http/api/streams.ts", test: "tests/unit/http/api/routes/export_test.ts" }, [
    {
      name: "An export reads no further than its reader",
      find: "{ highWaterMark: 0 }",
      replace: "{ highWaterMark: 50 }",
      filter: "GET /v1/export reads no further than its client",
    },
  ]),
];
