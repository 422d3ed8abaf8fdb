import { assertEquals } from "@std/assert";
import { Records } from "../../../bench/export/records.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("Records counts lines, and those of CSV without the line ends in quotes, however they are cut", () => {
  const text = 'a,b\n"x\ny ""z""\n",1\nq,2\n';
  for (let cut = 0; cut <= text.length; cut++) {
    const records = new Records("csv");
    records.take(bytes(text.slice(0, cut)));
    records.take(bytes(text.slice(cut)));
    assertEquals([records.count, records.bytes], [3, text.length]);
  }
  const lines = new Records("ndjson");
  lines.take(bytes('{"a":"}\n{}\n'));
  assertEquals(lines.count, 2);
});
