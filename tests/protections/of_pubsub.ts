/**
 * The protections of what is pulled: caps, leases, acknowledgements, streams.
 *
 * @module
 */
import { type Protection, protectionsOf } from "./protection.ts";

/** See {@linkcode Protection}. */
export const OF_PUBSUB: readonly Protection[] = [
  ...protectionsOf({ file: "src/pubsub/subscriber.ts", test: "tests/unit/pubsub/subscriber_test.ts" }, [
    {
      name: "No more messages are held than the cap, whatever limits the server keeps to",
      find: "return this.#held > this.#options.inFlightMax || ",
      replace: "return ",
      filter: "Subscriber half-closes its streams above its cap in messages",
    },
    {
      name: "No more bytes are held than the cap, whatever limits the server keeps to",
      find: "inFlightMax || this.#heldBytes > this.#options.inFlightBytesMax;",
      replace: "inFlightMax;",
      filter: "Subscriber half-closes its streams above its cap in bytes",
    },
    {
      name: "At the cap streams are closed; paused ones would let leases lapse unseen",
      find: `      this.#streams.finish();
      events?.closedAtCap`,
      replace: "      events?.closedAtCap",
      filter: "Subscriber takes what is on its way on half-closed streams: the cap plus one response per stream",
    },
    {
      name: "Closed streams are opened again when half of the cap is settled",
      find: "      this.#streams.start();\n",
      replace: '      if (this.#state === "idle") this.#streams.start();\n',
      filter: "Subscriber half-closes its streams above its cap in messages",
    },
    {
      name: "Streams are not opened again before half of the cap is settled, so that they do not flap",
      find: "this.#held <= inFlightMax / 2 && this.#heldBytes <= inFlightBytesMax / 2",
      replace: "this.#held <= inFlightMax && this.#heldBytes <= inFlightBytesMax",
      filter: "Subscriber half-closes its streams above its cap in messages",
    },
    {
      name: "What a message costs beside its bytes counts",
      find: "bytes + deliveries.length * MESSAGE_COST_BYTES;",
      replace: "bytes;",
      filter: "Subscriber counts what a message costs beside its bytes",
    },
    {
      name: "A message without an ack id is in no request: the server would refuse its neighbours too",
      find: 'if (id !== "") ',
      replace: "",
      filter: "Subscriber sends no request about a message without an ack id",
    },
    {
      name: "A request that goes unanswered makes the server be asked whether it answers",
      find: "setTimeout(() => void this.#streams.probe(), UNANSWERED_MS)",
      replace: "setTimeout(() => {}, UNANSWERED_MS)",
      filter: "Subscriber asks whether the server answers when a request goes unanswered for 3 s",
    },
    {
      name: "In an outage streams are closed at the cap",
      find: "? this.#held >= inFlightMax || this.#heldBytes >= inFlightBytesMax",
      replace: "? this.#held > inFlightMax || this.#heldBytes > inFlightBytesMax",
      filter:
        "Subscriber keeps pulling below its cap while suspended, closes at it, and reopens no stream until resumed",
    },
    {
      name: "In an outage closed streams stay closed",
      find: "} else if (!this.#suspended && ",
      replace: "} else if (",
      filter:
        "Subscriber keeps pulling below its cap while suspended, closes at it, and reopens no stream until resumed",
    },
    {
      name: "In an outage leases are extended all the same",
      find: "    this.#suspended = true;",
      replace: `    this.#suspended = true;
    this.#leases.stop();`,
      filter: "Subscriber extends by the batch what it holds, at half of the lease, also while suspended at the cap",
    },
    {
      name: "In an outage nothing is given back: that is redelivery in a loop, and uses up delivery attempts",
      find: "    this.#suspended = true;",
      replace: `    this.#suspended = true;
    for (const delivery of this.#leases.unsettled()) delivery.nack();`,
      test: "tests/contract/monitor_outage_test.ts",
      filter: "lms mon holds what it has at its cap while the database is away",
    },
    {
      name: "After an outage closed streams are opened again",
      find: `    this.#suspended = false;
    this.#steer();`,
      replace: "    this.#suspended = false;",
      filter: "Subscriber that is suspended before it is iterated opens its streams when resumed",
    },
    {
      name: "A drain yields what is on its way on the streams, instead of leaving it to its leases",
      find: `this.#state !== "pulling" && this.#streams.quiet`,
      replace: `this.#state !== "pulling"`,
      filter: "Subscriber drain() half-closes, yields what is on its way, then ends the iteration",
    },
    {
      name: "What is not settled at the end is given back at once",
      find: "      delivery.nack();\n",
      replace: "",
      filter: "Subscriber close() gives back what is not settled, read or not, and says how many",
    },
    {
      name: "The end waits for acknowledgements that are on their way, with their retries",
      find: "      idle.then(over);",
      replace: "      over();",
      filter: "Subscriber close() waits for acknowledgements on their way, with their retries",
    },
    {
      name: "The end does not wait for a server that is mute",
      find: "        timer = setTimeout(over, lastRequestsMs);",
      replace: "",
      filter: "Subscriber close() is over 2000 ms after its signal at most, aborted during, though the server is mute",
    },
    {
      name: "A lease that the server says is gone is not extended over and over",
      find: "if (!isTransient(status.code)) this.#leases.lose(ids);",
      replace: "",
      filter: "Subscriber stops extending a lease that is gone, and tries one again that failed for now",
    },
    {
      name: "A subscription that cannot be pulled from ends the program with its reason",
      find: "if (this.#failure !== undefined) throw this.#failure;",
      replace: "",
      filter: "Subscriber yields what it received, then throws, when a stream fails for good",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/lease_keeper.ts", test: "tests/unit/pubsub/lease_keeper_test.ts" }, [
    {
      name: "Leases of what is held are extended, so that a slow database causes no redelivery",
      find: "if (!settled && !this.#lost.has(ackId)) this.#options.extend(ackId);",
      replace: "if (this.#lost.has(ackId) && settled) this.#options.extend(ackId);",
      filter: "LeaseKeeper extends a lease at its half, not before, and again and again while it is held",
    },
    {
      name: "Leases are extended again and again, however long the outage",
      find: "this.#timer = next === Infinity ? undefined : this.#wakeAt(next);",
      replace: "this.#timer = undefined;",
      filter: "LeaseKeeper extends a lease at its half, not before, and again and again while it is held",
    },
    {
      name: "What is settled is not extended",
      find: "if (!settled && !this.#lost.has(ackId))",
      replace: "if (!this.#lost.has(ackId))",
      filter: "LeaseKeeper extends what is not settled of a lease, and nothing of one that is",
    },
    {
      name: "Leases that are due at about the same time are extended in one request",
      find: "const TOGETHER = 0.1;",
      replace: "const TOGETHER = 0;",
      filter: "LeaseKeeper extends leases together that are due within a tenth of a lease",
    },
    {
      name: "A jump of the wall clock extends no lease too late",
      find: "/** Deliveries that came in one response and whose leases run out together. */",
      replace: "const performance = Date;",
      filter: "LeaseKeeper extends a lease at its half though the wall clock jumps",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/ack_sender.ts", test: "tests/unit/pubsub/ack_sender_test.ts" }, [
    {
      name: "Requests hold no more ids than the server takes",
      find: "Math.min(ids.length, IDS_MAX)",
      replace: "ids.length",
      filter: "AckSender fills requests up to 2,500 ids",
    },
    {
      name: "Requests stay under the server's limit of 512 KiB",
      find: "if (bytes > ID_BYTES_MAX) return Math.max(count, 1);",
      replace: "",
      filter: "AckSender keeps a request's ids, with their framing, within 500 KiB",
    },
    {
      name: "Ids that come together share a request",
      find: `    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });`,
      replace: "    this.#pump();",
      filter: "AckSender sends the ids of one turn in one request, in their order",
    },
    {
      name: "An acknowledgement that fails for now is sent again",
      find: "if (!isTransient(error.code)) return",
      replace: "return",
      filter: "AckSender repeats what failed for now, with growing waits, until it succeeds",
    },
    {
      name: "Of a request that failed in part, only what failed is sent again",
      find: "        remaining = failures.transient;",
      replace: "        remaining = ids;",
      filter: "AckSender repeats only the ids that failed for now, and reports those that failed for good",
    },
    {
      name: "An acknowledgement is not sent for longer than its lease lasts",
      find: "this.#abort.signal.aborted || performance.now() + waitMs > giveUpAt",
      replace: "this.#abort.signal.aborted",
      filter: "AckSender gives up what still fails when its time is over, and says why",
    },
    {
      name: "Only a few requests are on their way at once",
      find: "this.#requests < REQUESTS_MAX && ",
      replace: "",
      filter: "AckSender has four requests on their way, and gathers further ids for the next",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/delivery.ts", test: "tests/unit/pubsub/delivery_test.ts" }, [
    {
      name: "A message is acknowledged once, and not after it was given back",
      find: `  ack(): void {
    if (this.#settled) return;`,
      replace: "  ack(): void {",
      filter: "Delivery is settled by its first call alone",
    },
    {
      name: "A message is given back once, and not after it was acknowledged",
      find: `  nack(): void {
    if (this.#settled) return;`,
      replace: "  nack(): void {",
      filter: "Delivery is settled by its first call alone",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/pull_response.ts", test: "tests/contract/pull_response_test.ts" }, [
    {
      name: "Millions of messages in one response are not kept track of",
      find: "const taken = Math.min(count, MESSAGES_MAX);",
      replace: "const taken = count;",
      filter: "readPullResponse() takes 20,000 messages of a response",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/renewed_channel.ts", test: "tests/contract/pubsub_silence_test.ts" }, [
    {
      name: "A connection that is left is closed, though its server says nothing",
      find: "    for (const socket of sockets) socket.destroy();",
      replace: "    if (sockets.length < 0) return;",
      filter: "Subscriber over plain text pulls again after a reconnect that was accepted without a word",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/connection.ts", test: "tests/contract/pubsub_greedy_test.ts" }, [
    {
      name: "A response that is larger than any should be is refused before it is read",
      find: '  "grpc.max_receive_message_length": RESPONSE_BYTES_MAX,\n',
      replace: "",
      filter: "Subscriber ends a stream whose response is larger than any should be",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/stream_keeper.ts", test: "tests/unit/pubsub/stream_keeper_test.ts" }, [
    {
      name: "A stream that ends is opened again",
      find: "    slot.timer = setTimeout(() => this.#open(slot), retryInMs);",
      replace: "",
      filter: "StreamKeeper reopens a stream that ends, each time after a longer wait with jitter",
    },
    {
      name: "Streams that keep ending are opened at growing distances",
      find: "const retryInMs = slot.backoff.next();",
      replace: "const retryInMs = 0;",
      filter: "StreamKeeper reopens a stream that ends, each time after a longer wait with jitter",
    },
    {
      name: "A connection that is dead and says nothing is noticed, and replaced",
      find: "if (slot.heardAt >= pingedAt) return this.#pingLater(slot);",
      replace: "return this.#pingLater(slot);",
      filter: "StreamKeeper cancels a stream that is silent for 15 s after a ping, and opens another",
    },
    {
      name: "A connection that a server accepted without a word, or that swallows what it is given, is left",
      find: "    transport.renew();\n",
      replace: "",
      test: "tests/contract/pubsub_silence_test.ts",
      filter: "Subscriber over plain text pulls again after a reconnect that was accepted without a word",
    },
    {
      name: "A stream that nothing was heard on makes the server be asked whether it answers",
      find: "      if (!this.#works(slot)) void this.probe();\n",
      replace: "",
      filter: "StreamKeeper leaves a connection on which nothing is heard",
    },
    {
      name: "A connection that nothing was heard on for 30 s makes the server be asked whether it answers",
      find: "if (this.#slots.every(({ heardAt }) => pingedAt - heardAt >= PING_EVERY_MS)) void this.probe();",
      replace: "",
      filter: "StreamKeeper leaves a connection that swallows what it is given within 40 s",
    },
    {
      name: "A connection that something was heard on is kept, though a probe is not answered",
      find: " || this.#slots.some(({ heardAt }) => heardAt >= askedAt)",
      replace: "",
      filter: "StreamKeeper keeps a connection on which something was heard while a probe was unanswered",
    },
    {
      name: "An outage of Pub/Sub is told, and told again",
      find: ">= TOLD_EVERY_MS) {",
      replace: "> Infinity) {",
      filter: "StreamKeeper tells of an outage within 5 s, every 30 s, and when it is over",
    },
    {
      name: "A server that goes on sending on half-closed streams is not read from any more",
      find: "if (messages.length > 0 && slot.overdrawn && this.#options.overfull()) return this.#vacate(slot);",
      replace: "",
      test: "tests/contract/pubsub_greedy_test.ts",
      filter: "Subscriber holds its cap and one response of each stream, whatever limits",
    },
    {
      name: "Streams are half-closed: what is on its way still arrives, instead of waiting for its lease to lapse",
      find: "        slot.stream!.finish();",
      replace: "        slot.stream!.cancel();",
      filter: "StreamKeeper finish() half-closes, still delivers what is on its way, and says once when it is quiet",
    },
    {
      name: "A half-closed stream that does not end is given up",
      find: "        slot.timer = setTimeout(() => this.#vacate(slot), FINISH_WITHIN_MS);",
      replace: "",
      filter: "StreamKeeper finish() cancels a stream that takes more than 2 s to end",
    },
    {
      name: "Nothing is taken from a stream that was given up: its messages are not held twice",
      find: "        if (slot.stream !== stream) return;",
      replace: "",
      filter: "StreamKeeper ignores what a stream says after it was given up",
    },
    {
      name: "An error that trying again does not cure is not tried again",
      find: "if (status.code !== 0 && !isTransient(status.code)) {",
      replace: "if (status.code < 0) {",
      filter: "StreamKeeper reports status 5 as a failure and does not reopen the stream",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/connection.ts", test: "tests/integration/addresses_test.ts" }, [
    {
      name: "An emulator is not looked for behind a proxy",
      find: "...(plaintext ? NO_PROXY : {}),",
      replace: "",
      filter: "lms mock asks no proxy for its own server, and lms pub none for an emulator",
    },
    {
      name: "An IPv6 address is taken apart at its last colon",
      find: "...(endpoint === undefined ? {} : partsOf(endpoint)),",
      replace: "",
      filter: "lms emulator --host ::1 prints an address that lms pub and lms emu can use",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/connection.ts", test: "tests/integration/google_tokens_test.ts" }, [
    {
      name: "A server of tokens that fails for seconds ends nothing: its HTTP status is no status of gRPC's",
      find: "    ...(auth === undefined ? {} : { auth }),",
      replace: "",
      filter:
        "lms mon keeps running where tokens are refused with 500 and 503 for seconds, and acknowledges after that",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/credentials.ts", test: "tests/integration/google_tokens_test.ts" }, [
    {
      name: "A metadata server that fails is there",
      find: "if (!stumbled) throw error;",
      replace: "throw error;",
      filter: "lms mon waits at start for a token that is refused with 503, 429 and 408 (byMetadata)",
    },
    {
      name: "A token that is refused for good is not asked for again and again",
      find: "return isTransientStatus(http)",
      replace: "return http > 0",
      filter: "lms ends at once where a token is refused for good, and says what to look at",
    },
  ]),
  ...protectionsOf({ file: "src/app/topic_watch.ts", test: "tests/unit/app/topic_watch_test.ts" }, [
    {
      name: "A subscription without a topic is told again and again",
      find: "    timer = setTimeout(look, LOOK_EVERY_MS);",
      replace: "",
      filter: "watchTopic() says at once and every ten minutes that the topic was deleted, until it is disposed of",
    },
    {
      name: "Who may not look at the subscription may still pull from it",
      find: ".catch((error: Error) => {",
      replace: ".finally(() => {}).then((topic) => topic, (error: Error) => {\n      log.warn(error.message);",
      filter: "watchTopic() is silent where the topic is there and where it may not look, and looks again",
    },
  ]),
  ...protectionsOf({ file: "src/app/publish.ts", test: "tests/integration/pubsub_signals_test.ts" }, [
    {
      name: "A signal ends the wait for an answer to what was published",
      find: `else stop.addEventListener("abort", giveUp, { once: true });`,
      replace: "",
      filter: "lms sim whose publishing is not answered ends at SIGTERM, and says that its account is open",
    },
  ]),
  ...protectionsOf({ file: "src/app/pubsub.ts", test: "tests/integration/pubsub_signals_test.ts" }, [
    {
      name: "A signal ends the wait for Pub/Sub at start",
      find: "await abortable(promise, stop);",
      replace: "await promise;",
      filter: "lms pub that waits for Pub/Sub ends at SIGTERM with exit code 1",
    },
  ]),
];
