import { assertEquals } from "@std/assert";
import { alternate, orderOf } from "../../bench/alternate.ts";

Deno.test("orderOf() turns the order round in every other round", () => {
  assertEquals([0, 1, 2].map((round) => orderOf(3, round)), [[0, 1, 2], [2, 1, 0], [0, 1, 2]]);
});

Deno.test("alternate() runs every side once a round, one after the other, and keeps their rounds apart", async () => {
  const ran: string[] = [];
  const results = await alternate({ sides: ["a", "b"], rounds: 3 }, (side, round) => {
    ran.push(side);
    return Promise.resolve(`${side}${round}`);
  });
  assertEquals(ran.join(""), "abbaab");
  assertEquals(results, [["a0", "a1", "a2"], ["b0", "b1", "b2"]]);
});
