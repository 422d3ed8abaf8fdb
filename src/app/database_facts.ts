/**
 * Whether a monitor can work with a database, before it pulls anything.
 *
 * @module
 */
import { formatBytes } from "../config/values.ts";
import { PACKET_BYTES_MIN, type StoreFacts } from "../store/maintenance.ts";
import { StoreError } from "../store/store.ts";

/**
 * The facts, given back where they will do.
 *
 * @throws {StoreError} `fatal`, naming what to change on the database.
 */
export function checkedFacts(facts: StoreFacts): StoreFacts {
  const { server, packetBytesMax, strict } = facts;
  if (packetBytesMax !== undefined && packetBytesMax < PACKET_BYTES_MIN) {
    throw refusal(
      `${server} takes ${formatBytes(packetBytesMax)} at once, and the largest message, kept whole as a dead letter, ` +
        `needs ${formatBytes(PACKET_BYTES_MIN)}; set max_allowed_packet on the server to 16M or more`,
    );
  }
  if (!strict) {
    throw refusal(
      `${server} would change values that do not fit, in place of refusing them: the SQL mode that LMS sets, with ` +
        "STRICT_ALL_TABLES, does not hold; is there a proxy that resets it? Let it pass sql_mode on",
    );
  }
  return facts;
}

function refusal(problem: string): StoreError {
  return new StoreError(`Cannot run this plan: ${problem}`, { disposition: "fatal", cause: undefined });
}
