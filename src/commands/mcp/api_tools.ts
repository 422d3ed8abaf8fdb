/**
 * The API's reading routes as tools: their parameters, bounds, answers and problems are the API's own.
 *
 * @module
 */
import { boundedText } from "../../http/client/ask_server.ts";
import type { Tool, ToolResult } from "./protocol.ts";

type Json = Readonly<Record<string, unknown>>;

/** Asks the API: a path with its search, from `/v1/` on. Resolves to what it answers, whatever the status. */
export type AskApi = (path: string, signal: AbortSignal) => Promise<Response>;

/**
 * The tools, by the operation that each calls: only what stands here can be called, and nothing that changes anything
 * does.
 */
const TOOLS: Readonly<Record<string, string>> = {
  readPage: "search_logs",
  readEntry: "get_log",
  readContext: "log_context",
  readHistogram: "log_histogram",
  readServices: "list_services",
  readSeverity: "count_logs",
  readDeadLetters: "list_dead_letters",
  readDeadLetterReasons: "count_dead_letters",
  readDeadLetter: "get_dead_letter",
  readBatches: "list_batches",
  readInstances: "list_monitors",
  readConsistency: "check_consistency",
};

/** So many entries unless more are asked for: whoever reads them has less room than a program. */
const LIMIT_DEFAULT = 20;

/** The largest answer that is handed on, in characters. */
const ANSWER_MAX = 2 * 1024 * 1024;

/** Of a value that cannot be written in a query's place. */
const NO_TEXT = "must be a text, a number, or true or false";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: "path" | "query";
    readonly description: string;
    readonly schema: Json;
  }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
}

/** The tools of an API. */
export interface ApiTools {
  readonly tools: readonly Tool[];
  call(name: string, args: Json, signal: AbortSignal): Promise<ToolResult>;
}

/** Makes tools of an API's document. */
export function apiTools(document: Json, ask: AskApi): ApiTools {
  const paths = document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const schemas = (document.components as { readonly schemas?: Json } | undefined)?.schemas ?? {};
  const routes = new Map(
    Object.entries(paths).flatMap(([path, { get }]) => {
      const name = get === undefined ? undefined : TOOLS[get.operationId];
      return name === undefined ? [] : [[name, { path, operation: get! }] as const];
    }),
  );
  const inOrder = Object.values(TOOLS).filter((name) => routes.has(name));
  return {
    tools: inOrder.map((name) => toolOf(name, routes.get(name)!.operation, schemas)),
    call: async (name, args, signal) => {
      const { path, operation } = routes.get(name)!;
      const target = targetOf(path, operation, args);
      if ("problem" in target) return target;
      return await resultOf(await ask(target.path, signal));
    },
  };
}

function toolOf(name: string, operation: Operation, schemas: Json): Tool {
  const { summary, description, parameters, responses } = operation;
  const output = responses["200"]?.content?.["application/json"]?.schema;
  return {
    name,
    title: summary,
    description: description === undefined ? `${summary}.` : `${summary}. ${description}`,
    inputSchema: {
      type: "object",
      properties: Object.fromEntries(parameters.map(({ name, description, schema }) => [name, {
        ...schema,
        ...name === "limit" ? { default: LIMIT_DEFAULT } : {},
        description,
      }])),
      required: parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name),
      additionalProperties: false,
    },
    ...output === undefined ? {} : { outputSchema: standalone(output, schemas) },
  };
}

const COMPONENT = "#/components/schemas/";

/** A schema that refers to nothing but itself: an object at its root, as the protocol wants it. */
function standalone(schema: Json, schemas: Json): Json {
  const needed = new Map<string, unknown>();
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolved);
    if (typeof value !== "object" || value === null) return value;
    const { $ref } = value as { readonly $ref?: unknown };
    if (typeof $ref === "string" && $ref.startsWith(COMPONENT)) {
      const name = $ref.slice(COMPONENT.length);
      if (!needed.has(name)) {
        needed.set(name, undefined);
        needed.set(name, resolved(schemas[name]));
      }
      return { $ref: `#/$defs/${name}` };
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
  };
  const { $ref } = schema;
  const root = resolved(typeof $ref === "string" ? schemas[$ref.slice(COMPONENT.length)] : schema) as Json;
  return { ...root, ...needed.size === 0 ? {} : { $defs: Object.fromEntries(needed) } };
}

function targetOf(
  path: string,
  { parameters }: Operation,
  args: Json,
): { readonly path: string } | { readonly problem: string } {
  const unknown = Object.keys(args).find((name) => !parameters.some((parameter) => parameter.name === name));
  if (unknown !== undefined) {
    const names = parameters.map(({ name }) => name).join(", ");
    return { problem: `there is no argument ${JSON.stringify(unknown)}; arguments are ${names || "none"}` };
  }
  let filled = path;
  const search = new URLSearchParams();
  for (const { name, in: place } of parameters) {
    const value = args[name] ?? (name === "limit" ? LIMIT_DEFAULT : undefined);
    if (value === undefined) {
      if (place === "path") return { problem: `the argument ${name} is missing` };
      continue;
    }
    if (!["string", "number", "boolean"].includes(typeof value)) return { problem: `the argument ${name} ${NO_TEXT}` };
    if (place === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(String(value)));
    else search.set(name, String(value));
  }
  return { path: search.size === 0 ? filled : `${filled}?${search}` };
}

async function resultOf(response: Response): Promise<ToolResult> {
  const text = await boundedText(response, "the API");
  if (!response.ok) return { problem: problemIn(text) ?? `the server answers ${response.status}` };
  if (text.length > ANSWER_MAX) {
    return { problem: `the answer has ${text.length} characters, over ${ANSWER_MAX}; ask for fewer, by limit` };
  }
  return { value: JSON.parse(text) };
}

/** A problem's own words, of RFC 9457. */
function problemIn(text: string): string | undefined {
  try {
    const { detail, remedy } = JSON.parse(text) as { readonly detail?: unknown; readonly remedy?: unknown };
    if (typeof detail !== "string") return undefined;
    return typeof remedy === "string" ? `${detail}; ${remedy}` : detail;
  } catch {
    return undefined;
  }
}
