import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkedFacts } from "../../../src/app/database_facts.ts";
import { PACKET_BYTES_MIN } from "../../../src/store/maintenance.ts";
import { StoreError } from "../../../src/store/store.ts";

const FACTS = { server: "MySQL 9.7.4", packetBytesMax: PACKET_BYTES_MIN, strict: true, schemaVersion: 1 };

Deno.test("checkedFacts() gives back what will do, also a database without packets", () => {
  assertEquals(checkedFacts(FACTS), FACTS);
  assertEquals(checkedFacts({ ...FACTS, packetBytesMax: undefined }).packetBytesMax, undefined);
});

for (
  const [what, facts, remedy] of [
    ["too small a packet", { packetBytesMax: PACKET_BYTES_MIN - 1 }, "set max_allowed_packet"],
    ["a mode that is not strict", { strict: false }, "STRICT_ALL_TABLES"],
  ] as const
) {
  Deno.test(`checkedFacts() refuses ${what} and names the remedy`, () => {
    const error = assertThrows(() => checkedFacts({ ...FACTS, ...facts }), StoreError);
    assertEquals(error.disposition, "fatal");
    assertStringIncludes(error.message, remedy);
  });
}
