import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { ENTRY_ID_MAX, entryIdOf, parseEntryId } from "../../../src/entry/entry_id.ts";
import { instantOfDate } from "../../../src/entry/instant.ts";

const KEYS = fc.record({
  publishTime: fc.date({ min: new Date("1970-01-02"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map(instantOfDate),
  messageId: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 128 }).filter((id) => id.trim() === id),
});

Deno.test("parseEntryId() reads what entryIdOf() writes, which a URL takes as it is", () => {
  fc.assert(fc.property(KEYS, (key) => {
    const id = entryIdOf(key);
    assertMatch(id, /^[\w.~-]+$/);
    assertEquals(encodeURIComponent(id), id);
    assert(id.length <= ENTRY_ID_MAX);
    assertEquals(parseEntryId(id), key);
  }));
});

for (
  const [why, text] of [
    ["is empty", ""],
    ["has no message id", "20261124T100000.123456Z-"],
    ["has a day that there is not", "20261131T100000.123456Z-1"],
    ["has milliseconds only", "20261124T100000.123Z-1"],
    ["escapes what needs no escape", "20261124T100000.123456Z-~31"],
    ["has capital digits", "20261124T100000.123456Z-a~3Ab"],
    ["begins with a space", "20261124T100000.123456Z-~20a"],
    ["has a control character", "20261124T100000.123456Z-a~0ab"],
    ["is longer than any", `20261124T100000.123456Z-${"1".repeat(129)}`],
    ["has a space", "20261124T100000.123456Z-a b"],
  ] as const
) {
  Deno.test(`parseEntryId() refuses an id that ${why}`, () => assertEquals(parseEntryId(text), undefined));
}
