import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { decode, type InvalidReason } from "../../../src/entry/decode.ts";
import { SEVERITIES } from "../../../src/entry/entry.ts";
import { MALFORMATIONS } from "../../../src/sim/malformed.ts";
import { serviceNames } from "../../../src/sim/service_names.ts";
import { type SimMessage, traffic, type TrafficOptions } from "../../../src/sim/traffic.ts";
import { message, PUBLISH_TIME } from "../../support/entries.ts";

function take(count: number, options: Partial<TrafficOptions> = {}): SimMessage[] {
  return traffic({ seed: 1, ...options }).take(count);
}

Deno.test("traffic() of one seed gives the same bytes again, however they are taken", () => {
  const options = { seed: 7, services: 40, malformedShare: 0.2 };
  const stream = traffic(options);
  const taken = [...stream.take(1), ...stream.take(0), ...stream.take(499), ...stream.take(500)];
  assertEquals(taken, take(1_000, options));
});

Deno.test("traffic() of another seed gives other bytes", () => {
  assertNotEquals(take(5, { seed: 1 }).map((m) => m.data), take(5, { seed: 2 }).map((m) => m.data));
});

Deno.test("traffic() says of every message what decoding it gives", () => {
  for (const { data, attributes, expected } of take(5_000, { services: 30, malformedShare: 0.3 })) {
    const decoded = decode(message(data, { attributes }));
    if (!decoded.ok) {
      assertEquals(expected, { state: "malformed", reason: decoded.problem.reason });
    } else {
      const { serviceName, severity, payload, timestamp } = decoded.value;
      assertEquals(expected, { state: "valid", serviceName, severity, payload });
      assertEquals(timestamp, PUBLISH_TIME);
    }
  }
});

Deno.test("traffic() changes nothing but the timestamp when it is given a clock", () => {
  let micros = 0;
  const now = () => `2026-05-06 07:08:09.${String(micros++).padStart(6, "0")}`;
  const plain = take(50);
  take(50, { now }).forEach(({ data, expected }, index) => {
    assertEquals(expected, plain[index]!.expected);
    const decoded = decode(message(data));
    assert(decoded.ok);
    assertEquals(decoded.value.timestamp, `2026-05-06 07:08:09.${String(index).padStart(6, "0")}`);
  });
});

Deno.test("traffic() uses every service and every severity, the routine ones most", () => {
  const services = new Set<string>();
  const severities = new Map<string, number>();
  for (const { expected } of take(10_000, { services: 30 })) {
    assert(expected.state === "valid");
    services.add(expected.serviceName);
    severities.set(expected.severity, (severities.get(expected.severity) ?? 0) + 1);
  }
  assertEquals(services, new Set(serviceNames(30)));
  const byCount = [...severities].sort(([, a], [, b]) => b - a).map(([severity]) => severity);
  assertEquals(byCount, ["info", "debug", "warn", "error", "fatal"]);
});

Deno.test("traffic() comes from alpha, bravo and charlie by default, and all of it is well-formed", () => {
  const services = take(200).map(({ expected }) => expected.state === "valid" ? expected.serviceName : expected.reason);
  assertEquals(new Set(services), new Set(["alpha", "bravo", "charlie"]));
});

Deno.test("traffic() with a malformed share brings every reason, about as often as asked", () => {
  const reasons = take(10_000, { malformedShare: 0.1 }).flatMap(({ expected }) =>
    expected.state === "malformed" ? [expected.reason] : []
  );
  // Ten standard deviations: sqrt(10,000 × 0.1 × 0.9) = 30.
  assert(Math.abs(reasons.length - 1_000) < 300, String(reasons.length));
  assertEquals(new Set<InvalidReason>(reasons), new Set(Object.keys(MALFORMATIONS) as InvalidReason[]));
});

Deno.test("traffic() with a malformed share of 1 has no valid message", () => {
  assertEquals(take(200, { malformedShare: 1 }).filter(({ expected }) => expected.state === "valid"), []);
});

Deno.test("traffic() writes some entries over several lines, with characters of several bytes, and in other spellings", () => {
  const messages = take(5_000);
  const payloads = messages.flatMap(({ expected }) => expected.state === "valid" ? [expected.payload] : []);
  assert(payloads.some((payload) => payload.includes("\n\tat ")));
  assert(payloads.some((payload) => payload.includes("🚀")));
  assert(payloads.some((payload) => payload.includes('"')));
  const texts = messages.map(({ data }) => new TextDecoder().decode(data));
  assert(texts.some((text) => text.includes('"severity":"Warning"')));
  assert(texts.some((text) => text.includes('"service_name":" alpha\\n"')));
  assert(messages.some(({ attributes }) => Object.keys(attributes).length > 0));
  assertEquals(new Set(SEVERITIES.filter((severity) => texts.some((text) => text.includes(severity)))).size, 5);
});

for (const bytes of [0, 1, 100, 65_535]) {
  Deno.test(`traffic() with payloadBytes ${bytes} gives every payload exactly that size`, () => {
    for (const { expected } of take(50, { payloadBytes: bytes })) {
      assert(expected.state === "valid");
      assertEquals(new TextEncoder().encode(expected.payload).length, bytes);
    }
  });
}

Deno.test("traffic() with payloadBytes varies the texts", () => {
  const payloads = take(50, { payloadBytes: 200 }).map(({ expected }) =>
    expected.state === "valid" && expected.payload
  );
  assert(new Set(payloads).size > 40);
});

Deno.test("serviceNames() gives the words of the spelling alphabet, then numbers them, none twice", () => {
  const names = serviceNames(100_000);
  assertEquals(names.slice(0, 3), ["alpha", "bravo", "charlie"]);
  assertEquals(names.slice(25, 28), ["zulu", "alpha-2", "bravo-2"]);
  assertEquals(new Set(names).size, 100_000);
});

for (
  const options of [
    { seed: -1 },
    { services: 0 },
    { services: 100_001 },
    { services: 1.5 },
    { malformedShare: -0.1 },
    { malformedShare: 1.1 },
    { malformedShare: NaN },
    { payloadBytes: -1 },
    { payloadBytes: 65_536 },
  ]
) {
  Deno.test(`traffic() refuses ${JSON.stringify(options)}`, () => {
    assertThrows(() => traffic({ seed: 1, ...options }), RangeError);
  });
}
