import { assertEquals } from "@std/assert";
import { CSV_HEADER, csvRecord } from "../../../src/entry/csv.ts";

const ENTRY = {
  serviceName: "alpha",
  payload: "started",
  severity: "info",
  timestamp: "2026-01-02 03:04:05.000006",
  createdAt: "2026-01-02 03:04:06.700000",
} as const;
const TAIL = "info,2026-01-02T03:04:05.000006Z,2026-01-02T03:04:06.700000Z\n";

Deno.test("csvRecord() writes the columns that the header names, times in UTC with six digits", () => {
  assertEquals(CSV_HEADER, "service_name,payload,severity,timestamp,created_at\n");
  assertEquals(csvRecord(ENTRY), `alpha,started,${TAIL}`);
});

for (
  const [payload, field] of [
    ["", ""],
    ["a b", "a b"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ["two\r\nlines", '"two\r\nlines"'],
    ["old\rmac", '"old\rmac"'],
    [" outer ", '" outer "'],
    ['"', '""""'],
    ["=1+1", "=1+1"],
    ["semi;colon", "semi;colon"],
  ] as const
) {
  Deno.test(`csvRecord() writes the payload ${JSON.stringify(payload)} as ${JSON.stringify(field)}`, () => {
    assertEquals(csvRecord({ ...ENTRY, payload }), `alpha,${field},${TAIL}`);
  });
}

Deno.test("csvRecord() quotes the service name too", () => {
  assertEquals(csvRecord({ ...ENTRY, serviceName: "a,b" }), `"a,b",started,${TAIL}`);
});
