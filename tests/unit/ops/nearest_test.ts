import { assertEquals } from "@std/assert";
import { nearest, unknownWord } from "../../../src/ops/nearest.ts";

const COMMANDS = ["mock", "emu", "pub", "mon", "sim", "demo", "emulator", "migrate", "verify", "dead-letters"];

const cases: readonly (readonly [word: string, meant: string | undefined])[] = [
  ["mn", "mon"],
  ["MON", "mon"],
  ["emulater", "emulator"],
  ["dead-leters", "dead-letters"],
  ["deadletters", "dead-letters"],
  // A third of twelve characters is four edits.
  ["dead-lessons", "dead-letters"],
  ["mgirate", "migrate"],
  // Two edits are close even in a short word, three are not.
  ["vxrixy", "verify"],
  ["xyz", undefined],
  ["frobnicate", undefined],
];

for (const [word, meant] of cases) {
  Deno.test(`nearest() takes ${word} for ${meant ?? "nothing it knows"}`, () => {
    assertEquals(nearest(word, COMMANDS), meant);
  });
}

Deno.test("nearest() takes the first of two that are equally near", () => {
  assertEquals(nearest("mot", ["mon", "mop"]), "mon");
  assertEquals(nearest("mot", ["mop", "mon"]), "mop");
});

Deno.test("nearest() knows nothing where nothing is known", () => {
  assertEquals(nearest("mon", []), undefined);
});

Deno.test("unknownWord() names what is unknown, the nearest where one is near, and all that are known", () => {
  assertEquals(unknownWord("shell", "zhs", ["bash", "zsh"]), 'Unknown shell "zhs"; did you mean zsh? Known: bash, zsh');
  assertEquals(unknownWord("shell", "nothing", ["bash", "zsh"]), 'Unknown shell "nothing"; known: bash, zsh');
});
