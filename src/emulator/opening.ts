/**
 * Which protocol a client speaks, by the first bytes that it sends.
 *
 * @module
 */

/** `undecided`: more bytes are needed. What is neither of the two is refused as HTTP/1.1. */
export type Protocol = "http/2" | "http/1.1" | "undecided";

/** How HTTP/2 begins where nothing was negotiated (RFC 9113, 3.4), as far as HTTP/1.1 has to be told from it. */
const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0");

/** Decides at the first byte that tells. */
export function protocolOf(begun: Uint8Array): Protocol {
  const differs = PREFACE.findIndex((byte, index) => byte !== begun[index]);
  if (differs < 0) return "http/2";
  return differs < begun.length ? "http/1.1" : "undecided";
}
