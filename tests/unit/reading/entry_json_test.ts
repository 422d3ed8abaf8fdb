import { assertEquals } from "@std/assert";
import { entryJson } from "../../../src/reading/entry_json.ts";
import { key } from "../../support/entries.ts";
import { readEntry } from "../../support/memory_log_queries.ts";

Deno.test("entryJson() has every value, and times as RFC 3339", () => {
  assertEquals(entryJson(readEntry({ ...key(7), attributes: { trace: "abc" }, batch: 2n ** 62n })), {
    id: "1000007@2026-01-02T03:04:05.000007Z",
    publish_time: "2026-01-02T03:04:05.000007Z",
    message_id: "1000007",
    service_name: "alpha",
    severity: "info",
    payload: "started",
    timestamp: "2026-01-02T03:04:05.000007Z",
    created_at: "2026-01-02T03:04:05.000007Z",
    attributes: { trace: "abc" },
    batch: "4611686018427387904",
  });
});
