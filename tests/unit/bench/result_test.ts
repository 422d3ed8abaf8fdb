import { assertEquals } from "@std/assert";
import { figure, row } from "../../bench/result.ts";

Deno.test("row() sums up its rounds and keeps them", () => {
  const rounds = [{ value: 3, cpuMicros: 9 }, { value: 1 }, { value: 2 }];
  assertEquals(row("LMS", { unit: "messages/s", rounds }), {
    label: "LMS",
    unit: "messages/s",
    rounds,
    median: 2,
    min: 1,
    max: 3,
  });
});

for (
  const { target, rounds, text, holds } of [
    { target: { atLeast: 0.9 }, rounds: [0.8, 0.9, 1], text: ">= 0.9", holds: true },
    { target: { atLeast: 0.9 }, rounds: [0.8, 0.89, 1], text: ">= 0.9", holds: false },
    { target: { atMost: 9 }, rounds: [9, 9, 20], text: "<= 9", holds: true },
    { target: { atMost: 9 }, rounds: [8, 9.1, 10], text: "<= 9", holds: false },
  ]
) {
  Deno.test(`figure() of ${rounds.join(", ")} ${holds ? "holds" : "does not hold"} ${text}, by its median`, () => {
    const made = figure("a", { rounds, target });
    assertEquals([made.target, made.holds], [text, holds]);
  });
}

Deno.test("figure() without a target says nothing of one", () => {
  assertEquals(figure("a", { rounds: [2], unit: "ms" }), {
    name: "a",
    unit: "ms",
    rounds: [2],
    median: 2,
    min: 2,
    max: 2,
  });
});
