import { assertEquals } from "@std/assert";
import { TextLines } from "../../../../src/commands/mcp/text_lines.ts";

function lines(chunks: readonly (string | Uint8Array)[], lineMax = 10): Promise<(string | undefined)[]> {
  const encoder = new TextEncoder();
  const input = ReadableStream.from(chunks.map((chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  return Array.fromAsync(new TextLines(input, { lineMax, signal: new AbortController().signal }));
}

for (
  const [chunks, read] of [
    [[], []],
    [["a\nb"], ["a", "b"]],
    [["a", "b\n", "\nc\n"], ["ab", "", "c"]],
    [["0123456789\n"], ["0123456789"]],
    [["0123456789a\nb\n"], [undefined, "b"]],
    [["0123456", "789a", "bcdefghijklm", "n\nb"], [undefined, "b"]],
    [["0123456789ab"], [undefined]],
  ] as const
) {
  Deno.test(`TextLines reads ${JSON.stringify(chunks)}`, async () => assertEquals(await lines(chunks), [...read]));
}

Deno.test("TextLines joins a character that two chunks share", async () => {
  const bytes = new TextEncoder().encode("🚀\n");
  assertEquals(await lines([bytes.slice(0, 2), bytes.slice(2)]), ["🚀"]);
});

Deno.test("TextLines ends while nothing comes, and cancels its source", async () => {
  const stop = new AbortController();
  let cancelled = false;
  const input = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  const reading = Array.fromAsync(new TextLines(input, { lineMax: 10, signal: stop.signal }));
  stop.abort();
  assertEquals([await reading, cancelled], [[], true]);
});

Deno.test("TextLines holds nothing of a line that is too long", async () => {
  // A piece at a time, the whole of which would not fit into a string.
  const piece = new Uint8Array(1024 * 1024).fill(120);
  const input = new ReadableStream<Uint8Array>({
    pull: (controller) => pieces-- > 0 ? controller.enqueue(piece) : controller.close(),
  });
  let pieces = 600;
  const read = await Array.fromAsync(new TextLines(input, { lineMax: 10, signal: new AbortController().signal }));
  assertEquals(read, [undefined]);
});
