import { assertEquals } from "@std/assert";
import { apiTools } from "../../../../src/commands/mcp/api_tools.ts";

const DOCUMENT = {
  paths: {
    "/v1/logs": {
      get: {
        operationId: "readPage",
        summary: "A page",
        description: "More of it.",
        parameters: [
          { name: "query", in: "query", description: "Terms", schema: { type: "string" } },
          { name: "limit", in: "query", description: "At most", schema: { type: "integer", default: 100 } },
        ],
        responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Page" } } } } },
      },
    },
    "/v1/logs/{id}": {
      get: {
        operationId: "readEntry",
        summary: "An entry",
        parameters: [{ name: "id", in: "path", description: "Its id", schema: { type: "string" } }],
        responses: { 200: { content: { "application/json": { schema: { type: "object" } } } } },
      },
    },
    "/v1/dead-letters/{id}/drop": {
      post: { operationId: "dropDeadLetter", summary: "Drop", parameters: [], responses: {} },
    },
    "/v1/tail": { get: { operationId: "readTail", summary: "Tail", parameters: [], responses: {} } },
  },
  components: {
    schemas: {
      Page: {
        type: "object",
        properties: { entries: { type: "array", items: { $ref: "#/components/schemas/Entry" } } },
      },
      Entry: { type: "object", properties: { inner: { $ref: "#/components/schemas/Entry" } } },
      Other: {},
    },
  },
};

const never = new AbortController().signal;

/** The tools of the document, and which paths they asked for. */
function tools(answer: () => Response = () => Response.json({ entries: [] })) {
  const asked: string[] = [];
  const api = apiTools(DOCUMENT, (path) => {
    asked.push(path);
    return Promise.resolve(answer());
  });
  return { ...api, asked };
}

Deno.test("apiTools() makes tools of the reading routes that it knows, and of no other", () => {
  assertEquals(tools().tools.map(({ name, title, description }) => [name, title, description]), [
    ["search_logs", "A page", "A page. More of it."],
    ["get_log", "An entry", "An entry."],
  ]);
});

Deno.test("apiTools() describes what a tool takes and answers, each by itself", () => {
  const [search, get] = tools().tools;
  assertEquals(search!.inputSchema, {
    type: "object",
    properties: {
      query: { type: "string", description: "Terms" },
      limit: { type: "integer", default: 20, description: "At most" },
    },
    required: [],
    additionalProperties: false,
  });
  const entry = { type: "object", properties: { inner: { $ref: "#/$defs/Entry" } } };
  assertEquals(search!.outputSchema, {
    type: "object",
    properties: { entries: { type: "array", items: { $ref: "#/$defs/Entry" } } },
    $defs: { Entry: entry },
  });
  assertEquals(get!.inputSchema.required, ["id"]);
});

Deno.test("apiTools() asks the API, with what means something in a URL written as text", async () => {
  const { call, asked } = tools();
  assertEquals(await call("search_logs", { query: "a&limit=9 ü/", limit: 3 }, never), { value: { entries: [] } });
  await call("search_logs", {}, never);
  await call("get_log", { id: "../drop?x=1#y" }, never);
  assertEquals(asked, [
    "/v1/logs?query=a%26limit%3D9+%C3%BC%2F&limit=3",
    "/v1/logs?limit=20",
    "/v1/logs/..%2Fdrop%3Fx%3D1%23y",
  ]);
});

for (
  const [name, args, problem] of [
    ["search_logs", { quer: "a" }, 'there is no argument "quer"; arguments are query, limit'],
    ["search_logs", { query: ["a"] }, "the argument query must be a text, a number, or true or false"],
    ["get_log", {}, "the argument id is missing"],
  ] as const
) {
  Deno.test(`apiTools() refuses ${JSON.stringify(args)} without asking`, async () => {
    const { call, asked } = tools();
    assertEquals([await call(name, args, never), asked], [{ problem }, []]);
  });
}

for (
  const [answer, problem] of [
    [() => Response.json({ detail: "Bad", remedy: "write better" }, { status: 400 }), "Bad; write better"],
    [() => Response.json({ detail: "Gone" }, { status: 404 }), "Gone"],
    [() => new Response("<html>", { status: 502 }), "the server answers 502"],
    [
      () => Response.json("x".repeat(2 * 1024 * 1024)),
      "the answer has 2097154 characters, over 2097152; ask for fewer, by limit",
    ],
  ] as const
) {
  Deno.test(`apiTools() tells that ${problem}`, async () => {
    assertEquals(await tools(answer).call("search_logs", {}, never), { problem });
  });
}
