import { assertEquals } from "@std/assert";
import { acceptedType } from "../../../../src/http/api/accept.ts";

const TYPES = ["application/x-ndjson", "text/csv"] as const;

for (
  const [accept, type] of [
    [null, "application/x-ndjson"],
    ["", "application/x-ndjson"],
    ["*/*", "application/x-ndjson"],
    ["text/csv", "text/csv"],
    ["TEXT/CSV; charset=utf-8", "text/csv"],
    ["text/*, */*;q=0.1", "text/csv"],
    ["*/*, application/x-ndjson;q=0", "text/csv"],
    ["application/x-ndjson;q=0.5, text/csv;q=0.6", "text/csv"],
    ["text/html", undefined],
    ["*/*;q=0", undefined],
    ["text/csv;q=nonsense", undefined],
  ] as const
) {
  Deno.test(`acceptedType() of "${accept}" is ${type}`, () => assertEquals(acceptedType(accept, TYPES), type));
}
