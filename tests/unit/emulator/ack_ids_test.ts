import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { ACK_ID_LENGTH_MIN, AckIdCodec, AckIdList } from "../../../src/emulator/ack_ids.ts";
import { seededFractions } from "../../../src/ops/random.ts";

function encode(codec: AckIdCodec, token: number): Uint8Array {
  const bytes = new Uint8Array(codec.length);
  codec.write(bytes, 0, token);
  return bytes;
}

const all = (bytes: Uint8Array) => ({ start: 0, end: bytes.length });

for (const length of [ACK_ID_LENGTH_MIN, 190]) {
  Deno.test(`AckIdCodec with ${length} characters reads every token that it wrote`, () => {
    const codec = new AckIdCodec({ length, random: seededFractions(1) });
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (token) => {
      const bytes = encode(codec, token);
      assertEquals(new TextDecoder().decode(bytes).match(/^[A-Za-z0-9_-]*$/)?.[0]?.length, length);
      assertEquals(codec.read(bytes, all(bytes)), token);
    }));
  });
}

Deno.test("AckIdCodec does not know ids of another codec, cut ids, or other text", () => {
  const random = seededFractions(1);
  const codec = new AckIdCodec({ length: 20, random });
  const bytes = encode(codec, 5);
  const foreign = encode(new AckIdCodec({ length: 20, random }), 5);
  const spoilt = bytes.slice();
  spoilt[19] = 33;
  for (const unknown of [foreign, bytes.subarray(1), spoilt, new Uint8Array()]) {
    assertEquals(codec.read(unknown, all(unknown)), -1);
  }
  assertNotEquals(foreign, bytes);
});

Deno.test("AckIdList keeps ids apart", () => {
  const list = AckIdList.of(["one", "", "three"]);
  assertEquals(list.count, 3);
  assertEquals(list.texts(), ["one", "", "three"]);
  assertEquals(list.text(2), "three");
});
