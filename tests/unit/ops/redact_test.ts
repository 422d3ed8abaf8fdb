import { assertEquals } from "@std/assert";
import { redact } from "../../../src/ops/redact.ts";

for (
  const [text, expected] of [
    ["mysql://lms:secret@db:3306/lms", "mysql://lms:***@db:3306/lms"],
    ["mysql://lms:@db/lms", "mysql://lms:***@db/lms"],
    ["mysql://:secret@db/lms", "mysql://:***@db/lms"],
    ["mysql://lms:p@ss:w/rd?#@db/lms", "mysql://lms:***@db/lms"],
    ['Cannot use "mysql://lms:se"cret@db/lms": refused', 'Cannot use "mysql://lms:***@db/lms": refused'],
    ["from mysql://a:b@c to mysql://d:e@f", "from mysql://a:***@c to mysql://d:***@f"],
    ["mysql://db/lms?user=lms&password=secret&ssl=true", "mysql://db/lms?user=lms&password=***&ssl=true"],
    ["mysql://lms@db:3306/lms", "mysql://lms@db:3306/lms"],
    ["mysql://db:3306/lms", "mysql://db:3306/lms"],
    ["sqlite:./lms.db and a@b.c", "sqlite:./lms.db and a@b.c"],
    ["nothing to hide", "nothing to hide"],
  ] as const
) {
  Deno.test(`redact() makes ${JSON.stringify(expected)} of ${JSON.stringify(text)}`, () => {
    assertEquals(redact(text), expected);
  });
}
