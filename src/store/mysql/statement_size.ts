/**
 * How long a statement may be.
 *
 * @module
 */
import type { MysqlSession } from "./session.ts";

/**
 * The largest statement, whatever the server takes: about 650 rows of 100 bytes, by the bound of 3 bytes a character.
 * Larger ones gain nothing at the server, and V8 keeps texts over 128 KiB apart, where each costs a part of a full
 * collection: of LMS's processor time, 7 %.
 */
const STATEMENT_BYTES_MAX = 384 * 1024;

/** For the statement around the values, and the packet's own header. */
export const STATEMENT_BYTES_RESERVED = 4 * 1024;

/** How long a statement may be on this session, in bytes. */
export function statementBytesMax(session: MysqlSession): number {
  return Math.min(session.packetBytesMax - STATEMENT_BYTES_RESERVED, STATEMENT_BYTES_MAX);
}
