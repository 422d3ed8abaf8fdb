import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Fifo } from "../../../src/emulator/fifo.ts";

Deno.test("Fifo does what an array does", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.integer().map((item) => ({ push: item })) },
    { weight: 3, arbitrary: fc.constant("shift" as const) },
    { weight: 1, arbitrary: fc.constant("drain" as const) },
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const fifo = new Fifo<number>();
    const model: number[] = [];
    for (const step of steps) {
      if (step === "shift") assertEquals(fifo.shift(), model.shift());
      else if (step === "drain") assertEquals(fifo.drain(), model.splice(0));
      else {
        fifo.push(step.push);
        model.push(step.push);
      }
      assertEquals([fifo.length, fifo.peek()], [model.length, model[0]]);
    }
  }));
});

Deno.test("Fifo keeps its order over thousands of items", () => {
  const fifo = new Fifo<number>();
  for (let item = 0; item < 5_000; item++) fifo.push(item);
  for (let item = 0; item < 5_000; item++) assertEquals(fifo.shift(), item);
  assertEquals([fifo.length, fifo.shift()], [0, undefined]);
});
