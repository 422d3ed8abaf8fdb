/**
 * Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) from a stream: EventSource
 * sends no token.
 *
 * @module
 */

/** What was read: an event with its data, an id that stands for all before it, or a wait. */
export type Read =
  | { readonly event: string; readonly data: string }
  | { readonly id: string }
  | { readonly retryMs: number };

/** A part of an event that is longer is none of the API's: the largest entry in JSON. */
const LINE_MAX = 16 * 1024 * 1024;

/** Events out of parts of text, however they were cut. */
export class EventReader {
  #rest = "";

  /** What is whole with this part. @throws {RangeError} For a line without end. */
  read(part: string): Read[] {
    const blocks = (this.#rest + part).split("\n\n");
    this.#rest = blocks.pop()!;
    if (this.#rest.length > LINE_MAX) throw new RangeError("Cannot read events: one is too long");
    return blocks.flatMap(blockOf);
  }
}

function blockOf(block: string): Read[] {
  const reads: Read[] = [];
  let [event, data] = ["message", undefined as string | undefined];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^([a-z]+):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value;
    else if (field === "data") data = data === undefined ? value : `${data}\n${value}`;
    else if (field === "id") reads.push({ id: value });
    else if (field === "retry" && /^\d+$/.test(value)) reads.push({ retryMs: Number(value) });
  }
  return data === undefined ? reads : [{ event, data }, ...reads];
}
