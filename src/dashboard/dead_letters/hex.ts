/**
 * Bytes as people read them.
 *
 * @module
 */

/** As `hexdump -C` writes them, at most so many. */
export function hexDump(data: Uint8Array, most: number): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(data.length, most); at += 16) {
    const row = [...data.subarray(at, Math.min(at + 16, most))];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    const text = row.map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".").join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex}  ${text}`);
  }
  if (data.length > most) lines.push(`… and ${(data.length - most).toLocaleString("en-US")} bytes more`);
  return lines.join("\n");
}

/** The bytes of a text in base64. */
export function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
