import { assertEquals } from "@std/assert";
import { grantedRight } from "../../../../src/store/mysql/rights.ts";

const OF: readonly (readonly [string, readonly string[], "granted" | "missing" | "unclear"])[] = [
  ["all rights on everything", ["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"], "granted"],
  ["the right among others", ["GRANT SELECT, ALTER, CREATE ON `lms`.* TO `lms`@`%`"], "granted"],
  ["the right on the table", ["GRANT SELECT, ALTER ON `lms`.`service_logs` TO `lms`@`%`"], "granted"],
  ["the right on a pattern of databases", ["GRANT ALL PRIVILEGES ON `l%`.* TO `lms`@`%`"], "granted"],
  ["the right on another table only", ["GRANT ALTER ON `lms`.`locks` TO `lms`@`%`"], "missing"],
  ["the right on another database only", ["GRANT ALL PRIVILEGES ON `lms2`.* TO `lms`@`%`"], "missing"],
  ["the right on a database whose name has an underscore", ["GRANT ALTER ON `l\\_s`.* TO `lms`@`%`"], "missing"],
  ["other rights, as MariaDB writes it", [
    "GRANT USAGE ON *.* TO `lms`@`%` IDENTIFIED BY PASSWORD '*0A'",
    "GRANT SELECT, INSERT, UPDATE ON `lms`.* TO `lms`@`%`",
  ], "missing"],
  ["a right whose name only begins so", [
    "GRANT ALTER ROUTINE, SELECT (`ALTER`, `x`) ON `lms`.* TO `lms`@`%`",
  ], "missing"],
  ["a role", ["GRANT USAGE ON *.* TO `lms`@`%`", "GRANT `writer`@`%` TO `lms`@`%`"], "unclear"],
  ["the right, of which a part was revoked", [
    "GRANT ALTER ON *.* TO `lms`@`%`",
    "REVOKE ALTER ON `lms`.* FROM `lms`@`%`",
  ], "unclear"],
  ["what nobody knows how to read", ["ALLOW EVERYTHING"], "unclear"],
  ["nothing", [], "unclear"],
];

for (const [what, grants, expected] of OF) {
  Deno.test(`grantedRight() of ${what} is ${expected}`, () => {
    assertEquals(grantedRight(grants, { right: "ALTER", database: "lms", table: "service_logs" }), expected);
    assertEquals(
      grantedRight(grants.toReversed(), { right: "ALTER", database: "lms", table: "service_logs" }),
      expected,
    );
  });
}
