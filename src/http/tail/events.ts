/**
 * Server-sent events as bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * @module
 */

const UTF8 = new TextEncoder();

/** An event with JSON, which has no line ends of its own. */
export function eventBytes(name: string, data: unknown): Uint8Array<ArrayBuffer> {
  return UTF8.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** No event, and yet an id: what a client sends as `Last-Event-ID` when it comes again. */
export function idBytes(id: string): Uint8Array<ArrayBuffer> {
  return UTF8.encode(`id: ${id}\n\n`);
}

/** What clients do not look at, and what lies between sees that somebody is there. */
export function commentBytes(text: string): Uint8Array<ArrayBuffer> {
  return UTF8.encode(`: ${text}\n\n`);
}

/** The wait before a client comes again, in milliseconds. */
export function retryBytes(ms: number): Uint8Array<ArrayBuffer> {
  return UTF8.encode(`retry: ${ms}\n\n`);
}
