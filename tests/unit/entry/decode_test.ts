import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decode, type Decoded, type Invalid } from "../../../src/entry/decode.ts";
import type { LogEntry } from "../../../src/entry/entry.ts";
import { DETAIL_MAX, MESSAGE_BYTES_MAX, PAYLOAD_BYTES_MAX } from "../../../src/entry/limits.ts";
import { MALFORMATIONS } from "../../../src/sim/malformed.ts";
import { message, PUBLISH_TIME } from "../../support/entries.ts";

const GOOD = { service_name: "alpha", payload: "started", severity: "info" };

function valid(data: unknown): LogEntry {
  const decoded = decode(message(data));
  assert(decoded.ok, JSON.stringify(decoded));
  return decoded.value;
}

function invalid(data: unknown): Invalid {
  const decoded = decode(message(data));
  assert(!decoded.ok, JSON.stringify(decoded));
  return decoded.problem;
}

Deno.test("decode() makes an entry of the three required fields, and takes the publish time where no time is given", () => {
  const decoded: Decoded = decode(message(GOOD, { messageId: "77" }));
  assertEquals(decoded, {
    ok: true,
    value: {
      publishTime: PUBLISH_TIME,
      messageId: "77",
      serviceName: "alpha",
      payload: "started",
      severity: "info",
      timestamp: PUBLISH_TIME,
    },
  });
});

Deno.test("decode() converts the timestamp to UTC", () => {
  const { timestamp } = valid({ ...GOOD, timestamp: "2026-01-02T05:04:05.1234567+02:00" });
  assertEquals(timestamp, "2026-01-02 03:04:05.123456");
});

for (
  const [written, severity] of [
    ["debug", "debug"],
    ["INFO", "info"],
    ["Warn", "warn"],
    ["warning", "warn"],
    ["WaRnInG", "warn"],
    ["eRROR", "error"],
    ["fatal", "fatal"],
  ] as const
) {
  Deno.test(`decode() reads severity ${written} as ${severity}`, () => {
    assertEquals(valid({ ...GOOD, severity: written }).severity, severity);
  });
}

for (const severity of ["", " info", "critical", "err", "constructor", "\u0131nfo", "INFO\0"]) {
  Deno.test(`decode() refuses severity ${JSON.stringify(severity)}`, () => {
    const { reason, detail } = invalid({ ...GOOD, severity });
    assertEquals(reason, "bad_field");
    assertStringIncludes(detail, "severity: not one of debug, info, warn, error, fatal: ");
  });
}

Deno.test("decode() trims the service name of every Unicode white space, and keeps what is within", () => {
  assertEquals(valid({ ...GOOD, service_name: "\u00a0\ufeff\u2003 order  desk\r\n\t" }).serviceName, "order  desk");
});

Deno.test("decode() counts a service name in code points: 100 are allowed and 101 are not", () => {
  assertEquals(valid({ ...GOOD, service_name: "🚀".repeat(100) }).serviceName, "🚀".repeat(100));
  assertEquals(valid({ ...GOOD, service_name: ` ${"a".repeat(100)} ` }).serviceName, "a".repeat(100));
  for (const service_name of ["🚀".repeat(101), "a".repeat(101)]) {
    const { reason, detail } = invalid({ ...GOOD, service_name });
    assertEquals(reason, "too_large");
    assertStringIncludes(detail, "service_name: over 100 characters");
  }
});

Deno.test("decode() counts a payload in bytes of UTF-8: 65,535 are allowed and 65,536 are not", () => {
  assertEquals(PAYLOAD_BYTES_MAX, 65_535);
  for (const character of ["x", "é", "→", "🚀", '"', "\0"]) {
    const size = new TextEncoder().encode(character).length;
    const fits = character.repeat(Math.floor(65_535 / size)) + "x".repeat(65_535 % size);
    assertEquals(valid({ ...GOOD, payload: fits }).payload, fits);
    const { reason, detail } = invalid({ ...GOOD, payload: `${fits}x` });
    assertEquals(reason, "too_large");
    assertStringIncludes(detail, "payload: 65536 bytes");
  }
});

