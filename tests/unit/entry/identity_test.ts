import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { type BrokenIdentity, identify, type ReceivedIdentity } from "../../../src/entry/identity.ts";
import { DETAIL_MAX } from "../../../src/entry/limits.ts";

const SECOND = 1_767_323_045; // 2026-01-02T03:04:05Z

/** A message of a good server, but for these parts. */
function message(parts: Partial<ReceivedIdentity> = {}): ReceivedIdentity {
  return { messageId: "77", publishTime: { seconds: SECOND, nanos: 6_000 }, data: Uint8Array.of(1, 2, 3), ...parts };
}

function broken(parts: Partial<ReceivedIdentity>): BrokenIdentity {
  const identity = identify(message(parts));
  assert("problem" in identity, JSON.stringify(identity));
  return identity;
}

Deno.test("identify() takes the server's id and publish time as they are", () => {
  assertEquals(identify(message()), { publishTime: "2026-01-02 03:04:05.000006", messageId: "77" });
  for (const messageId of ["0", "~", "a b", "x".repeat(128), "SHA256:1", "sha256"]) {
    assertEquals(identify(message({ messageId })).messageId, messageId);
  }
  const first = message({ publishTime: { seconds: 0, nanos: 1_000 } });
  assertEquals(identify(first), { publishTime: "1970-01-01 00:00:00.000001", messageId: "77" });
});

for (
  const [kind, messageId, problem] of [
    ["empty", "", "is not printable ASCII without spaces at its ends"],
    ["blank", " ", "is not printable ASCII without spaces at its ends"],
    ["followed by a space", "77 ", "is not printable ASCII without spaces at its ends"],
    ["preceded by a space", " 77", "is not printable ASCII without spaces at its ends"],
    ["not ASCII", "77\u00e9", "is not printable ASCII without spaces at its ends"],
    ["not printable", "7\u00007", "is not printable ASCII without spaces at its ends"],
    ["two lines", "77\n", "is not printable ASCII without spaces at its ends"],
    ["of 129 characters", "x".repeat(129), "has 129 characters, over 128"],
    ["of 1 MB", "\u0001".repeat(1_000_000), "has 1000000 characters, over 128"],
    ["one as LMS makes them", `sha256:${"0".repeat(64)}`, "begins with sha256:, as only ids made by LMS do"],
  ] as const
) {
  Deno.test(`identify() makes a key for a message whose id is ${kind}`, () => {
    const identity = broken({ messageId });
    assertEquals(identity.publishTime, "2026-01-02 03:04:05.000006");
    assertMatch(identity.messageId, /^sha256:[0-9a-f]{64}$/);
    assertNotEquals(identity.messageId, messageId);
    assert(identity.problem.startsWith(`message_id: ${problem}: "`), identity.problem);
    assert(identity.problem.length <= DETAIL_MAX && identity.problem.isWellFormed());
  });
}

for (
  const [kind, seconds, nanos, key] of [
    ["absent", 0, 0, "1970-01-01 00:00:00.000000"],
    ["before 1970", -1, 500_000_000, "1969-12-31 23:59:59.500000"],
    ["before what databases hold", -62_135_596_800, 0, "1970-01-01 00:00:00.000000"],
    ["beyond 9999", 253_402_300_800, 0, "1970-01-01 00:00:00.000000"],
    ["the largest number", 2 ** 63, 0, "1970-01-01 00:00:00.000000"],
    ["no number", NaN, 0, "1970-01-01 00:00:00.000000"],
    ["one with negative nanos", SECOND, -1, "1970-01-01 00:00:00.000000"],
    ["one with too many nanos", SECOND, 1_000_000_000, "1970-01-01 00:00:00.000000"],
  ] as const
) {
  Deno.test(`identify() makes a key for a message whose publish time is ${kind}`, () => {
    const identity = broken({ publishTime: { seconds, nanos } });
    assertEquals(identity.publishTime, key);
    assertMatch(identity.messageId, /^sha256:[0-9a-f]{64}$/);
    assert(identity.problem.startsWith("publish_time: "), identity.problem);
    assertStringIncludes(identity.problem, `: ${seconds} s and ${nanos} ns since 1970`);
  });
}

Deno.test("identify() makes the same key for every redelivery, and another one for every other message", () => {
  const messages: Partial<ReceivedIdentity>[] = [
    { messageId: "" },
    { messageId: " " },
    { messageId: "77 " },
    { messageId: "\u00fe" },
    { messageId: "\u00ff" },
    { messageId: "", data: new Uint8Array() },
    { messageId: '",1]\n' },
    { messageId: "", publishTime: { seconds: SECOND, nanos: 6_001 } },
    { publishTime: { seconds: 0, nanos: 0 } },
    { publishTime: { seconds: -1, nanos: 0 } },
    { publishTime: { seconds: -2, nanos: 0 } },
    { publishTime: { seconds: SECOND, nanos: -1 } },
    { publishTime: { seconds: SECOND, nanos: -2 } },
  ];
  const made = messages.map((parts) => broken(parts).messageId);
  assertEquals(messages.map((parts) => broken({ data: Uint8Array.of(1, 2, 3), ...parts }).messageId), made);
  assertEquals(new Set(made).size, messages.length);
});

Deno.test("identify() gives a message that claims to have a made key another one", () => {
  const { messageId } = broken({ messageId: "" });
  const claimed = broken({ messageId }).messageId;
  assertNotEquals(claimed, messageId);
  assertNotEquals(broken({ messageId: claimed }).messageId, claimed);
});
