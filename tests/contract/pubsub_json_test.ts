/**
 * What only the embedded server's JSON API does.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeServer, type FakeServerOptions } from "../../src/emulator/fake_server.ts";
import { RawClient } from "../support/raw_client.ts";
import { assertError, JsonClient } from "./pubsub_json_cases.ts";

const TOPIC = "projects/p/topics/logs";
const SUBSCRIPTION = "projects/p/subscriptions/logs";

async function setUp(options: FakeServerOptions = {}) {
  const server = await FakeServer.start(options);
  server.createTopic(TOPIC);
  server.createSubscription({ name: SUBSCRIPTION, topic: TOPIC, exactlyOnce: true });
  const api = new JsonClient(server.address);
  return {
    server,
    api,
    async [Symbol.asyncDispose]() {
      api[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

Deno.test("FakeServer over HTTP says 501 to methods that it does not have, and 404 to what is no method", async () => {
  await using opened = await setUp();
  const { api } = opened;
  assertError(await api.ask("GET", "projects/p/schemas"), 501, "UNIMPLEMENTED");
  assertError(await api.ask("POST", "projects/p/schemas", { type: "AVRO" }), 501, "UNIMPLEMENTED");
  assertError(await api.ask("GET", "projects/p/nothing"), 404, "NOT_FOUND");
  assertError(await api.ask("POST", TOPIC, {}), 404, "NOT_FOUND");
  assertError(await api.ask("POST", `${TOPIC}:nothing`, {}), 404, "NOT_FOUND");
  assertError(await api.ask("POST", `${SUBSCRIPTION}:streamingPull`, {}), 404, "NOT_FOUND");
});

Deno.test("FakeServer over HTTP counts calls, asks who calls, and misbehaves as over gRPC", async () => {
  const tokens: (string | undefined)[] = [];
  await using opened = await setUp({ authorize: (token) => tokens.push(token) > 1, faults: { refusePublishShare: 1 } });
  const { server, api } = opened;
  const messages = [{ data: "YQ==" }];
  assertError(await api.ask("POST", `${TOPIC}:publish`, { messages }), 401, "UNAUTHENTICATED");
  assertError(await api.ask("POST", `${TOPIC}:publish`, { messages }), 503, "UNAVAILABLE");
  server.setFaults({ refusePublishShare: 0 });
  const url = `http://${server.address}/v1/${TOPIC}:publish`;
  using client = Deno.createHttpClient({});
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: "Bearer secret" },
    body: JSON.stringify({ messages }),
    client,
  });
  assertEquals([response.status, Object.keys(await response.json())], [200, ["messageIds"]]);
  assertEquals(tokens, [undefined, undefined, "secret"]);
  assertEquals([server.stats().requests.publish, server.stats().published], [3, 1]);
});

Deno.test("FakeServer over HTTP tells the fate of ack ids that are not leased, where delivery is exactly once", async () => {
  await using opened = await setUp();
  const { server, api } = opened;
  server.publish(TOPIC, [{ data: Uint8Array.of(65) }]);
  const pulled = await api.ask("POST", `${SUBSCRIPTION}:pull`, { maxMessages: 1 });
  const [{ ackId }] = pulled.json.receivedMessages;
  assertEquals(await api.ask("POST", `${SUBSCRIPTION}:acknowledge`, { ackIds: [ackId] }), { status: 200, json: {} });
  const { status, json } = await api.ask("POST", `${SUBSCRIPTION}:acknowledge`, { ackIds: [ackId] });
  assertEquals([status, json.error.details[0].metadata], [400, { [ackId]: "PERMANENT_FAILURE_INVALID_ACK_ID" }]);
});

Deno.test("FakeServer over HTTP hands nothing to a pull whose client has gone", async () => {
  await using opened = await setUp();
  const { server } = opened;
  {
    using client = await RawClient.connect(server.address);
    const body = '{"maxMessages":1}';
    await client.send(`POST /v1/${SUBSCRIPTION}:pull HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await server.waitFor(({ requests }) => requests.pull === 1);
  }
  // It is gone before the second one is served.
  const { json } = await opened.api.ask("POST", `${SUBSCRIPTION}:pull`, { maxMessages: 1, returnImmediately: true });
  assertEquals(json, {});
  server.publish(TOPIC, [{ data: Uint8Array.of(65) }]);
  assertEquals(server.stats().delivered, 0);
});

Deno.test("FakeServer over HTTP ends a pull that waits when it closes", async () => {
  const { server, api } = await setUp();
  const pull = api.ask("POST", `${SUBSCRIPTION}:pull`, { maxMessages: 1 }).catch(() => undefined);
  await server.waitFor(({ requests }) => requests.pull === 1);
  await server[Symbol.asyncDispose]();
  await pull;
  api[Symbol.dispose]();
});

Deno.test("FakeServer over HTTP refuses pages of other sites, which need no leave to send text", async () => {
  await using opened = await setUp();
  using client = Deno.createHttpClient({});
  for (const [type, status] of [["text/plain", 400], ["application/json", 200]] as const) {
    const response = await fetch(`http://${opened.server.address}/v1/${TOPIC}:publish`, {
      method: "POST",
      headers: { origin: "https://example.com", "content-type": type },
      body: '{"messages":[{"data":"YQ=="}]}',
      client,
    });
    assertEquals(response.status, status);
    await response.body?.cancel();
  }
  assertEquals(opened.server.stats().published, 1);
});

Deno.test("FakeServer over HTTP takes a method that a client cannot send from a header", async () => {
  await using opened = await setUp();
  using client = await RawClient.connect(opened.server.address);
  await client.send(`POST /v1/${TOPIC} HTTP/1.1\r\nX-HTTP-Method-Override: DELETE\r\nConnection: close\r\n\r\n`);
  assertMatch(await client.all(), /^HTTP\/1.1 200 /);
  assertError(await opened.api.ask("GET", TOPIC), 404, "NOT_FOUND");
});

/** Each with the status that it is answered with. */
const HOSTILE: readonly (readonly [what: string, request: string | Uint8Array, status: number])[] = [
  ["a path that cannot be decoded", "GET /v1/projects/p/topics/%ff HTTP/1.1\r\n\r\n", 400],
  ["a path of 15,000 characters", `GET /v1/projects/${"a".repeat(15_000)}/topics/a HTTP/1.1\r\n\r\n`, 400],
  ["a path of 900 parts", `GET /v1/projects/${"a/".repeat(900)} HTTP/1.1\r\n\r\n`, 404],
  ["headers that do not end", `GET /v1/ HTTP/1.1\r\n${"a: b\r\n".repeat(3_000)}`, 431],
  ["a thousand parameters", `GET /v1/${TOPIC}?${"a=b&".repeat(1_000)} HTTP/1.1\r\n\r\n`, 400],
  ["a parameter of a prototype", `GET /v1/${TOPIC}?__proto__.a=b HTTP/1.1\r\n\r\n`, 400],
  ["a parameter of a field's own field", `GET /v1/${TOPIC}?topic.length=1 HTTP/1.1\r\n\r\n`, 400],
  ["a body that is too long", `POST /v1/${TOPIC}:publish HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n`, 413],
  [
    "a chunk that is too long",
    `POST /v1/${TOPIC}:publish HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n`,
    413,
  ],
  ["JSON that is cut", publishing('{"messages":[{"data":"YQ=='), 400],
  [
    "JSON that is no UTF-8",
    Uint8Array.from(publishing('"x"'), (byte) => byte === "x" ? 0xff : byte.charCodeAt(0)),
    400,
  ],
  ["JSON of 100,000 levels", publishing(`{"messages":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), 400],
  ["JSON of 4,000,000 values", publishing(`{"messages":[${"{},".repeat(4_000_000)}{}]}`), 400],
  ["JSON of a prototype", publishing('{"__proto__":{"messages":[]}}'), 400],
  ["half a character", publishing('{"messages":[{"attributes":{"a":"\\ud800"}}]}'), 400],
  ["a body that says that it is compressed", publishing("{}", "Content-Encoding: gzip\r\n"), 400],
  ["a number that is none", publishing('{"messages":7}'), 400],
];

function publishing(body: string, headers = ""): string {
  const length = new TextEncoder().encode(body).length;
  return `POST /v1/${TOPIC}:publish HTTP/1.1\r\n${headers}Content-Length: ${length}\r\n\r\n${body}`;
}

for (const [what, request, status] of HOSTILE) {
  Deno.test(`FakeServer over HTTP answers ${what} with ${status}, in JSON, and lives on`, async () => {
    await using opened = await setUp();
    {
      using client = await RawClient.connect(opened.server.address);
      await client.send(request);
      await client.finish();
      const [head, body] = (await client.all()).split("\r\n\r\n");
      assertMatch(head!, new RegExp(`^HTTP/1.1 ${status} `));
      const { error } = JSON.parse(body!);
      assertEquals(error.code, status);
      if (what.includes("000,000")) assertMatch(error.message, /may have 200000 values/);
      assert(error.message.length < 400, error.message);
    }
    assertEquals((await opened.api.ask("GET", TOPIC)).status, 200);
    assertEquals(opened.server.stats().published, 0);
  });
}

Deno.test("FakeServer over HTTP takes as much punctuation in texts as there is room for", async () => {
  await using opened = await setUp();
  const text = ',[{\\"'.repeat(200);
  const messages = Array.from({ length: 300 }, () => ({ attributes: { a: text } }));
  assertEquals((await opened.api.ask("POST", `${TOPIC}:publish`, { messages })).status, 200);
  const { json } = await opened.api.ask("POST", `${SUBSCRIPTION}:pull`, { maxMessages: 1 });
  assertEquals(json.receivedMessages[0].message.attributes, { a: text });
});

Deno.test("FakeServer over HTTP serves many clients at once, several requests on each connection", async () => {
  await using opened = await setUp();
  const { server } = opened;
  const clients = await Promise.all(Array.from({ length: 64 }, () => RawClient.connect(server.address)));
  await Promise.all(clients.map(async (client) => {
    for (let round = 0; round < 5; round++) {
      await client.send(publishing('{"messages":[{"data":"YQ=="}]}'));
      assertMatch(await client.until("]"), /^HTTP\/1.1 200 /);
    }
  }));
  for (const client of clients) client[Symbol.dispose]();
  assertEquals(server.stats().published, 64 * 5);
});

Deno.test("FakeServer over HTTP speaks with curl, where it is there", async () => {
  await using opened = await setUp();
  const { server } = opened;
  const body = JSON.stringify({ messages: [{ data: "YQ==".repeat(500_000) }] });
  let output;
  try {
    const child = new Deno.Command("curl", {
      args: ["-sS", "--data-binary", "@-", `http://${server.address}/v1/${TOPIC}:publish`],
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(body.replaceAll("YQ==".repeat(2), "YWFhYWFh")));
    await writer.close();
    output = await child.output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  assertMatch(new TextDecoder().decode(output.stdout), /messageIds/, new TextDecoder().decode(output.stderr));
  assertEquals(server.stats().published, 1);
});
