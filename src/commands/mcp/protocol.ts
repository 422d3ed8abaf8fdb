/**
 * The Model Context Protocol, as far as a server of tools speaks it: JSON-RPC 2.0, a message a line.
 *
 * Written here, because the official SDK brings 96 packages, 16 MB of which 370 KB would be bundled, most of them a web
 * server and two validators, for what takes four methods. The official client drives it in a test.
 * https://modelcontextprotocol.io/specification/2025-06-18
 *
 * @module
 */
import { safeJson } from "../../ops/safe_text.ts";
import { TextLines } from "./text_lines.ts";

/** The versions that are spoken; the first where a client asks for another. They differ in nothing that is used here. */
export const PROTOCOL_VERSIONS = ["2025-06-18", "2025-11-25", "2025-03-26", "2024-11-05"] as const;

/** The longest message that is read, in characters: the longest query is 4,096. */
const MESSAGE_MAX = 64 * 1024;
/** Calls that are answered at once; more are not read until one is. */
const CALLS_MAX = 8;

/** https://www.jsonrpc.org/specification#error_object */
const ERROR = { notJson: -32_700, noRequest: -32_600, noMethod: -32_601, badParameters: -32_602, internal: -32_603 };

/** A tool, as a client is told of it. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema?: Readonly<Record<string, unknown>>;
}

/** What a tool came to: a value, or why there is none. */
export type ToolResult = { readonly value: unknown } | { readonly problem: string };

/** What a server of tools is made of. */
export interface ToolServer {
  readonly name: string;
  readonly version: string;
  /** For whoever decides which tool to use. */
  readonly instructions: string;
  readonly tools: readonly Tool[];
  /** Calls a tool that there is. What it throws is a failure of the server, and is told as no more than that. */
  call(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolResult>;
  /** Writes a message, which has no line end in it. */
  write(message: string): void;
  /** A call that failed by what it threw. */
  failed(name: string, error: unknown): void;
}

/** Answers what comes in until it ends or the signal is aborted; then what is under way is given up. */
export async function serveTools(
  server: ToolServer,
  { input, signal }: { readonly input: ReadableStream<Uint8Array>; readonly signal: AbortSignal },
): Promise<void> {
  const session = new Session(server, signal);
  for await (const line of new TextLines(input, { lineMax: MESSAGE_MAX, signal })) {
    if (line === undefined) session.refuse(ERROR.noRequest, `A message is over ${MESSAGE_MAX} characters`);
    else if (line.trim() !== "") await session.take(line);
  }
  await session.done();
}

type Id = string | number | null;

class Session {
  readonly #server: ToolServer;
  readonly #signal: AbortSignal;
  readonly #calls = new Map<Id, { readonly abort: AbortController; readonly done: Promise<void> }>();

  constructor(server: ToolServer, signal: AbortSignal) {
    this.#server = server;
    this.#signal = signal;
  }

  refuse(code: number, message: string, id: Id = null): void {
    this.#write({ id, error: { code, message } });
  }

  /** Reads a message; resolves when the next may be read. */
  async take(line: string): Promise<void> {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return this.refuse(ERROR.notJson, "The message is not JSON");
    }
    if (!isObject(message) || message.jsonrpc !== "2.0") {
      return this.refuse(ERROR.noRequest, "The message is no JSON-RPC 2.0 request");
    }
    const { id, method, params } = message;
    // An answer: nothing is asked of clients, so it answers nothing.
    if (typeof method !== "string") return;
    const given = isObject(params) ? params : {};
    if (id === undefined) return this.#notified(method, given);
    if (typeof id !== "string" && typeof id !== "number") return this.refuse(ERROR.noRequest, "The id is no id");
    await this.#asked(id, method, given);
  }

  /** Resolves when nothing is under way. */
  async done(): Promise<void> {
    await Promise.all([...this.#calls.values()].map(({ done }) => done));
  }

  #notified(method: string, { requestId }: Readonly<Record<string, unknown>>): void {
    if (method === "notifications/cancelled") this.#calls.get(requestId as Id)?.abort.abort();
  }

  async #asked(id: Id, method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    const { name, version, instructions, tools } = this.#server;
    switch (method) {
      case "initialize":
        return this.#answer(id, {
          protocolVersion: PROTOCOL_VERSIONS.find((known) => known === params.protocolVersion) ?? PROTOCOL_VERSIONS[0],
          capabilities: { tools: {} },
          serverInfo: { name, version },
          instructions,
        });
      case "ping":
        return this.#answer(id, {});
      case "tools/list":
        return this.#answer(id, {
          tools: tools.map((tool) => ({ ...tool, annotations: { readOnlyHint: true, openWorldHint: false } })),
        });
      case "tools/call":
        return await this.#call(id, params);
      default:
        return this.refuse(ERROR.noMethod, `There is no method ${JSON.stringify(method.slice(0, 100))}`, id);
    }
  }

  async #call(id: Id, { name, arguments: args = {} }: Readonly<Record<string, unknown>>): Promise<void> {
    const tool = this.#server.tools.find((tool) => tool.name === name);
    if (tool === undefined) {
      const names = this.#server.tools.map(({ name }) => name).join(", ");
      return this.refuse(ERROR.badParameters, `There is no such tool; there are ${names}`, id);
    }
    if (!isObject(args)) return this.refuse(ERROR.badParameters, "The arguments are no object", id);
    if (this.#calls.has(id)) return this.refuse(ERROR.noRequest, "A request of this id is under way", id);
    const abort = new AbortController();
    const done = this.#run(tool.name, { id, args, signal: AbortSignal.any([abort.signal, this.#signal]) })
      .finally(() => this.#calls.delete(id));
    this.#calls.set(id, { abort, done });
    if (this.#calls.size >= CALLS_MAX) await Promise.race([...this.#calls.values()].map(({ done }) => done));
  }

  async #run(
    name: string,
    { id, args, signal }: {
      readonly id: Id;
      readonly args: Readonly<Record<string, unknown>>;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    try {
      const result = await this.#server.call(name, args, signal);
      // Who cancelled wants no answer.
      if (signal.aborted) return;
      if ("problem" in result) this.#answer(id, { content: [text(result.problem)], isError: true });
      // Once for programs, and once as text for clients that read no other: the same value.
      else this.#answer(id, { content: [text(safeJson(result.value))], structuredContent: result.value });
    } catch (error) {
      if (signal.aborted) return;
      this.#server.failed(name, error);
      this.refuse(ERROR.internal, "Something went wrong; the server's log says what", id);
    }
  }

  #answer(id: Id, result: unknown): void {
    this.#write({ id, result });
  }

  #write(message: Readonly<Record<string, unknown>>): void {
    this.#server.write(safeJson({ jsonrpc: "2.0", ...message }));
  }
}

function text(text: string): Readonly<Record<string, string>> {
  return { type: "text", text };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
