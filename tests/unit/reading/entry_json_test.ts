import { assertEquals } from "@std/assert";
import { entryId, entryJson, keyOfId } from "../../../src/reading/entry_json.ts";
import { key } from "../../support/entries.ts";
import { readEntry } from "../../support/memory_log_queries.ts";

Deno.test("entryJson() has every value, and times as RFC 3339", () => {
  assertEquals(entryJson(readEntry({ ...key(7), attributes: { trace: "abc" } })), {
    id: "1000007@2026-01-02T03:04:05.000007Z",
    publish_time: "2026-01-02T03:04:05.000007Z",
    message_id: "1000007",
    service_name: "alpha",
    severity: "info",
    timestamp: "2026-01-02T03:04:05.000007Z",
    payload: "started",
    attributes: { trace: "abc" },
    created_at: "2026-01-02T03:04:05.000007Z",
  });
});

Deno.test("keyOfId() reads what entryId() writes, whatever the message id holds, and nothing else", () => {
  for (const messageId of ["1", "a@b", "@", "a b"]) {
    const { publishTime } = key(7);
    assertEquals(keyOfId(entryId({ publishTime, messageId })), { publishTime, messageId });
  }
  for (const text of ["", "1", "@2026-01-02T03:04:05Z", "1@yesterday"]) assertEquals(keyOfId(text), undefined);
});
