/**
 * How large the parts of an entry and of a dead letter may be.
 *
 * @module
 */

/** A service name's longest, in code points after trimming. */
export const SERVICE_NAME_MAX = 100;
/** A payload's longest, in bytes of UTF-8: what MySQL's TEXT holds. */
export const PAYLOAD_BYTES_MAX = 65_535;
/**
 * Data above this is not looked into, in bytes. What counts of an entry is smaller however it is written: six bytes for
 * each of a payload's (`\u0001`) are 393,210, and twelve for each character of a name 1,200; the rest is for fields that
 * are ignored. Whatever structure of this size somebody thinks of takes at most about 85 ms and 15 MB to parse; one of
 * 10 MB takes 2 s and 550 MB.
 */
export const MESSAGE_BYTES_MAX = 512 * 1024;

/** A detail's longest, in UTF-16 units, of which a text has no fewer than the characters that columns count. */
export const DETAIL_MAX = 1_000;

/** As much of the text as a detail may have. The cut may go through a surrogate pair, and half of one is no text. */
export function detailOf(text: string): string {
  return text.slice(0, DETAIL_MAX).toWellFormed();
}

/** Whether a text is longer. In code points, which take one or two units: only what is between needs counting. */
export function longerThan(text: string, codePoints: number): boolean {
  return text.length > codePoints && (text.length > 2 * codePoints || [...text].length > codePoints);
}
