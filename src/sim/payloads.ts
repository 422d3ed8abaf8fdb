/**
 * What simulated services have to say.
 *
 * @module
 */
import type { Severity } from "../entry/entry.ts";
import type { Random } from "../ops/random.ts";

const ROUTES = ["/", "/login", "/api/orders", "/api/orders/7", "/api/cart", "/api/search?q=log+server", "/healthz"];
const METHODS = ["GET", "GET", "GET", "POST", "PUT", "DELETE"];
const STATUSES = [200, 200, 200, 201, 204, 302, 304, 404];
/** Names in several scripts: each takes another number of UTF-8 bytes to a character. */
const USERS = ["ada", "björn", "chloé", "дмитрий", "加奈子", "zoë 🚀", "o'neil", 'quote"d'];
const PEERS = ["billing", "inventory", "ledger", "mailer", "search"];
const EXCEPTIONS = ["TimeoutError", "ConnectionReset", "InvalidState", "NullPointer", "QuotaExceeded"];
const FRAMES = ["Router.dispatch", "OrderBook.place", "Pool.acquire", "Ledger.append", "Session.refresh"];

type Writer = (random: Random) => string;

const WRITERS: Readonly<Record<Severity, readonly Writer[]>> = {
  debug: [
    (random) => `cache ${random.chance(0.8) ? "hit" : "miss"} key=session:${hex(random)} in ${random.below(900)} µs`,
    (random) => `pool: ${random.below(20)} idle, ${random.below(20)} busy, ${random.below(5)} waiting`,
    (random) => `query took ${latency(random)} ms, ${random.below(500)} rows`,
  ],
  info: [
    (random) =>
      `${random.pick(METHODS)} ${random.pick(ROUTES)} ${random.pick(STATUSES)} in ${latency(random)} ms, ` +
      `${random.below(60_000)} bytes`,
    (random) => `user ${random.pick(USERS)} logged in from 10.${random.below(256)}.${random.below(256)}.7`,
    (random) => `order ${hex(random)} placed: ${random.between(1, 9)} items, ${random.below(100_000) / 100} €`,
  ],
  warn: [
    (random) => `${random.pick(PEERS)} answered in ${random.between(1000, 9000)} ms, over the 1000 ms budget`,
    (random) => `retry ${random.between(1, 4)} of 5 for ${random.pick(PEERS)}: 503 Service Unavailable`,
    (random) => `disk /var/lib at ${random.between(80, 96)} %`,
  ],
  error: [
    (random) => stackTrace(random, `request ${hex(random)} failed`),
    (random) => `payment for user ${random.pick(USERS)} declined by ${random.pick(PEERS)}: code ${random.below(90)}`,
    (random) => stackTrace(random, `${random.pick(PEERS)} unreachable`),
  ],
  fatal: [
    (random) => stackTrace(random, "out of memory, shutting down"),
    (random) => `cannot bind port ${random.between(1024, 65_535)}: address in use; exiting`,
  ],
};

/** A line, or several for an error, that a service might log at this severity. */
export function payloadText(severity: Severity, random: Random): string {
  return random.pick(WRITERS[severity])(random);
}

/**
 * Texts of one size in bytes, for measurements: windows at random places of a block of words, so that no two are
 * alike and none costs more than a copy.
 *
 * @param bytes 0 or more.
 */
export function payloadsOfSize(bytes: number, random: Random): () => string {
  const spare = 4096;
  const words: string[] = [];
  for (let length = 0; length < bytes + spare;) {
    const word = hex(random);
    words.push(word);
    length += word.length + 1;
  }
  const block = words.join(" ");
  return () => {
    const at = random.below(spare);
    return block.slice(at, at + bytes);
  };
}

/** Mostly quick with a long tail, as answering times are. */
function latency(random: Random): number {
  return Math.round(5 / (1 - random.uint32() / 2 ** 32) ** 0.7);
}

function hex(random: Random): string {
  return random.uint32().toString(16).padStart(8, "0");
}

function stackTrace(random: Random, message: string): string {
  const frames = Array.from(
    { length: random.between(2, 5) },
    () => `\n\tat ${random.pick(FRAMES)} (app.js:${random.between(1, 900)}:${random.between(1, 80)})`,
  );
  return `${random.pick(EXCEPTIONS)}: ${message}${frames.join("")}`;
}
