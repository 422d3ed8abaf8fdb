/**
 * Answers in gzip, for whoever takes them.
 *
 * @module
 */

/** Below this a packet holds it anyway. In characters. */
const WORTH_CHARS = 1_024;

/** Whether an `accept-encoding` header takes gzip. */
export function takesGzip(acceptEncoding: string | null): boolean {
  for (const item of (acceptEncoding ?? "").split(",")) {
    const [, coding, quality] = /^\s*(gzip|x-gzip|\*)\s*(?:;\s*q=([\d.]+)\s*)?$/i.exec(item) ?? [];
    if (coding !== undefined) return quality === undefined || Number(quality) > 0;
  }
  return false;
}

/**
 * An answer with a text, in gzip where that is taken and pays.
 *
 * @param request Whose answer it is.
 */
export function textResponse(
  text: string,
  { request, headers }: { readonly request: Request; readonly headers: Readonly<Record<string, string>> },
): Response {
  const all = { ...headers, vary: "accept-encoding" };
  if (text.length < WORTH_CHARS || !takesGzip(request.headers.get("accept-encoding"))) {
    return new Response(text, { headers: all });
  }
  const body = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(body, { headers: { ...all, "content-encoding": "gzip" } });
}
