import { assert, assertEquals } from "@std/assert";
import { formatQuery } from "../../../src/reading/format_query.ts";
import { parseQuery } from "../../../src/reading/parse_query.ts";

for (
  const [given, written] of [
    ["", ""],
    ["  timeout   user/42 ", "timeout user/42"],
    ['"plain" "two words" "AND" "-x"', 'plain "two words" "AND" "-x"'],
    ["user=42 a,b x->y", '"user=42" "a,b" "x->y"'],
    [String.raw`"say \"hi\" C:\dir"`, String.raw`"say \"hi\" C:\\dir"`],
    ['pre* *"part"* -*end', "pre* *part* -*end"],
    ['SERVICE=alpha,"b c","OR"', 'service:alpha,"b c","OR"'],
    ["severity:warn", "severity:warn"],
    ["severity:fatal,error,warn", "severity>=warn"],
    ["severity<=fatal", "severity>=debug"],
    ["severity<warn -severity>error", "severity<=info -severity:fatal"],
    ["severity:info,warn severity:debug,fatal", "severity:info,warn severity:debug,fatal"],
    ['attr."trace"="abc" attr.x:* attr.y:"" attr."a:b":*c', 'attr.trace:abc attr.x:* attr.y:"" attr."a:b":*c'],
    [
      "after:2026-11-24T10:00+01:00 before:-1s -timestamp>2026-11-24",
      "after:2026-11-24T09:00:00.000000Z before:2026-11-24T09:59:59.000000Z -timestamp>2026-11-24T00:00:00.000000Z",
    ],
  ] as const
) {
  Deno.test(`formatQuery() writes ${given} as ${written}`, () => {
    const parsed = parseQuery(given, Date.UTC(2026, 10, 24, 10));
    assert(parsed.state === "query", JSON.stringify(parsed));
    assertEquals(formatQuery(parsed.query), written);
  });
}
