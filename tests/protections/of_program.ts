/**
 * The protections of the message format, of the process, and of what people read.
 *
 * @module
 */
import { type Protection, protectionsOf } from "./protection.ts";

const MONITOR = "tests/contract/monitor_outage_test.ts";

/** See {@linkcode Protection}. */
export const OF_PROGRAM: readonly Protection[] = [
  ...protectionsOf({ file: "src/entry/decode.ts", test: "tests/unit/entry/decode_test.ts" }, [
    {
      name: "Bytes that are no UTF-8 are a dead letter, never stored as U+FFFD",
      find: "    return STRICT_UTF8.decode(data);",
      replace: "    return text;",
      test: "tests/property/decode_test.ts",
      filter: "decode() calls bytes not_utf8 exactly when the platform's strict decoder refuses them",
    },
    {
      name: "Half of a surrogate pair is a bad field, never stored as U+FFFD",
      find: `typeof value === "string" && value.isWellFormed();`,
      replace: `typeof value === "string";`,
      filter: "decode() says what is wrong with half a surrogate pair",
    },
    {
      name: "A payload that its column cannot hold is a dead letter, never cut",
      find: "    if (bytes > PAYLOAD_BYTES_MAX) {",
      replace: "    if (bytes < 0) {",
      filter: "decode() counts a payload in bytes of UTF-8: 65,535 are allowed and 65,536 are not",
    },
    {
      name: "A service name that its column cannot hold is a dead letter, never cut",
      find: "if (longerThan(serviceName, SERVICE_NAME_MAX)) {",
      replace: "if (serviceName.length < 0) {",
      filter: "decode() counts a service name in code points: 100 are allowed and 101 are not",
    },
    {
      name: "A missing field is never defaulted",
      find: "const { service_name, payload, severity, timestamp } =",
      replace: `const { service_name = "", payload, severity, timestamp } =`,
      filter: "decode() names every missing field, before it looks at the others' values",
    },
  ]),
  ...protectionsOf({ file: "src/entry/decode.ts", test: "tests/unit/entry/decode_test.ts" }, [
    {
      name: "Data that is larger than an entry can be is not parsed: it would take 56 times its size",
      find: "  if (length > MESSAGE_BYTES_MAX) {",
      replace: "  if (length < 0) {",
      filter: "decode() looks into data up to a size that an entry cannot have, and into nothing larger",
    },
  ]),
  ...protectionsOf({ file: "src/entry/identity.ts", test: "tests/unit/entry/identity_test.ts" }, [
    {
      name: "An id that its column cannot hold gets a key made for it, and its batch is stored",
      find: "if (messageId.length > MESSAGE_ID_MAX) return",
      replace: "if (messageId.length < 0) return",
      filter: "identify() makes a key for a message whose id is of 129 characters",
    },
    {
      name: "Ids that a database takes for the same, as 77 and 77 with a space, are not both taken for keys",
      find: "const MESSAGE_ID = /^[!-~](?:[ -~]*[!-~])?$/;",
      replace: "const MESSAGE_ID = /^[ -~]+$/;",
      filter: "identify() makes a key for a message whose id is followed by a space",
    },
    {
      name: "No server can send the key of another message that was made here",
      find: "return messageId.startsWith(MADE_HERE) ?",
      replace: "return messageId === MADE_HERE ?",
      filter: "identify() gives a message that claims to have a made key another one",
    },
    {
      name: "A publish time that is absent or before 1970 is no part of a key",
      find: "time.ok && time.value > EPOCH",
      replace: "time.ok",
      filter: "identify() makes a key for a message whose publish time is absent",
    },
    {
      name: "A made key differs for messages that differ in nothing but their publish time",
      find: "JSON.stringify([messageId, seconds, nanos])",
      replace: "JSON.stringify([messageId])",
      filter: "identify() makes the same key for every redelivery, and another one for every other message",
    },
  ]),
  ...protectionsOf({ file: "src/pubsub/pull_response.ts", test: "tests/contract/pull_response_test.ts" }, [
    {
      name: "Two message ids that are no text do not become the same",
      find: `toString("latin1", this.#number(MESSAGE_ID_START)`,
      replace: `toString("utf8", this.#number(MESSAGE_ID_START)`,
      filter: "readPullResponse() tells apart ids that are no text",
    },
  ]),
  ...protectionsOf({ file: "src/wire/protobuf.ts", test: "tests/unit/wire/protobuf_test.ts" }, [
    {
      name: "A negative time is read as what it is, and differs from other negative times",
      find: "if (this.value >= 2 ** 63) this.value = this.#signed(this.start);",
      replace: "",
      filter: "WireReader reads negative numbers",
    },
  ]),
  ...protectionsOf({ file: "src/app/flood_watch.ts", test: "tests/unit/app/flood_watch_test.ts" }, [
    {
      name: "A flood of undecodable messages is told once a minute and not with every batch",
      find: "    if (this.#told && !over) return;",
      replace: "",
      filter: "FloodWatch tells of a flood that goes on once a minute",
    },
  ]),
  ...protectionsOf({ file: "src/entry/instant.ts", test: "tests/unit/entry/instant_test.ts" }, [
    {
      name: "A publish time, half of a message's identity, is cut to microseconds and never rounded",
      find: "const micros = Math.trunc(nanos / 1000);",
      replace: "const micros = Math.round(nanos / 1000) % 1_000_000;",
      filter: "instantOfProto() cuts nanoseconds and never rounds up into the next second",
    },
  ]),
  ...protectionsOf({ file: "src/ops/redact.ts", test: "tests/unit/ops/redact_test.ts" }, [
    {
      name: "A password in an address is not shown",
      find: "`${run.slice(0, colon + 1)}***${run.slice(at)}`",
      replace: "run",
      filter: "redact() makes",
    },
  ]),
  ...protectionsOf({ file: "src/ops/log_line.ts", test: "tests/unit/ops/logger_test.ts" }, [
    {
      name: "No password is written to the log",
      find: "  const safe = redact(text);",
      replace: "  const safe = text;",
      filter: "passwords are not written, wherever they stand",
    },
  ]),
  ...protectionsOf({ file: "src/ops/safe_text.ts", test: "tests/unit/ops/safe_text_test.ts" }, [
    {
      name: "Nothing from outside leaves its line, moves a cursor or turns the direction of writing",
      find: "return text.replace(UNSAFE, (char) =>",
      replace: "return text.replace(/\\n/g, (char) =>",
      filter: "oneLine() escapes every control",
    },
  ]),
  ...protectionsOf({ file: "src/app/entry_log.ts", test: "tests/unit/app/entry_log_test.ts" }, [
    {
      name: "A payload does nothing to the terminal that it is shown on",
      find: "print(interactive ? oneLine(record) : record);",
      replace: "print(record);",
      filter: "EntryLog prints exactly what is stored where a program reads it, and one safe line where a person does",
    },
  ]),
  ...protectionsOf({ file: "src/cli/run.ts", test: "tests/integration/terminal_test.ts" }, [
    {
      name: "What ends a command is one record of the log",
      find: "    log.error(failure);",
      replace: "    world.complain(failure);",
      filter: "lms says what ends it in one record of its log, in the format of the rest",
    },
    {
      name: "What is refused before there is a log is a record too where JSON is asked for",
      find: 'if (asked === "json" || asked === "gcp")',
      replace: 'if (asked === "text")',
      filter:
        "lms says which setting it cannot use in one record where its log is to be JSON, and in a plain line else",
    },
  ]),
  ...protectionsOf({ file: "src/cli/run.ts", test: "tests/contract/command_line_test.ts" }, [
    {
      name: "A variable that does nothing is told of",
      find: "    log.warn(warning);",
      replace: "    log.debug(warning);",
      filter: "run() warns once of each variable of the command that does not do what it seems to",
    },
  ]),
  ...protectionsOf({ file: "src/config/variables.ts", test: "tests/unit/config/variables_test.ts" }, [
    {
      name: "An address that Kubernetes sets is taken for no setting",
      find: "SERVICE_ADDRESS.test(value) ||",
      replace: "",
      filter: "misleadingVariables() takes no address of a Kubernetes service for a near miss",
    },
  ]),
  ...protectionsOf({ file: "src/ops/log_line.ts", test: "tests/unit/ops/logger_test.ts" }, [
    {
      name: "No field of a record sets Cloud Logging's own",
      find: "fields, CLOUD_KEYS);",
      replace: "fields, RECORD_KEYS);",
      filter: "a line for Cloud Logging lets no field be read as one of Cloud Logging's own",
    },
  ]),
  ...protectionsOf({ file: "src/app/database.ts", test: "tests/unit/app/database_test.ts" }, [
    {
      name: "No command works on a database that nobody named",
      find: "const why = named ??",
      replace: "const why = ",
      filter: "openDatabase() that must be told where says why, and how to name a database",
    },
  ]),
  ...protectionsOf({ file: "src/commands/sim/run.ts", test: "tests/integration/cli_test.ts" }, [
    {
      name: "A manifest that cannot be written is refused before anything is published",
      find: "if (config.manifest !== undefined) await reserve(config.manifest, reserveFile);",
      replace: "",
      filter: "lms refuses a manifest's path that cannot be written",
    },
  ]),
  ...protectionsOf({ file: "src/http/conversation.ts", test: "tests/integration/http_server_test.ts" }, [
    {
      name: "Connections to the health port are bounded",
      find: "if (this.#connections.size >= this.#limits.connections) {",
      replace: "if (this.#connections.size < 0) {",
      filter: "serveHttp() over its connections closes the one that has waited longest, and answers the newest",
    },
  ]),
  ...protectionsOf({ file: "src/http/connection.ts", test: "tests/integration/http_server_test.ts" }, [
    {
      name: "A request that is never whole holds no connection",
      find: "const timer = setTimeout(() => this.close(), ms);",
      replace: "const timer = setTimeout(() => {}, ms);",
      filter: "serveHttp() closes a connection whose request is not whole in time, wherever it stopped",
    },
  ]),
  ...protectionsOf({ file: "src/http/body.ts", test: "tests/integration/http_server_test.ts" }, [
    {
      name: "A body in chunks is bounded as a whole",
      find: "if (body.length + size > bytesMax)",
      replace: "if (size > bytesMax)",
      filter: "serveHttp() answers chunks that are together over the limit with 413 and closes",
    },
  ]),
  ...protectionsOf({ file: "src/emulator/port.ts", test: "tests/contract/pubsub_port_test.ts" }, [
    {
      name: "A connection to the emulator that shows nothing is closed",
      find: "const timer = setTimeout(leave, ",
      replace: "const timer = setTimeout(() => {}, ",
      filter: "Port closes a connection that says nothing, or too little to tell what it speaks",
    },
  ]),
  ...protectionsOf({ file: "src/emulator/json_api.ts", test: "tests/contract/pubsub_json_test.ts" }, [
    {
      name: "JSON of very many values is refused before it is parsed",
      find: "if (hasMoreValues(bytes, VALUES_MAX))",
      replace: "if (bytes.length < 0)",
      filter: "FakeServer over HTTP answers JSON of 4,000,000 values with 400, in JSON, and lives on",
    },
    {
      name: "A page of another site publishes nothing to the emulator",
      find: 'if (headers.has("origin") && ',
      replace: 'if (headers.has("sec-none") && ',
      filter: "FakeServer over HTTP refuses pages of other sites, which need no leave to send text",
    },
  ]),
  ...protectionsOf({ file: "src/ops/stderr.ts", test: "tests/integration/log_reader_test.ts" }, [
    {
      name: "A reader of the log who does not read holds nothing up",
      find: "write: (bytes) => stream.write(bytes),",
      replace: "write: (bytes) => Promise.resolve(Deno.stderr.writeSync(bytes)),",
      filter:
        "lms mon stores and acknowledges while nobody reads its log, and says afterwards how many lines were dropped",
    },
  ]),
  ...protectionsOf({ file: "src/ops/text_queue.ts", test: "tests/unit/ops/text_queue_test.ts" }, [
    {
      name: "The log that waits for its reader is bounded",
      find: "if (this.#waiting + text.length > this.#options.waitingMax && this.#waiting > 0) this.#dropped++;",
      replace: "if (text.length < 0) this.#dropped++;",
      filter:
        "TextQueue drops what a stuck stream cannot take, says how much once there is room, and keeps what it must",
    },
  ]),
  ...protectionsOf({ file: "src/main.ts", test: "tests/integration/log_reader_test.ts" }, [
    {
      name: "A terminal that goes away drains LMS",
      find: "if (terminal.live) stop();",
      replace: "if (terminal.live) Deno.exit(1);",
      filter: "lms mon whose terminal goes away stores what it holds",
    },
  ]),
  ...protectionsOf({ file: "src/app/grace.ts", test: "tests/unit/app/grace_test.ts" }, [
    {
      name: "The grace period is the whole, acknowledging and giving back included",
      find: "sendingMs: Math.max(graceMs - lastRequestsMs, 0)",
      replace: "sendingMs: graceMs",
      filter: "shareOut() divides the whole and no more, but for half a second",
    },
  ]),
  ...protectionsOf({ file: "src/app/run_monitor.ts", test: MONITOR }, [
    {
      name: "A drain ends with the grace period, and gives back what is not stored",
      find: `abort.abort(new Error("the grace period is over"));`,
      replace: "",
      filter: "lms mon told to stop while the database is away gives everything back after GRACE, and exits 3",
      needs: "servers",
    },
    {
      name: "Being told to stop drains: what is held is stored and acknowledged",
      find: "    subscriber.drain();\n",
      replace: "    abortNow();\n",
      filter: "lms mon told to stop commits and acknowledges its last partial batch, and exits 0",
    },
  ]),
  ...protectionsOf({ file: "src/commands/mon/run.ts", test: MONITOR }, [
    {
      name: "Messages that were given back show in the exit code",
      find: "return result.handedBack > 0 ? EXIT.handedBack : EXIT.ok;",
      replace: "return EXIT.ok;",
      filter: "lms mon at a second signal gives back what is not stored at once, and exits 3",
    },
  ]),
  ...protectionsOf({ file: "src/main.ts", test: MONITOR }, [
    {
      name: "A second signal stops at once, and waits for no grace period",
      find: "if (drain.signal.aborted) abort.abort();",
      replace: "if (drain.signal.aborted) return;",
      filter: "lms mon at a second signal gives back what is not stored at once, and exits 3",
    },
  ]),
  ...protectionsOf({ file: "src/app/database.ts", test: "tests/unit/app/database_test.ts" }, [
    {
      name: "A database that is not there yet is waited for at the start",
      find: `if (!(error instanceof StoreError) || error.disposition === "fatal") throw error;`,
      replace: "throw error;",
      filter: "prepareStore() tries again while the database is away",
    },
  ]),
  ...protectionsOf({
    file: "src/app/database_address.ts",
    test: "tests/unit/app/database_address_test.ts",
  }, [
    {
      name: "Of two passwords none is chosen in silence",
      find: "if (given.length > 1) throw",
      replace: "if (given.length > 9) throw",
      filter: "findDatabase() refuses two passwords beside the URL",
    },
    {
      name: "A password's file that is being replaced does not end a running monitor",
      find: "password: () => password().catch(waitFor)",
      replace: "password",
      filter: "findDatabase() waits for a password's file that is gone while LMS runs",
    },
  ]),
  ...protectionsOf({ file: "src/app/secret_file.ts", test: "tests/unit/app/secret_file_test.ts" }, [
    {
      name: "A secret out of a file loses one newline and is otherwise what the file holds",
      find: `text.replace(/\\r?\\n$/, "")`,
      replace: "text.trim()",
      filter: `readSecret() takes "\\n sec ret \\n"`,
    },
  ]),
];
