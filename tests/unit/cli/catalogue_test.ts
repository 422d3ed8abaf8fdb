import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/cli/catalogue.ts";
import { settingsOf } from "../../../src/cli/help.ts";
import { type SettingName, SETTINGS } from "../../../src/config/settings.ts";

Deno.test("every setting is one that a command takes", () => {
  const taken = new Set(COMMANDS.flatMap(settingsOf));
  assertEquals((Object.keys(SETTINGS) as SettingName[]).filter((name) => !taken.has(name)), []);
});

Deno.test("no command takes a setting twice, or gives a default or a note to one that it does not take", () => {
  for (const command of COMMANDS) {
    const names = settingsOf(command);
    assertEquals(new Set(names).size, names.length, command.name);
    const spoken = Object.keys({ ...command.defaults, ...command.notes }) as SettingName[];
    assertEquals(spoken.filter((name) => !names.includes(name)), [], command.name);
  }
});

Deno.test("no two commands have one name", () => {
  const names = COMMANDS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
});
