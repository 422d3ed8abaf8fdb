import { assertEquals, assertStringIncludes } from "@std/assert";
import { figure, row } from "../../bench/result.ts";
import { columns, resultTable, short } from "../../bench/table.ts";

Deno.test("columns() pads the first column to the left and the others to the right", () => {
  assertEquals(columns([["a", "1", "22"], ["long", "333", ""]]), ["a       1  22", "long  333"]);
});

for (
  const [value, text] of [[57_567.4, "57567"], [123.4, "123"], [14.55, "14.6"], [0.934, "0.93"], [0.0456, "0.046"], [
    0,
    "0",
  ]] as const
) {
  Deno.test(`short() writes ${value} as ${text}`, () => assertEquals(short(value), text));
}

Deno.test("resultTable() has a line for each row and figure, with medians and whether targets hold", () => {
  const text = resultTable({
    scenario: "pipeline",
    setting: { messages: 5_000, database: "9.7" },
    rows: [
      row("LMS", {
        unit: "messages/s",
        rounds: [
          { value: 100, cpuMicros: 9, databaseMicros: 12, brokerMicros: 4, peakBytes: 200e6 },
          { value: 300, cpuMicros: 11, databaseMicros: 14, brokerMicros: 5, peakBytes: 220e6 },
        ],
      }),
      row("bare", { unit: "messages/s", rounds: [{ value: 250 }] }),
    ],
    ratios: [figure("LMS over bare", { rounds: [0.8], target: { atLeast: 0.9 } })],
  });
  assertEquals(text.split("\n")[0], "pipeline: messages 5000, database 9.7");
  assertStringIncludes(text, "LMS   messages/s     200  100  300        10.0                  13.0    4.50      210\n");
  assertStringIncludes(text, "bare  messages/s     250  250  250\n");
  assertStringIncludes(text, "LMS over bare          0.80  0.80  0.80  >= 0.9     NO\n");
});

Deno.test("resultTable() leaves the figures out where there are none", () => {
  const rows = [row("LMS", { unit: "s", rounds: [{ value: 1 }] })];
  assertEquals(resultTable({ scenario: "start", setting: {}, rows, ratios: [] }).includes("holds"), false);
});
