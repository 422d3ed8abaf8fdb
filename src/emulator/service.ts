/**
 * The two gRPC services, as far as the fake server speaks them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { protos } from "@google-cloud/pubsub";
import type { MethodDefinition } from "@grpc/grpc-js";
import {
  encodePublishResponse,
  readAcknowledgeRequest,
  readModifyAckDeadlineRequest,
  readPublishRequest,
} from "./messages.ts";
import type { StreamingPullRequest } from "./pull_stream.ts";

// Part of the package's code: nothing is read from disk, so that it works in a compiled program too.
const { pubsub: { v1 }, protobuf: { Empty } } = protos.google;

/** As much of a generated message class as is used here. */
interface MessageType<Message, Properties> {
  decode(bytes: Uint8Array): Message;
  encode(message: Properties): { finish(): Uint8Array };
}

/** Nothing to say. */
const NOTHING = new Uint8Array();

const TOPIC = codec(v1.Topic);
const SUBSCRIPTION = codec(v1.Subscription);
const EMPTY = { read: (bytes: Uint8Array) => Empty.decode(bytes), write: (_nothing: void) => NOTHING };
/** Encoded before gRPC sees them. */
const ENCODED = { write: (bytes: Uint8Array) => bytes };

/** The methods of `google.pubsub.v1.Publisher`. */
export const PUBLISHER = {
  createTopic: method("Publisher/CreateTopic", TOPIC.read, TOPIC.write),
  getTopic: method("Publisher/GetTopic", codec(v1.GetTopicRequest).read, TOPIC.write),
  updateTopic: method("Publisher/UpdateTopic", codec(v1.UpdateTopicRequest).read, TOPIC.write),
  listTopics: method("Publisher/ListTopics", codec(v1.ListTopicsRequest).read, codec(v1.ListTopicsResponse).write),
  listTopicSubscriptions: method(
    "Publisher/ListTopicSubscriptions",
    codec(v1.ListTopicSubscriptionsRequest).read,
    codec(v1.ListTopicSubscriptionsResponse).write,
  ),
  deleteTopic: method("Publisher/DeleteTopic", codec(v1.DeleteTopicRequest).read, EMPTY.write),
  publish: method("Publisher/Publish", readPublishRequest, encodePublishResponse),
} as const;

/** The methods of `google.pubsub.v1.Subscriber`. */
export const SUBSCRIBER = {
  createSubscription: method("Subscriber/CreateSubscription", SUBSCRIPTION.read, SUBSCRIPTION.write),
  getSubscription: method("Subscriber/GetSubscription", codec(v1.GetSubscriptionRequest).read, SUBSCRIPTION.write),
  updateSubscription: method(
    "Subscriber/UpdateSubscription",
    codec(v1.UpdateSubscriptionRequest).read,
    SUBSCRIPTION.write,
  ),
  listSubscriptions: method(
    "Subscriber/ListSubscriptions",
    codec(v1.ListSubscriptionsRequest).read,
    codec(v1.ListSubscriptionsResponse).write,
  ),
  modifyPushConfig: method("Subscriber/ModifyPushConfig", codec(v1.ModifyPushConfigRequest).read, EMPTY.write),
  seek: method("Subscriber/Seek", codec(v1.SeekRequest).read, EMPTY.write),
  deleteSubscription: method("Subscriber/DeleteSubscription", codec(v1.DeleteSubscriptionRequest).read, EMPTY.write),
  pull: method("Subscriber/Pull", codec(v1.PullRequest).read, ENCODED.write),
  acknowledge: method("Subscriber/Acknowledge", readAcknowledgeRequest, EMPTY.write),
  modifyAckDeadline: method("Subscriber/ModifyAckDeadline", readModifyAckDeadlineRequest, EMPTY.write),
  streamingPull: {
    ...method("Subscriber/StreamingPull", readStreamingPullRequest, ENCODED.write),
    requestStream: true,
    responseStream: true,
  },
} as const;

function codec<Message, Properties>(type: MessageType<Message, Properties>) {
  return {
    read: (bytes: Uint8Array) => type.decode(bytes),
    write: (message: Properties) => type.encode(message).finish(),
  };
}

/** A unary method. The request is written, and the response read, by clients only. */
function method<Request, Response>(
  name: string,
  read: (bytes: Uint8Array) => Request,
  write: (response: Response) => Uint8Array,
): MethodDefinition<Request, Response> {
  return {
    path: `/google.pubsub.v1.${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: refuse,
    responseDeserialize: refuse,
    requestDeserialize: read,
    responseSerialize: (response) => {
      const bytes = write(response);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  };
}

function refuse(): never {
  throw new TypeError("Cannot call from a server definition");
}

function readStreamingPullRequest(bytes: Uint8Array): StreamingPullRequest {
  const request = v1.StreamingPullRequest.decode(bytes);
  return {
    subscription: request.subscription,
    ackIds: request.ackIds,
    modifyDeadlineAckIds: request.modifyDeadlineAckIds,
    modifyDeadlineSeconds: request.modifyDeadlineSeconds,
    streamAckDeadlineSeconds: request.streamAckDeadlineSeconds,
    maxOutstandingMessages: Number(request.maxOutstandingMessages),
    maxOutstandingBytes: Number(request.maxOutstandingBytes),
    protocolVersion: Number(request.protocolVersion),
  };
}
