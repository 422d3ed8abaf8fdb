/**
 * Where Pub/Sub is.
 *
 * @module
 */
import { setting } from "../setting.ts";
import { hostAndPort, matching, type Reader } from "../values.ts";

/** A project's id, with a domain before it where it has one. */
const PROJECT_ID = "[a-z][a-z0-9.:-]{1,61}[a-z0-9]";

/** https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
function resourceName(kind: "topics" | "subscriptions"): Reader<string> {
  return matching(
    new RegExp(`^(?:projects/${PROJECT_ID}/${kind}/)?(?!goog)[A-Za-z][\\w.~+%-]{2,254}$`),
    "3 to 255 letters, digits and - . _ ~ + %, beginning with a letter and not with goog, " +
      `or all of projects/PROJECT/${kind}/NAME`,
  );
}

/** The settings that say where Pub/Sub is. */
export const PUBSUB_SETTINGS = {
  emulatorHost: setting({
    env: ["PUBSUB_EMULATOR_HOST"],
    mistaken: ["EMULATOR_HOST", "PUBSUB_EMULATOR"],
    value: "HOST:PORT",
    help: "use the Pub/Sub emulator at this address, without TLS and credentials",
    defaultNote: "none: Google's own service",
    read: hostAndPort(),
  }),
  endpoint: setting({
    flag: "endpoint",
    env: ["PUBSUB_ENDPOINT"],
    value: "HOST:PORT",
    help: "a regional or private endpoint of Pub/Sub, spoken to with TLS and credentials",
    defaultNote: "Google's global endpoint",
    read: hostAndPort(),
  }),
  project: setting({
    flag: "project",
    env: ["PUBSUB_PROJECT_ID", "GOOGLE_CLOUD_PROJECT"],
    mistaken: ["PUBSUB_PROJECT", "PROJECT_ID", "GCP_PROJECT", "GCP_PROJECT_ID", "GCLOUD_PROJECT"],
    value: "ID",
    help: "the Google Cloud project",
    defaultNote: "lms on an emulator, else required",
    read: matching(new RegExp(`^${PROJECT_ID}$`), "a project id, such as my-project-1"),
  }),
  topic: setting({
    flag: "topic",
    env: ["PUBSUB_TOPIC"],
    mistaken: ["PUBSUB_TOPIC_ID", "PUBSUB_TOPIC_NAME", "TOPIC_ID", "TOPIC_NAME"],
    value: "NAME",
    help: "the topic that services publish to; created on an emulator",
    default: "log-topic",
    read: resourceName("topics"),
  }),
  subscription: setting({
    flag: "subscription",
    env: ["PUBSUB_SUBSCRIPTION"],
    mistaken: ["PUBSUB_SUBSCRIPTION_ID", "PUBSUB_SUBSCRIPTION_NAME", "SUBSCRIPTION_ID", "SUBSCRIPTION_NAME"],
    value: "NAME",
    help: "the subscription that the monitor pulls from; created on an emulator",
    default: "log-sub",
    read: resourceName("subscriptions"),
  }),
};
