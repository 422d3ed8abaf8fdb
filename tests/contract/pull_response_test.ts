import { protos } from "@google-cloud/pubsub";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { instantOfProto } from "../../src/entry/instant.ts";
import type { ReceivedMessage } from "../../src/pubsub/delivery.ts";
import { readPullResponse } from "../../src/pubsub/pull_response.ts";

const { StreamingPullResponse } = protos.google.pubsub.v1;

/** What the client library encodes, which also knows of fields that are not read here. */
function encoded(response: protos.google.pubsub.v1.IStreamingPullResponse): Buffer {
  return Buffer.from(StreamingPullResponse.encode(response).finish());
}

/** A message's parts, each read once. */
function partsOf({ ackId, deliveryAttempt, messageId, publishTime, data, attributes, bytes }: ReceivedMessage) {
  return { ackId, deliveryAttempt, messageId, publishTime, data: [...data], attributes, bytes };
}

function byteLength(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

const text = fc.string({ unit: "grapheme" });
const received = fc.record({
  ackId: text,
  deliveryAttempt: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  message: fc.record({
    data: fc.uint8Array({ maxLength: 300 }),
    attributes: fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true }),
    messageId: fc.string(),
    publishTime: fc.record({
      seconds: fc.integer({ min: 0, max: 253_402_300_799 }),
      nanos: fc.integer({ min: 0, max: 999_999_999 }),
    }),
    orderingKey: text,
  }),
});

Deno.test("readPullResponse() reads what the client library writes", () => {
  fc.assert(fc.property(fc.array(received, { maxLength: 5 }), (receivedMessages) => {
    const { messages, properties } = readPullResponse(encoded({ receivedMessages }));
    assertEquals(properties, undefined);
    assertEquals(
      messages.map(partsOf),
      receivedMessages.map(({ ackId, deliveryAttempt, message }) => ({
        ackId,
        deliveryAttempt,
        messageId: message.messageId,
        publishTime: message.publishTime,
        data: [...message.data],
        attributes: message.attributes,
        bytes: message.data.length + byteLength(Object.entries(message.attributes).flat()),
      })),
    );
  }));
});

for (const exactlyOnce of [false, true]) {
  for (const ordering of [false, true]) {
    Deno.test(`readPullResponse() tells a subscription's properties: exactly once ${exactlyOnce}, ordering ${ordering}`, () => {
      const subscriptionProperties = {
        exactlyOnceDeliveryEnabled: exactlyOnce,
        messageOrderingEnabled: ordering,
      };
      assertEquals(readPullResponse(encoded({ subscriptionProperties })), {
        refused: 0,
        messages: [],
        properties: { exactlyOnceDelivery: exactlyOnce, messageOrdering: ordering },
      });
    });
  }
}

Deno.test("readPullResponse() of a keep-alive is empty", () => {
  assertEquals(readPullResponse(Buffer.alloc(0)), { messages: [], refused: 0, properties: undefined });
});

Deno.test("readPullResponse() gives a message without parts its defaults", () => {
  const { messages } = readPullResponse(encoded({ receivedMessages: [{}] }));
  assertEquals(messages.map(partsOf), [{
    ackId: "",
    deliveryAttempt: 0,
    messageId: "",
    publishTime: { seconds: 0, nanos: 0 },
    data: [],
    attributes: {},
    bytes: 0,
  }]);
});

Deno.test("readPullResponse() does not make a valid time of an invalid one", () => {
  for (const nanos of [-1, 1_000_000_000]) {
    const publishTime = { seconds: 1, nanos };
    const { messages } = readPullResponse(encoded({ receivedMessages: [{ message: { publishTime } }] }));
    assertEquals(instantOfProto(messages[0]!.publishTime).ok, false);
  }
});

Deno.test("readPullResponse() reads negative times as what they are", () => {
  const publishTime = { seconds: -86_400, nanos: -7 };
  const { messages } = readPullResponse(encoded({ receivedMessages: [{ message: { publishTime } }] }));
  assertEquals(messages[0]!.publishTime, publishTime);
});

Deno.test("readPullResponse() tells apart ids that are no text", () => {
  const ids = [0xfe, 0xff].map((byte) => {
    const bytes = encoded({ receivedMessages: [{ message: { messageId: "?" } }] });
    bytes[bytes.indexOf("?")] = byte;
    return readPullResponse(bytes).messages[0]!.messageId;
  });
  assertEquals(ids, ["\u00fe", "\u00ff"]);
});

Deno.test("readPullResponse() takes an attribute of any name for an attribute", () => {
  const attributes = JSON.parse('{"__proto__":"polluted","constructor":"c"}');
  const { messages } = readPullResponse(encoded({ receivedMessages: [{ message: { attributes } }] }));
  assertEquals(Object.entries(messages[0]!.attributes), [["__proto__", "polluted"], ["constructor", "c"]]);
  assertEquals(Object.getPrototypeOf(messages[0]!.attributes), Object.prototype);
});

Deno.test("readPullResponse() of a response that is cut anywhere within a message throws", () => {
  const whole = encoded({ receivedMessages: [{ ackId: "ack", message: { data: new Uint8Array(3), messageId: "1" } }] });
  for (let length = 1; length < whole.length; length++) {
    assertThrows(() => readPullResponse(whole.subarray(0, length)), RangeError);
  }
});

Deno.test("readPullResponse() takes 20,000 messages of a response, and says how many more there are", () => {
  const count = 4_000_000;
  // A message without a field: its tag, and a length of 0.
  const response = Buffer.alloc(2 * count);
  for (let i = 0; i < response.length; i += 2) response[i] = 0x0a;
  const { messages, refused } = readPullResponse(response);
  assertEquals([messages.length, refused], [20_000, count - 20_000]);
  assertEquals(readPullResponse(response.subarray(0, 40_000)).refused, 0);
});
