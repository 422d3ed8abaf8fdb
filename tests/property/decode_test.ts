import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decode } from "../../src/entry/decode.ts";
import { encode } from "../../src/entry/encode.ts";
import { DEAD_LETTER_REASONS, SEVERITIES } from "../../src/entry/entry.ts";
import { parseRfc3339 } from "../../src/entry/instant.ts";
import { DETAIL_MAX } from "../../src/entry/limits.ts";
import { entryFields, keys, malformedMessages, message, texts } from "../support/entries.ts";

Deno.test("decode() gives back what encode() was given", () => {
  fc.assert(fc.property(keys(), entryFields(), (key, fields) => {
    const entry = { timestamp: key.publishTime, ...key, ...fields };
    assertEquals(decode(message(encode(fields), key)), { ok: true, value: entry });
  }));
});

Deno.test("decode() gives every malformation its reason, whatever else the message holds", () => {
  fc.assert(fc.property(malformedMessages(), ({ message, reason }) => {
    const decoded = decode(message);
    assertEquals(decoded.ok ? decoded : decoded.problem.reason, reason);
  }));
});

Deno.test("decode() calls bytes not_utf8 exactly when the platform's strict decoder refuses them", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(texts({ maxLength: 10 }), fc.uint8Array({ maxLength: 3 }), texts({ maxLength: 10 })).map((
      [before, raw, after],
    ) => new Uint8Array([...new TextEncoder().encode(before), ...raw, ...new TextEncoder().encode(after)])),
  );
  fc.assert(
    fc.property(bytes, (data) => {
      let refused = false;
      try {
        strict.decode(data);
      } catch {
        refused = true;
      }
      const decoded = decode(message(data));
      assertEquals(!decoded.ok && decoded.problem.reason === "not_utf8", refused);
    }),
    { numRuns: 1_000 },
  );
});

/** JSON that is a message more often than not, with any values. */
function nearMessages(): fc.Arbitrary<string> {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
    fc.constantFrom("alpha", "info", "WARNING", "2026-01-02T03:04:05Z", "a".repeat(101)),
  );
  return fc.record({
    service_name: fc.oneof(value, fc.constantFrom("alpha", " bravo ")),
    payload: fc.oneof(value, fc.string({ unit: "binary" })),
    severity: fc.oneof(value, fc.constantFrom(...SEVERITIES, "Warning")),
    timestamp: fc.option(value, { nil: "2026-01-02T03:04:05+01:00" }),
    // In brackets it is a key like any other; without them it would set the prototype of this very object.
    ["__proto__"]: value,
    other: value,
  }, { requiredKeys: ["severity"] }).map((fields) => JSON.stringify(fields));
}

Deno.test("decode() never throws, never changes its input, and keeps every rule in what it returns", () => {
  const data = fc.oneof(nearMessages(), fc.string({ unit: "binary" }), fc.json()).map((text) => message(text));
  fc.assert(
    fc.property(fc.oneof(data, fc.uint8Array().map((bytes) => message(bytes))), (given) => {
      const before = given.data.slice();
      const decoded = decode(given);
      assertEquals(given.data, before);
      if (!decoded.ok) {
        assert(DEAD_LETTER_REASONS.includes(decoded.problem.reason));
        assert(decoded.problem.detail.length > 0 && decoded.problem.detail.length <= DETAIL_MAX);
        assert(decoded.problem.detail.isWellFormed());
        return;
      }
      const { serviceName, payload, severity, timestamp, publishTime, messageId } = decoded.value;
      assertEquals(serviceName, serviceName.trim());
      assert(serviceName.length > 0 && [...serviceName].length <= 100);
      assert(serviceName.isWellFormed() && payload.isWellFormed());
      assert(new TextEncoder().encode(payload).length <= 65_535);
      assert(SEVERITIES.includes(severity));
      assertEquals(parseRfc3339(`${timestamp.replace(" ", "T")}Z`), { ok: true, value: timestamp });
      assertEquals({ publishTime, messageId }, { publishTime: given.publishTime, messageId: given.messageId });
    }),
    { numRuns: 1_000 },
  );
});
