import { assertEquals } from "@std/assert";
import type { Setting } from "../../../src/config/setting.ts";
import { nameOf, type SettingName, SETTINGS } from "../../../src/config/settings.ts";
import { nearMissesOf, variablesOf } from "../../../src/config/variables.ts";

const names = Object.keys(SETTINGS) as SettingName[];

Deno.test("no two settings share a flag, a variable or a near miss, and each is read from somewhere", () => {
  const all = names.map((name): Setting<unknown> => SETTINGS[name]);
  const flags = all.flatMap(({ flag }) => flag ?? []);
  const variables = [...all.flatMap(variablesOf), ...all.flatMap(nearMissesOf)];
  assertEquals(new Set(flags).size, flags.length);
  assertEquals(new Set(variables).size, variables.length);
  assertEquals(names.filter((name) => /undefined|^$/.test(nameOf(name))), []);
});

Deno.test("nameOf() gives a setting's flag with its variable, or what there is of them", () => {
  assertEquals(nameOf("batchSize"), "--batch-size (BATCHSIZE)");
  assertEquals(nameOf("seed"), "--seed");
  assertEquals(nameOf("databaseUrlFile"), "DATABASE_URL_FILE");
});

Deno.test("every setting that stands for another names one that is there", () => {
  for (const { insteadOf } of Object.values(SETTINGS) as readonly Setting<unknown>[]) {
    assertEquals(insteadOf === undefined || Object.hasOwn(SETTINGS, insteadOf), true, insteadOf);
  }
});
