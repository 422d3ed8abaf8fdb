/**
 * The document of the API (OpenAPI 3.1), made of its routes.
 *
 * @module
 */
import { toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { PROBLEM_TYPE, PROBLEMS } from "./problem.ts";
import { namesInPath, type Route } from "./route.ts";
import { COMPONENTS } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** What the document says beside its routes. */
export interface DocumentOptions {
  readonly version: string;
  /** Before every path. */
  readonly basePath: string;
}

const CONVERSION = {
  target: "draft-2020-12",
  overrideRef: ({ referenceId }: { readonly referenceId: string }) => `#/components/schemas/${referenceId}`,
} as const;

/** Statuses that any route may answer with. */
const ALWAYS = [400, 403, 406, 414, 421, 429, 500];

const ABOUT =
  "Reads what LMS has stored. Everything goes by publish time, which is the axis of pages, ranges, cursors, " +
  "histograms and tails; an entry's own timestamp is shown beside it, and a query may ask for it (timestamp>=…). " +
  "Problems are RFC 9457, with the field and a remedy.";

/** Makes the document. */
export function openApiDocument(routes: readonly Route[], { version, basePath }: DocumentOptions): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  return {
    openapi: "3.1.1",
    info: { title: "LMS, the Log Monitoring Server", version, description: ABOUT },
    servers: [{ url: basePath === "" ? "/" : basePath }],
    paths,
    components: {
      schemas: toJsonSchemaDefs(COMPONENTS as Record<string, v.GenericSchema>, CONVERSION),
      securitySchemes: {
        read: { type: "http", scheme: "bearer", description: "A token of HTTPTOKENFILE or HTTPADMINTOKENFILE" },
        admin: { type: "http", scheme: "bearer", description: "A token of HTTPADMINTOKENFILE" },
      },
    },
  };
}

function operationOf(route: Route): Json {
  const { operation, summary, description, access, parameters, body, answer, problems = [] } = route;
  const inPath = namesInPath(route.path);
  const statuses = [
    ...ALWAYS,
    ...access === "none" ? [] : [401],
    ...body === undefined ? [] : [413, 415],
    ...problems,
  ].toSorted((a, b) => a - b);
  return {
    operationId: operation,
    summary,
    ...description === undefined ? {} : { description },
    ...access === "none" ? { security: [] } : { security: access === "read" ? [{ read: [] }, {}] : [{ admin: [] }] },
    parameters: Object.entries(parameters).map(([name, { description, schema }]) => ({
      name,
      in: inPath.includes(name) ? "path" : "query",
      ...inPath.includes(name) ? { required: true } : {},
      description,
      schema,
    })),
    ...body === undefined
      ? {}
      : { requestBody: { required: false, content: { "application/json": { schema: schemaOf(body) } } } },
    responses: {
      200: {
        description: answer.description,
        content: "json" in answer
          ? { "application/json": { schema: schemaOf(answer.json) } }
          : Object.fromEntries(answer.stream.map((type) => [type, { schema: { type: "string" } }])),
      },
      ...Object.fromEntries([...new Set(statuses)].map((status) => [status, problemAnswer(status)])),
    },
  };
}

function problemAnswer(status: number): Json {
  const titles = Object.values(PROBLEMS).filter(([its]) => its === status).map(([, title]) => title);
  return {
    description: titles.join("; "),
    content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

function schemaOf(schema: v.GenericSchema): Json {
  const name = Object.entries(COMPONENTS).find(([, component]) => component as unknown === schema)?.[0];
  return name === undefined ? toJsonSchema(schema, CONVERSION) as Json : { $ref: `#/components/schemas/${name}` };
}
