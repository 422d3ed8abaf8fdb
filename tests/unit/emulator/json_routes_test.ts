import { assertEquals } from "@std/assert";
import { Routes } from "../../../src/emulator/json_routes.ts";

/** A service whose methods have these annotations. */
function routes(rules: Readonly<Record<string, unknown>>, more: object = {}): Routes {
  const methods = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, {
      requestType: `${name}Request`,
      responseType: `${name}Response`,
      parsedOptions: [{ "(google.api.http)": rule }],
      ...more,
    }]),
  );
  return new Routes({ nested: { Service: { methods }, Message: { fields: {} } } }, "a.v1");
}

const TOPICS = routes({
  Create: { put: "/v1/{name=projects/*/topics/*}", body: "*" },
  Get: { get: "/v1/{topic=projects/*/topics/*}" },
  List: { get: "/v1/{project=projects/*}/topics" },
  Revisions: { get: "/v1/{name=projects/*/topics/*}:listRevisions" },
  Publish: { post: "/v1/{topic=projects/*/topics/*}:publish", body: "*" },
  Update: { patch: "/v1/{topic.name=projects/*/topics/*}", body: "topic" },
  Move: { post: "/v1/{from}/to/{to=**}", additional_bindings: { get: "/v1/move/{from}" } },
  Copy: { post: "/v1.copy", additional_bindings: [{ put: "/v1/copy" }, { delete: "/v1/copy" }] },
});

const MATCHES: readonly (readonly [request: string, method: string, fields: Readonly<Record<string, string>>])[] = [
  ["PUT /v1/projects/p/topics/t", "Create", { name: "projects/p/topics/t" }],
  ["GET /v1/projects/p/topics/t", "Get", { topic: "projects/p/topics/t" }],
  ["GET /v1/projects/p/topics", "List", { project: "projects/p" }],
  ["GET /v1/projects/p/topics/t:listRevisions", "Revisions", { name: "projects/p/topics/t" }],
  ["POST /v1/projects/p/topics/t:publish", "Publish", { topic: "projects/p/topics/t" }],
  ["POST /v1/projects/example.com:p/topics/t:publish", "Publish", { topic: "projects/example.com:p/topics/t" }],
  ["PATCH /v1/projects/p/topics/t", "Update", { "topic.name": "projects/p/topics/t" }],
  ["POST /v1/a/to/b/c/d", "Move", { from: "a", to: "b/c/d" }],
  ["GET /v1/move/a", "Move", { from: "a" }],
  ["POST /v1.copy", "Copy", {}],
  ["DELETE /v1/copy", "Copy", {}],
];

for (const [request, method, fields] of MATCHES) {
  Deno.test(`Routes finds ${method} at ${request}`, () => {
    const [verb, path] = request.split(" ");
    const match = TOPICS.match(verb!, path!);
    assertEquals(match?.route.path, `/a.v1.Service/${method}`);
    assertEquals(match?.route.requestType, `${method}Request`);
    assertEquals(Object.fromEntries(match?.fields ?? []), fields);
  });
}

const NONE = [
  "POST /v1/projects/p/topics/t",
  "PUT /v1/projects/p/topics/t/u",
  "PUT /v1/projects//topics/t",
  "PUT /v1/projects/p/topics/",
  "PUT /v2/projects/p/topics/t",
  "PUT /x/v1/projects/p/topics/t",
  "POST /v1/projects/p/topics/t:publish/",
  "POST /v1/projects/p/topics/t:publishmore",
  "POST /v1xcopy",
  "get /v1/projects/p/topics",
  "OPTIONS /v1/projects/p/topics",
];

for (const request of NONE) {
  Deno.test(`Routes finds nothing at ${request}`, () => {
    const [verb, path] = request.split(" ");
    assertEquals(TOPICS.match(verb!, path!), undefined);
  });
}

Deno.test("Routes says which field the body is", () => {
  const body = (verb: string, path: string) => TOPICS.match(verb, path)?.route.body;
  assertEquals(body("PUT", "/v1/projects/p/topics/t"), "*");
  assertEquals(body("PATCH", "/v1/projects/p/topics/t"), "topic");
  assertEquals(body("GET", "/v1/projects/p/topics/t"), undefined);
});

Deno.test("Routes has no streams", () => {
  const streams = routes({ Pull: { post: "/v1/pull" } }, { requestStream: true, responseStream: true });
  assertEquals(streams.match("POST", "/v1/pull"), undefined);
});
