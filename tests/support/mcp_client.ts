/**
 * The official client of the Model Context Protocol, over streams in this process instead of a process's.
 *
 * @module
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";

/** A client, and the two streams of the server that it talks to. */
export interface McpClient extends AsyncDisposable {
  readonly client: Client;
  /** The server's standard input. */
  readonly input: ReadableStream<Uint8Array>;
  /** What the server prints, a line at a time. */
  readonly print: (line: string) => void;
  /** Greets the server, which must be reading. */
  connect(): Promise<void>;
}

/** Makes a client; disposing it ends the server's input. */
export function mcpClient(): McpClient {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 100 }, {
    highWaterMark: 100,
  });
  const writer = writable.getWriter();
  const transport = {
    onmessage: undefined as ((message: JSONRPCMessage) => void) | undefined,
    onclose: undefined as (() => void) | undefined,
    start: () => Promise.resolve(),
    send: (message: JSONRPCMessage) => writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`)),
    close: async () => {
      await writer.close().catch(() => {});
      transport.onclose?.();
    },
  };
  const client = new Client({ name: "a test", version: "1" });
  return {
    client,
    input: readable,
    print: (line) => transport.onmessage?.(JSON.parse(line)),
    connect: () => client.connect(transport as unknown as Parameters<Client["connect"]>[0]),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
