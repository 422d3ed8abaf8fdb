/**
 * Publishes to the topic that the settings name.
 *
 * @module
 */
import { projectOf, shortName } from "../pubsub/admin.ts";
import { type OutgoingMessage, publish } from "../pubsub/publisher.ts";
import { STATUS } from "../wire/status_codes.ts";
import { isUnanswered, type PubSubAccess } from "./pubsub.ts";

/** How long a publish that is under way may take to be answered once nobody wants to wait, in milliseconds. */
const LAST_ANSWER_MS = 1_000;

/**
 * Publishes messages to the topic.
 *
 * @param stop Gives up what has no answer a second after it is aborted.
 * @returns Their ids, in their order.
 * @throws With the remedy where there is one, in one line: the client library's own words may be a page long.
 */
export async function publishTo(
  { connection, topic, address, real }: PubSubAccess,
  messages: readonly OutgoingMessage[],
  stop: AbortSignal,
): Promise<string[]> {
  try {
    return await answered(publish(connection, topic, messages), stop);
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    const projectId = projectOf(topic)!;
    const reason = real && code === STATUS.NOT_FOUND
      ? `there is no such topic; create it with: gcloud pubsub topics create ${shortName(topic)} --project=${projectId}`
      : real && code === STATUS.PERMISSION_DENIED
      ? `no right to; grant it with: gcloud pubsub topics add-iam-policy-binding ${shortName(topic)} ` +
        `--member=serviceAccount:ACCOUNT --role=roles/pubsub.publisher --project=${projectId}`
      : isUnanswered(error) && !real
      ? "no answer; is it running?"
      : message.split("\n", 1)[0];
    throw new Error(`Cannot publish to ${topic} at ${address}: ${reason}`, { cause: error });
  }
}

/** The ids, or an error once it is too late for them. */
function answered(ids: Promise<string[]>, stop: AbortSignal): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const giveUp = () => {
      timer = setTimeout(
        () => reject(new Error("stopped while there was no answer; these messages may be published or not")),
        LAST_ANSWER_MS,
      );
    };
    if (stop.aborted) giveUp();
    else stop.addEventListener("abort", giveUp, { once: true });
    ids.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      stop.removeEventListener("abort", giveUp);
    });
  });
}
