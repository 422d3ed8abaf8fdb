/**
 * Answers that go on: as fast as they are read, and no faster.
 *
 * @module
 */

/** Where the parts come from. */
export interface StreamSource {
  /** The next part; `undefined`: that was all. What it throws ends the answer in the middle, which a client notices. */
  readonly next: () => Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Called once, however it ends. */
  readonly end: () => void;
  /** Told of what it threw, while somebody was listening. */
  readonly onFailed?: (error: unknown) => void;
}

/**
 * An answer of parts, each of which is made when the one before has been taken.
 *
 * @param request Whose answer it is: it ends when the client has gone.
 */
export function streamResponse(
  { next, end, onFailed }: StreamSource,
  { request, headers }: { readonly request: Request; readonly headers: Readonly<Record<string, string>> },
): Response {
  const { signal } = request;
  let ended = false;
  const endOnce = () => {
    if (ended) return;
    ended = true;
    signal.removeEventListener("abort", endOnce);
    end();
  };
  signal.addEventListener("abort", endOnce, { once: true });
  if (signal.aborted) endOnce();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      try {
        const part = ended ? undefined : await next();
        if (part !== undefined) return controller.enqueue(part);
        endOnce();
        controller.close();
      } catch (error) {
        if (!ended) onFailed?.(error);
        endOnce();
        controller.error(error);
      }
    },
    cancel: endOnce,
  }, { highWaterMark: 0 });
  return new Response(body, { headers });
}
