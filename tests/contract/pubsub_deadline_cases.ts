/**
 * Deadlines that callers send.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { connect } from "node:http2";
import { type PubSubCase, seconds } from "./pubsub_fixture.ts";
import { protos } from "@google-cloud/pubsub";

const { v1 } = protos.google.pubsub;

/** As Python's gRPC writes a deadline of 2^32 seconds, which its publisher gives every ordered batch. */
const ENDLESS = ["1193047H", "99999999H", "99999999S", "2147484S"];

/** Calls a method with a `grpc-timeout` header of its own. Returns the gRPC status. */
function call(address: string, { method, request, timeout }: {
  readonly method: string;
  readonly request: Uint8Array;
  readonly timeout: string;
}): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const session = connect(`http://${address}`);
  session.on("error", reject);
  const stream = session.request({
    ":method": "POST",
    ":path": `/google.pubsub.v1.${method}`,
    "content-type": "application/grpc",
    te: "trailers",
    "grpc-timeout": timeout,
  });
  const take = (headers: Record<string, unknown>) => {
    const status = headers["grpc-status"];
    // With 0 servers say OK, or nothing.
    if (status !== undefined) resolve(status === "0" ? "0" : `${status} ${headers["grpc-message"]}`);
  };
  stream.on("response", take);
  stream.on("trailers", take);
  stream.on("error", reject);
  stream.resume();
  const frame = new Uint8Array(5 + request.length);
  new DataView(frame.buffer).setUint32(1, request.length);
  frame.set(request, 5);
  stream.end(frame);
  return promise.finally(() => session.destroy());
}

/** See the module. */
export const DEADLINE_CASES: readonly PubSubCase[] = [
  {
    name: "any deadline works, on every method",
    async run(fixture) {
      const { topic, subscription, address } = fixture;
      const [id] = [`projects/contract/topics/deadline-${crypto.randomUUID()}`];
      const made = `projects/contract/subscriptions/deadline-${crypto.randomUUID()}`;
      const data = new TextEncoder().encode("x".repeat(60_000));
      const messages = Array.from({ length: 20 }, () => ({ data, orderingKey: "k" }));
      const requests: readonly (readonly [string, Uint8Array])[] = [
        ["Publisher/CreateTopic", v1.Topic.encode({ name: id }).finish()],
        ["Publisher/GetTopic", v1.GetTopicRequest.encode({ topic }).finish()],
        ["Publisher/ListTopics", v1.ListTopicsRequest.encode({ project: "projects/contract" }).finish()],
        ["Publisher/ListTopicSubscriptions", v1.ListTopicSubscriptionsRequest.encode({ topic }).finish()],
        ["Publisher/Publish", v1.PublishRequest.encode({ topic, messages }).finish()],
        ["Subscriber/CreateSubscription", v1.Subscription.encode({ name: made, topic }).finish()],
        ["Subscriber/GetSubscription", v1.GetSubscriptionRequest.encode({ subscription }).finish()],
        [
          "Subscriber/UpdateSubscription",
          v1.UpdateSubscriptionRequest.encode({
            subscription: { name: subscription, ackDeadlineSeconds: 20 },
            updateMask: { paths: ["ack_deadline_seconds"] },
          }).finish(),
        ],
        ["Subscriber/ListSubscriptions", v1.ListSubscriptionsRequest.encode({ project: "projects/contract" }).finish()],
        ["Subscriber/ModifyPushConfig", v1.ModifyPushConfigRequest.encode({ subscription, pushConfig: {} }).finish()],
        ["Subscriber/Seek", v1.SeekRequest.encode({ subscription, time: { seconds: 1 } }).finish()],
        ["Subscriber/Pull", v1.PullRequest.encode({ subscription, maxMessages: 1 }).finish()],
        ["Subscriber/DeleteSubscription", v1.DeleteSubscriptionRequest.encode({ subscription: made }).finish()],
        ["Publisher/DeleteTopic", v1.DeleteTopicRequest.encode({ topic: id }).finish()],
      ];
      for (const [index, [method, request]] of requests.entries()) {
        const timeout = ENDLESS[index % ENDLESS.length]!;
        assertEquals(await call(address, { method, request, timeout }), "0", `${method} ${timeout}`);
      }
    },
  },
  {
    name: "a pull answers with none before its caller's deadline",
    async run(fixture) {
      const { clients: { subscriber }, subscription, behaviour: { pullsWithinDeadline } } = fixture;
      const [{ receivedMessages }] = await subscriber.pull({ subscription, maxMessages: 1 }, {
        // One try: a further one would hide the first's failure.
        timeout: 1500,
        retry: null,
      }).catch((error: Error & { code: number }) => {
        if (pullsWithinDeadline) throw error;
        assertEquals(error.code, 4);
        return [{ receivedMessages: [] }];
      });
      assertEquals(receivedMessages, []);
      await fixture.publish("a");
      await seconds(0.1);
      assertEquals((await fixture.pull()).length, 1, "the pull that is over took nothing");
    },
  },
];
