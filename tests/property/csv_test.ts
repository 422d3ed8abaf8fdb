import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { CSV_HEADER, csvRecord } from "../../src/entry/csv.ts";
import { rfc3339Of } from "../../src/entry/instant.ts";
import { entries, instants } from "../support/entries.ts";

/** Reads RFC 4180 character by character, with LF or CRLF between records. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value = "";
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (at >= text.length) throw new Error("a quoted field does not end");
        if (text[at] === '"') at++;
        value += text[at];
      }
      at++;
    } else {
      while (at < text.length && !/[,\r\n]/.test(text[at]!)) value += text[at++];
      if (value.includes('"')) throw new Error("a quote within a field that is not quoted");
    }
    record.push(value);
    if (text[at] === ",") {
      at++;
      if (at < text.length) continue;
    }
    if (text[at] === "\r") at++;
    if (text[at] !== "\n") throw new Error(`no record end at ${at}`);
    at++;
    records.push(record);
    record = [];
  }
  return records;
}

Deno.test("csvRecord() is read back field by field by an RFC 4180 reader, whatever the texts hold", () => {
  fc.assert(fc.property(fc.array(fc.tuple(entries(), instants())), (rows) => {
    const text = CSV_HEADER + rows.map(([entry, createdAt]) => csvRecord({ ...entry, createdAt })).join("");
    assertEquals(parseCsv(text), [
      ["service_name", "payload", "severity", "timestamp", "created_at"],
      ...rows.map(([entry, createdAt]) => [
        entry.serviceName,
        entry.payload,
        entry.severity,
        rfc3339Of(entry.timestamp),
        rfc3339Of(createdAt),
      ]),
    ]);
  }));
});

Deno.test("csvRecord() of awkward characters is read back, also next to the record's end", () => {
  const awkward = fc.string({ unit: fc.constantFrom('"', ",", "\r", "\n", " ", "a"), maxLength: 8 });
  fc.assert(
    fc.property(awkward, awkward, (serviceName, payload) => {
      const at = "2026-01-02 03:04:05.000006";
      const [fields] = parseCsv(csvRecord({ serviceName, payload, severity: "info", timestamp: at, createdAt: at }));
      assertEquals(fields?.slice(0, 2), [serviceName, payload]);
    }),
    { numRuns: 1_000 },
  );
});
