import { assert, assertMatch } from "@std/assert";
import { type MysqlAddress, parseDatabaseUrl } from "../../../../src/store/database_url.ts";
import { adviceFor } from "../../../../src/store/mysql/advice.ts";

function address(options = ""): MysqlAddress {
  const parsed = parseDatabaseUrl(`mysql://lms:hunter2@db.example/logs${options}`);
  assert(parsed.ok && parsed.value.kind === "mysql");
  return parsed.value;
}

const answer = (errno: number) => Object.assign(new Error("an answer"), { errno, sqlState: "HY000", code: "ER_X" });
const local = (code: string, message = code) => Object.assign(new Error(message), { code, fatal: true });

const CASES: readonly (readonly [what: string, cause: unknown, at: MysqlAddress, advice: RegExp])[] = [
  ["a missing table", answer(1146), address(), /^run "lms migrate" on mysql:\/\/db\.example:3306\/logs first$/],
  ["a missing database", answer(1049), address(), /^run "lms migrate"/],
  ["a database without rights", answer(1044), address(), /logs/],
  ["a server that demands TLS", answer(3159), address(), /add ssl=verify_identity/],
  ["a server without TLS", local("HANDSHAKE_NO_SSL_SUPPORT"), address("?ssl=required"), /asks for ssl=required/],
  [
    "an authority that this machine does not know",
    local("HANDSHAKE_SSL_ERROR", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    address("?ssl=verify_ca"),
    /none of the authorities that this machine trusts; .* ssl_ca$/,
  ],
  [
    "an authority that ssl_ca does not hold",
    local("HANDSHAKE_SSL_ERROR", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    address("?ssl=verify_ca&ssl_ca=/ca.pem"),
    /authorities in ssl_ca "\/ca\.pem"/,
  ],
  [
    "a certificate for another name",
    local("HANDSHAKE_SSL_ERROR", "Hostname/IP does not match certificate's altnames: Host: db.example."),
    address("?ssl=verify_identity"),
    /name the host as its certificate does/,
  ],
];

for (const [what, cause, at, advice] of CASES) {
  Deno.test(`adviceFor() of ${what} says what to do`, () => {
    const given = adviceFor(cause, at);
    assertMatch(given ?? "none", advice);
    assert(!given!.includes("hunter2"));
  });
}

Deno.test("adviceFor() of anything else is silent", () => {
  for (const cause of [answer(1213), local("ECONNREFUSED"), local("HANDSHAKE_SSL_ERROR"), undefined]) {
    assert(adviceFor(cause, address("?ssl=verify_ca")) === undefined);
  }
});