Deno.test("decode() measures the payload and not the message: a large field of another name does no harm", () => {
  assertEquals(valid({ ...GOOD, trace: "x".repeat(200_000) }).payload, "started");
});

Deno.test("decode() keeps an empty payload, NUL and other controls", () => {
  assertEquals(valid({ ...GOOD, payload: "" }).payload, "");
  assertEquals(valid({ ...GOOD, payload: "a\0b\u001b[31m\r\n" }).payload, "a\0b\u001b[31m\r\n");
});

Deno.test("decode() keeps a U+FFFD that the service itself wrote", () => {
  assertEquals(valid({ ...GOOD, payload: "lost: \ufffd" }).payload, "lost: \ufffd");
});

Deno.test("decode() reads data that is a window of a larger buffer", () => {
  const whole = new TextEncoder().encode(`garbage${JSON.stringify(GOOD)}garbage`);
  assertEquals(valid(whole.subarray(7, whole.length - 7)).serviceName, "alpha");
});

Deno.test("decode() takes the last of two values of one key", () => {
  assertEquals(valid('{"payload":"a","service_name":"x","severity":"info","payload":"b"}').payload, "b");
});

Deno.test("decode() ignores unknown fields, __proto__ among them", () => {
  const data = '{"__proto__":{"severity":"fatal","polluted":1},"service_name":"x","payload":"","severity":"info"}';
  assertEquals(valid(data).severity, "info");
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("decode() finds no field in a __proto__ that the message brings", () => {
  const { reason, detail } = invalid('{"__proto__":{"service_name":"x","payload":"","severity":"info"}}');
  assertEquals(reason, "missing_field");
  assertEquals(detail, "service_name, payload, severity: missing");
});

Deno.test("decode() names every missing field, before it looks at the others' values", () => {
  assertEquals(invalid({ payload: 5 }).detail, "service_name, severity: missing");
});

Deno.test("decode() reports a wrong value before a text that is too large", () => {
  assertEquals(invalid({ ...GOOD, service_name: "a".repeat(101), timestamp: "soon" }).reason, "bad_field");
});

Deno.test("decode() tells a null, which is a wrong value, from an absent field", () => {
  for (const field of ["service_name", "payload", "severity", "timestamp"]) {
    assertEquals(invalid({ ...GOOD, [field]: null }), {
      reason: "bad_field",
      detail: `${field}: not a string: null`,
    });
  }
});

for (
  const [kind, data, detail] of [
    ["an empty message", "", "data is empty"],
    ["a byte order mark", `\ufeff${JSON.stringify(GOOD)}`, "data begins with a byte order mark"],
    ["an array", [GOOD], "data is an array, not an object"],
    ["a scalar", "true", "data is the boolean true, not an object"],
    [
      "half a surrogate pair",
      '{"service_name":"a","severity":"info","payload":"x\\ud800"}',
      "payload: has half a surrogate pair",
    ],
    ["a container as a value", { ...GOOD, payload: [1, 2] }, "payload: not a string: an array"],
    ["a number as a value", { ...GOOD, severity: 3 }, "severity: not a string: the number 3"],
    [
      "a bad day",
      { ...GOOD, timestamp: "2026-02-30T00:00:00Z" },
      'timestamp: has a day that its month does not have: "2026',
    ],
    ["a blank name", { ...GOOD, service_name: " \t" }, 'service_name: blank: " \\t"'],
  ] as const
) {
  Deno.test(`decode() says what is wrong with ${kind}`, () => assertStringIncludes(invalid(data).detail, detail));
}

for (const [reason, kinds] of Object.entries(MALFORMATIONS)) {
  for (const { kind, spoil } of kinds) {
    Deno.test(`decode() gives ${reason} for ${kind}`, () => assertEquals(invalid(spoil(GOOD)).reason, reason));
  }
}

/** Data that fills up to `bytes` what is written with this much left for `filling`. */
function sized(bytes: number, write: (filling: string) => string): string {
  return write("x".repeat(bytes - write("").length));
}

Deno.test("decode() looks into data up to a size that an entry cannot have, and into nothing larger", () => {
  const fields = JSON.stringify(GOOD).slice(0, -1);
  const fits = sized(MESSAGE_BYTES_MAX, (filling) => `${fields},"more":"${filling}"}`);
  assertEquals(valid(fits).payload, "started");
  const detail = `data: ${MESSAGE_BYTES_MAX + 1} bytes, over ${MESSAGE_BYTES_MAX}, which are not looked into`;
  assertEquals(invalid(`${fits} `), { reason: "too_large", detail });
  // Neither the decoder of UTF-8 nor the parser sees it: they would give other reasons.
  for (const byte of [0xff, 0x5b]) {
    assertEquals(invalid(new Uint8Array(MESSAGE_BYTES_MAX + 1).fill(byte)).reason, "too_large");
  }
});

Deno.test("decode() takes the largest entry in the longest way to write it", () => {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const serviceName = "🚀".repeat(100);
  const data = `{"service_name":"${[...serviceName].flatMap((char) => char.split("")).map(escaped).join("")}",` +
    `"payload":"${"\\u0001".repeat(PAYLOAD_BYTES_MAX)}","severity":"info"}`;
  assert(data.length < MESSAGE_BYTES_MAX);
  assertEquals([valid(data).serviceName, valid(data).payload.length], [serviceName, PAYLOAD_BYTES_MAX]);
});

Deno.test("decode() survives nesting that would overflow a recursive parser", () => {
  const depth = 200_000;
  const nested = "[".repeat(depth) + "]".repeat(depth);
  assertEquals(invalid(nested).reason, "not_object");
  assertEquals(invalid("[".repeat(depth)).reason, "not_json");
  assertEquals(valid(`${JSON.stringify(GOOD).slice(0, -1)},"more":${nested}}`).serviceName, "alpha");
  assertEquals(invalid(`{"payload":${nested},"service_name":"x","severity":"info"}`).reason, "bad_field");
});

Deno.test("decode() keeps details short and well-formed when values are long", () => {
  for (
    const data of [
      { ...GOOD, severity: "🚀".repeat(100_000) },
      { ...GOOD, severity: "\u0001".repeat(80_000) },
      { ...GOOD, service_name: "🚀".repeat(100_000) },
      { ...GOOD, severity: `a${"🚀".repeat(500)}` },
      { ...GOOD, timestamp: "\ud800".repeat(2_000) },
      "🚀".repeat(100_000),
      `[${"🚀".repeat(100)}`,
      `a[${"🚀".repeat(100)}`,
    ]
  ) {
    const { detail } = invalid(data);
    assert(detail.length <= DETAIL_MAX, String(detail.length));
    assert(detail.isWellFormed(), detail);
  }
});

Deno.test("decode() quotes the start of a long value, cut between characters", () => {
  const { detail } = invalid({ ...GOOD, severity: `a${"🚀".repeat(100)}` });
  assertStringIncludes(detail, `: "a${"🚀".repeat(59)}"…`);
});

Deno.test("decode() keeps attributes with the entry, and an empty set as none", () => {
  const attributes = { trace: "abc", googclient_schemaencoding: "JSON" };
  const decoded = decode(message(GOOD, { attributes }));
  assert(decoded.ok);
  assertEquals(decoded.value.attributes, attributes);
  const without = decode(message(GOOD, { attributes: {} }));
  assert(without.ok && !("attributes" in without.value));
});

Deno.test("decode() of attributes over 64 KiB as JSON is too_large, of half a surrogate pair in them bad_field", () => {
  const large = decode(message(GOOD, { attributes: { a: "x".repeat(64 * 1024) } }));
  assert(!large.ok);
  assertEquals([large.problem.reason, large.problem.detail], [
    "too_large",
    "attributes: 65544 bytes as JSON, over 65536",
  ]);
  const broken = decode(message(GOOD, { attributes: { a: "\ud800" } }));
  assertEquals(broken.ok || broken.problem.reason, "bad_field");
});
