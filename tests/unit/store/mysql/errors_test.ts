import { assert, assertEquals } from "@std/assert";
import {
  isDriverError,
  isServerAnswer,
  mysqlDisposition,
  serverText,
  toStoreError,
} from "../../../../src/store/mysql/errors.ts";
import type { Disposition } from "../../../../src/store/store.ts";

const answer = (errno: number, sqlState = "HY000", message = `error ${errno}`) =>
  Object.assign(new Error(message), { errno, sqlState, code: "ER_SOMETHING", sql: "INSERT 'secret payload'" });
/** The driver knows no name for numbers that only proxies and newer servers send. */
const nameless = (errno: number, sqlState = "HY000") => Object.assign(answer(errno, sqlState), { code: undefined });
const local = (code: string) => Object.assign(new Error(`connect ${code}`), { code, errno: -111, fatal: true });

const CASES: readonly (readonly [what: string, error: Error, disposition: Disposition])[] = [
  ["a deadlock", answer(1213, "40001"), "retry"],
  ["a lock timeout", answer(1205), "retry"],
  ["MariaDB's changed record", answer(1020), "retry"],
  ["a refused connection", local("ECONNREFUSED"), "reconnect"],
  ["a unix socket that is not there", local("ENOENT"), "reconnect"],
  ["a unix socket that may not be used", local("EACCES"), "fatal"],
  ["a lost connection", local("PROTOCOL_CONNECTION_LOST"), "reconnect"],
  ["an unknown host", local("ENOTFOUND"), "reconnect"],
  ["a read-only server", answer(1290), "reconnect"],
  ["a server that a proxy finds gone", nameless(2006), "reconnect"],
  ["a connection that a proxy lost", nameless(2013), "reconnect"],
  ["a proxy that reaches no server", nameless(9001), "reconnect"],
  ["an unknown error without a state", nameless(65_001, ""), "reconnect"],
  ["a server that shuts down", answer(1053, "08S01"), "reconnect"],
  ["too many connections", answer(1040, "08004"), "reconnect"],
  ["a full disk", answer(1021), "reconnect"],
  ["a value that is too long", answer(1406, "22001"), "reject"],
  ["characters that do not fit", answer(1366), "reject"],
  ["a word that an ENUM does not have", answer(1265, "01000"), "reject"],
  ["more than the binary log's cache takes", answer(1197), "oversized"],
  ["more than a packet", answer(1153, "08S01"), "oversized"],
  ["more rows than Galera takes", answer(1180, "HY000", "wsrep_max_ws_rows exceeded"), "oversized"],
  ["more bytes than Galera takes", answer(1105, "HY000", "Maximum writeset size exceeded"), "oversized"],
  ["anything else without a number of its own", answer(1105), "reconnect"],
  ["a commit with an unknown end", answer(1180, "HY000", "Got error 5 - 'I/O error' during COMMIT"), "reconnect"],
  ["a race lost to another member", answer(1180, "HY000", "Got error 149 - 'Lock deadlock' during COMMIT"), "retry"],
  ["a wrong password", answer(1045, "28000"), "fatal"],
  ["a missing table", answer(1146, "42S02"), "fatal"],
  ["an unknown database", answer(1049, "42000"), "fatal"],
  ["a certificate that does not verify", local("HANDSHAKE_SSL_ERROR"), "fatal"],
  ["an unknown data exception", answer(65_001, "22ABC"), "reject"],
  ["an unknown rollback", answer(65_001, "40ABC"), "retry"],
  ["an unknown refusal of access", answer(65_001, "42ABC"), "fatal"],
  ["anything unknown from a server", answer(65_001), "reconnect"],
  ["anything unknown on the way to it", local("E_NEW"), "reconnect"],
];

for (const [what, error, disposition] of CASES) {
  Deno.test(`mysqlDisposition() of ${what} is ${disposition}`, () => {
    assertEquals(mysqlDisposition(error), disposition);
    assert(isDriverError(error));
  });
}

Deno.test("isServerAnswer() tells a server's error from a lost connection", () => {
  assert(isServerAnswer(answer(1213)));
  assert(!isServerAnswer(local("ECONNRESET")));
});

Deno.test("isDriverError() leaves a fault of this program alone", () => {
  assert(!isDriverError(new TypeError("undefined is not a function")));
  assert(!isDriverError("a string"));
});

Deno.test("toStoreError() keeps message and numbers, and drops the statement with its payloads", () => {
  const error = toStoreError("write batch", answer(1213, "40001"));
  assertEquals(error.message, "Cannot write batch: error 1213");
  assertEquals(error.disposition, "retry");
  assertEquals({ ...error.cause as object }, { errno: 1213, sqlState: "40001", code: "ER_SOMETHING" });
  assert(!Deno.inspect(error, { depth: 10 }).includes("secret payload"));
});

Deno.test("toStoreError() says the code where the driver says nothing else", () => {
  assertEquals(
    toStoreError("read", Object.assign(new Error(""), { code: "ECONNREFUSED" })).message,
    "Cannot read: ECONNREFUSED",
  );
});

for (
  const [what, text, kept] of [
    [
      "vtgate",
      `target: lms.-.primary: vttablet: Data too long for column 'payload' (errno 1406) (sqlstate 22001) \
(CallerID: lms): Sql: "insert into service_logs values (:v1)", BindVars: {v1: "type:VARCHAR value:\\"secret payload\\""}`,
      "target: lms.-.primary: vttablet: Data too long for column 'payload' (errno 1406) (sqlstate 22001) \
(CallerID: lms) …",
    ],
    [
      "a parser",
      "You have an error in your SQL syntax; check the manual for the right syntax to use near 'secret payload'' at line 1",
      "You have an error in your SQL syntax; check the manual for the right syntax to use …",
    ],
  ] as const
) {
  Deno.test(`toStoreError() leaves the statement out that ${what} repeats`, () => {
    const error = toStoreError("write batch", Object.assign(answer(1406), { message: text }));
    assertEquals(error.message, `Cannot write batch: ${kept}`);
    assertEquals((error.cause as Error).message, kept);
  });
}

Deno.test("serverText() is one line of at most 301 characters, without what moves a cursor or turns a line around", () => {
  assertEquals(serverText("a\r\nb\u001b[2Jc\u202ed\u2028\ue000\ud800"), "a b\\u001b[2Jc\\u202ed \ue000\\ud800");
  assertEquals(serverText("Duplicate entry 'x' for key 'PRIMARY'"), "Duplicate entry 'x' for key 'PRIMARY'");
  assertEquals(serverText("x".repeat(300)), "x".repeat(300));
  assertEquals(serverText("x".repeat(400)), `${"x".repeat(300)}…`);
});
