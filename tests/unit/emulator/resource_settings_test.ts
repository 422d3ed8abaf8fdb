import { assertEquals, assertThrows } from "@std/assert";
import {
  changedSubscription,
  changedTopic,
  subscriptionSettings,
  topicSettings,
  traitsOf,
} from "../../../src/emulator/resource_settings.ts";

Deno.test("subscriptionSettings() fills in what Google's service does", () => {
  const settings = subscriptionSettings({});
  assertEquals(settings.ackDeadlineSeconds, 10);
  assertEquals(settings.messageRetentionDuration, { seconds: 7 * 86_400 });
  assertEquals(settings.expirationPolicy, { ttl: { seconds: 31 * 86_400 } });
  assertEquals(traitsOf(settings), {
    ackDeadlineSeconds: 10,
    exactlyOnce: false,
    ordering: false,
    retainAckedMs: undefined,
    deadLetter: undefined,
  });
});

const REFUSED = [
  { pushConfig: { pushEndpoint: "https://example.com" } },
  { bigqueryConfig: { table: "t" } },
  { cloudStorageConfig: { bucket: "b" } },
  { bigtableConfig: { table: "t" } },
  { filter: "attributes.a" },
  { messageTransforms: [{}] },
  { detached: true },
];

for (const request of REFUSED) {
  Deno.test(`subscriptionSettings() does not support ${JSON.stringify(request)}`, () => {
    assertEquals(assertThrows(() => subscriptionSettings(request), Error, "does not support").name, "StatusError");
    const paths = Object.keys(request).map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    assertThrows(
      () => changedSubscription(subscriptionSettings({}), { changes: request, paths }),
      Error,
      "not support",
    );
  });
}

Deno.test("topicSettings() does not support schemas, ingestion and transforms, and keeps the rest", () => {
  for (const request of [{ schemaSettings: {} }, { ingestionDataSourceSettings: {} }, { messageTransforms: [{}] }]) {
    assertThrows(() => topicSettings(request), Error, "does not support");
  }
  const kept = { labels: { a: "b" }, kmsKeyName: "k", messageRetentionDuration: { seconds: 600 } };
  assertEquals(topicSettings({ name: "n", ...kept, messageTransforms: [] }), kept);
  assertEquals(changedTopic(kept, { changes: { labels: { c: "d" } }, paths: ["labels", "kms_key_name"] }), {
    labels: { c: "d" },
    messageRetentionDuration: { seconds: 600 },
  });
});

const OUT_OF_RANGE = [
  [{ ackDeadlineSeconds: 9 }, "ack_deadline_seconds"],
  [{ ackDeadlineSeconds: 601 }, "ack_deadline_seconds"],
  [{ messageRetentionDuration: { seconds: 599 } }, "message_retention_duration"],
  [{ messageRetentionDuration: { seconds: 31 * 86_400 + 1 } }, "message_retention_duration"],
  [{ expirationPolicy: { ttl: { seconds: 86_399 } } }, "expiration_policy.ttl"],
  [{ retryPolicy: { minimumBackoff: { seconds: -1 } } }, "minimum_backoff"],
  [{ retryPolicy: { maximumBackoff: { seconds: 601 } } }, "maximum_backoff"],
  [{ retryPolicy: { maximumBackoff: { seconds: 5 } } }, "minimum_backoff is longer"],
  [{ deadLetterPolicy: { deadLetterTopic: "t", maxDeliveryAttempts: 4 } }, "max_delivery_attempts"],
  [{ deadLetterPolicy: { deadLetterTopic: "t", maxDeliveryAttempts: 101 } }, "max_delivery_attempts"],
] as const;

for (const [request, named] of OUT_OF_RANGE) {
  Deno.test(`subscriptionSettings() refuses ${JSON.stringify(request)}`, () => {
    assertThrows(() => subscriptionSettings(request), Error, named);
  });
}

Deno.test("changedSubscription() sets what the mask names back to its default where the request does not set it", () => {
  const before = subscriptionSettings({
    ackDeadlineSeconds: 50,
    labels: { a: "b" },
    deadLetterPolicy: { deadLetterTopic: "t", maxDeliveryAttempts: 7 },
    retainAckedMessages: true,
  });
  const paths = ["dead_letter_policy", "ack_deadline_seconds"];
  const after = changedSubscription(before, { changes: { labels: { c: "d" } }, paths });
  assertEquals(after, { ...subscriptionSettings({}), labels: { a: "b" }, retainAckedMessages: true });
  assertEquals(traitsOf(before).deadLetter, { topic: "t", attemptsMax: 7 });
  assertEquals(traitsOf(before).retainAckedMs, 7 * 86_400_000);
});
