import { assertEquals } from "@std/assert";
import { combined } from "../../../src/ops/combined.ts";

interface Events {
  began(): void;
  counted(count: number, unit: string): void;
}

Deno.test("combined() tells every observer what it hears of, in their order", () => {
  const told: string[] = [];
  const events = combined<Events>([
    { counted: (count, unit) => told.push(`first ${count} ${unit}`) },
    {},
    { began: () => told.push("second began"), counted: (count) => told.push(`second ${count}`) },
  ]);
  events.began?.();
  events.counted?.(2, "messages");
  assertEquals(told, ["second began", "first 2 messages", "second 2"]);
});

Deno.test("combined() of observers that do not hear of something has nobody to tell of it", () => {
  assertEquals(combined<Events>([{ began: undefined as never }, {}]).counted, undefined);
  assertEquals(combined<Events>([]), {});
});
