/**
 * The JSON API over HTTP/1.1, as cases that run against the embedded server and against Google's emulator.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RawClient } from "../support/raw_client.ts";
import { type PubSubFixture, texts } from "./pubsub_fixture.ts";

/** One case. */
export interface JsonCase {
  /** A sentence. */
  readonly name: string;
  run(fixture: PubSubFixture, api: JsonClient): Promise<void>;
}

/** An answer in JSON. */
export interface JsonAnswer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- each case knows what it asked for.
  readonly json: any;
}

/** Asks as clients of the JSON API do. */
export class JsonClient implements Disposable {
  readonly address: string;
  readonly #client = Deno.createHttpClient({});

  constructor(address: string) {
    this.address = address;
  }

  /** @param path After the version: `projects/p/topics/t`, with verb and query. */
  async ask(method: string, path: string, body?: unknown): Promise<JsonAnswer> {
    const response = await fetch(`http://${this.address}/v1/${path}`, {
      method,
      client: this.#client,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    assertMatch(response.headers.get("content-type") ?? "", /^application\/json/, `${response.status} ${text}`);
    return { status: response.status, json: JSON.parse(text) };
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** Fails unless it is an error in Google's form. */
export function assertError({ status, json }: JsonAnswer, code: number, name: string): void {
  assertEquals([status, json.error?.code, json.error?.status], [code, code, name], JSON.stringify(json));
  assertEquals(typeof json.error.message, "string");
}

/** See the module. */
export const JSON_CASES: readonly JsonCase[] = [
  {
    name: "says Ok to a health check",
    async run(_fixture, { address }) {
      using client = Deno.createHttpClient({});
      const response = await fetch(`http://${address}/`, { client });
      assertEquals([response.status, await response.text()], [200, "Ok\n"]);
    },
  },
  {
    name: "creates, reads and deletes topics and subscriptions",
    async run(fixture, api) {
      const [topic, subscription] = [fixture.name("topics"), fixture.name("subscriptions")];
      const labels = { a: "b" };
      const { status, json: made } = await api.ask("PUT", topic, { labels });
      assertEquals([status, made.name, made.labels], [200, topic, labels]);
      const { json: read } = await api.ask("GET", topic);
      assertEquals([read.name, read.labels], [topic, labels]);
      const created = await api.ask("PUT", subscription, { topic, ackDeadlineSeconds: 20 });
      assertEquals([created.status, created.json.name, created.json.topic], [200, subscription, topic]);
      const { json } = await api.ask("GET", subscription);
      assertEquals(json.ackDeadlineSeconds, 20);
      assertEquals(await api.ask("DELETE", subscription), { status: 200, json: {} });
      assertEquals(await api.ask("DELETE", topic), { status: 200, json: {} });
      assertError(await api.ask("GET", topic), 404, "NOT_FOUND");
    },
  },
  {
    name: "publishes, pulls, extends and acknowledges",
    async run({ topic, subscription }, api) {
      const messages = [{ data: "w7xiZXI/Pz8+", attributes: { "a b": "c\n" } }, { attributes: { alone: "fine" } }];
      const published = await api.ask("POST", `${topic}:publish`, { messages });
      assertEquals([published.status, published.json.messageIds.length], [200, 2]);
      const received = [];
      while (received.length < 2) {
        const { json } = await api.ask("POST", `${subscription}:pull`, { maxMessages: 10 });
        received.push(...json.receivedMessages);
      }
      // deno-lint-ignore no-explicit-any -- as received.
      received.sort((a: any, b: any) =>
        published.json.messageIds.indexOf(a.message.messageId) -
        published.json.messageIds.indexOf(b.message.messageId)
      );
      const { data, attributes, messageId, publishTime } = received[0].message;
      assertEquals([data, attributes, messageId], [
        messages[0]!.data,
        messages[0]!.attributes,
        published.json.messageIds[0],
      ]);
      assert(Math.abs(Date.parse(publishTime) - Date.now()) < 60_000, publishTime);
      assertEquals(received[1].message.attributes, messages[1]!.attributes);
      const ackIds = received.map(({ ackId }) => ackId);
      const extended = await api.ask("POST", `${subscription}:modifyAckDeadline`, { ackIds, ackDeadlineSeconds: 30 });
      assertEquals(extended, { status: 200, json: {} });
      assertEquals(await api.ask("POST", `${subscription}:acknowledge`, { ackIds }), { status: 200, json: {} });
      const after = await api.ask("POST", `${subscription}:pull`, { maxMessages: 10, returnImmediately: true });
      assertEquals(after, { status: 200, json: {} });
    },
  },
  {
    name: "lists in pages, and changes what a mask names",
    async run(fixture, api) {
      const { topic, subscription } = fixture;
      const second = await fixture.subscribe({ name: fixture.name("subscriptions") });
      const found = [];
      for (let token = ""; found.length < 2;) {
        const { status, json } = await api.ask(
          "GET",
          `${topic}/subscriptions?pageSize=1&pageToken=${encodeURIComponent(token)}`,
        );
        assertEquals([status, json.subscriptions.length], [200, 1]);
        found.push(...json.subscriptions);
        token = json.nextPageToken ?? "";
      }
      assertEquals(found.toSorted(), [subscription, second].toSorted());
      const { json: { topics } } = await api.ask("GET", "projects/contract/topics?page_size=1000");
      // deno-lint-ignore no-explicit-any -- as listed.
      assert(topics.some(({ name }: any) => name === topic));
      const body = { subscription: { ackDeadlineSeconds: 33, labels: { a: "b" } }, updateMask: "ackDeadlineSeconds" };
      const { status, json } = await api.ask("PATCH", subscription, body);
      assertEquals([status, json.name, json.ackDeadlineSeconds, json.labels], [200, subscription, 33, undefined]);
      assertError(await api.ask("PATCH", subscription, { ...body, updateMask: "nothing" }), 400, "INVALID_ARGUMENT");
    },
  },
  {
    name: "gives what was published over gRPC, and the other way round",
    async run(fixture, api) {
      const { topic, subscription } = fixture;
      await fixture.publish("by gRPC");
      const { json } = await api.ask("POST", `${subscription}:pull`, { maxMessages: 1 });
      assertEquals(atob(json.receivedMessages[0].message.data), "by gRPC");
      await api.ask("POST", `${subscription}:acknowledge`, { ackIds: [json.receivedMessages[0].ackId] });
      await api.ask("POST", `${topic}:publish`, { messages: [{ data: btoa("by HTTP") }] });
      assertEquals(texts(await fixture.pull()), ["by HTTP"]);
    },
  },
  {
    name: "tells errors in Google's form",
    async run(fixture, api) {
      const { topic, subscription } = fixture;
      const [noTopic, noSubscription] = [fixture.name("topics"), fixture.name("subscriptions")];
      assertError(await api.ask("PUT", topic), 409, "ALREADY_EXISTS");
      assertError(await api.ask("GET", noTopic), 404, "NOT_FOUND");
      assertError(await api.ask("POST", `${noTopic}:publish`, { messages: [{ data: "YQ==" }] }), 404, "NOT_FOUND");
      assertError(await api.ask("PUT", noSubscription, { topic: noTopic }), 404, "NOT_FOUND");
      assertError(await api.ask("PUT", "projects/p/topics/1"), 400, "INVALID_ARGUMENT");
      assertError(await api.ask("POST", `${topic}:publish`, { messages: [] }), 400, "INVALID_ARGUMENT");
      assertError(await api.ask("POST", `${topic}:publish`, { messages: [{}] }), 400, "INVALID_ARGUMENT");
      assertError(await api.ask("POST", `${subscription}:acknowledge`, {}), 400, "INVALID_ARGUMENT");
    },
  },
  {
    name: "refuses what is no such request",
    async run({ topic }, api) {
      for (
        const body of [
          [],
          { unknown: 1 },
          { messages: { data: "YQ==" } },
          { messages: [{ data: "%%%" }] },
          { messages: [{ data: "YQ==", attributes: ["a"] }] },
          { messages: [{ data: "YQ==", unknown: 1 }] },
        ]
      ) {
        assertError(await api.ask("POST", `${topic}:publish`, body), 400, "INVALID_ARGUMENT");
      }
    },
  },
  {
    name: "takes the protocol's own names of fields, null for nothing, and numbers as text",
    async run(fixture, api) {
      const { topic } = fixture;
      const subscription = fixture.name("subscriptions");
      const created = await api.ask("PUT", subscription, { topic, ack_deadline_seconds: "20", filter: null });
      assertEquals([created.status, created.json.ackDeadlineSeconds], [200, 20]);
      await api.ask("POST", `${topic}:publish`, { messages: [{ data: "YQ", ordering_key: null }] });
      const { json } = await api.ask("POST", `${subscription}:pull`, { max_messages: "1" });
      assertEquals(json.receivedMessages[0].message.data, "YQ==");
    },
  },
  {
    name: "takes percent-encoded paths and the parameters that all of Google's APIs have",
    async run(fixture, api) {
      const topic = fixture.name("topics");
      const { status, json } = await api.ask(
        "PUT",
        `${encodeURIComponent(topic)}?alt=json&$alt=json&key=a&quotaUser=b`,
      );
      assertEquals([status, json.name], [200, topic]);
      assertEquals((await api.ask("GET", `${topic.replace("contract", "con%74ract")}?alt=json`)).json.name, topic);
    },
  },
  {
    name: "takes a body in chunks, and one that waits to be asked for",
    async run({ topic }, { address }) {
      const body = JSON.stringify({ messages: [{ data: "YQ==" }] });
      const head = `POST /v1/${topic}:publish HTTP/1.1\r\nHost: ${address}\r\nContent-Type: application/json\r\n`;
      using chunked = await RawClient.connect(address);
      const [first, second] = [body.slice(0, 5), body.slice(5)];
      await chunked.send(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\n${first}\r\n`);
      await chunked.send(`${second.length.toString(16)}\r\n${second}\r\n0\r\n\r\n`);
      assertMatch(await chunked.until("]"), /^HTTP\/1.1 200 [^]*messageIds/);
      using asked = await RawClient.connect(address);
      await asked.send(`${head}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`);
      assertMatch(await asked.until("\r\n\r\n"), /^HTTP\/1.1 100 /);
      await asked.send(body);
      assertMatch(await asked.until("]"), /^HTTP\/1.1 200 [^]*messageIds/);
    },
  },
  {
    name: "publishes 10 MB in one request",
    async run(fixture, api) {
      const data = "A".repeat(4_000_000);
      const messages = [{ data }, { data }, { data }];
      const { status, json } = await api.ask("POST", `${fixture.topic}:publish`, { messages });
      assertEquals([status, json.messageIds?.length], [200, 3]);
      const { json: { receivedMessages } } = await api.ask("POST", `${fixture.subscription}:pull`, { maxMessages: 1 });
      assertEquals(receivedMessages[0].message.data.length, data.length);
    },
  },
];
