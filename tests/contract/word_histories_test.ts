/**
 * Whatever was stored, however it came, is found by each of its words: some histories of those that `deno task words` has
 * by the thousand.
 *
 * @module
 */
import { assertGreater } from "@std/assert";
import { startDatabase } from "../support/database.ts";
import { placeInFile, placeOn } from "../words/place.ts";
import { assertEveryWordIsFound } from "../words/property.ts";

Deno.test("SQLite: every row is found by its words, phrases and attributes after any history, and a damaged filter is mended", async () => {
  const { lookups, mended } = await assertEveryWordIsFound({ make: placeInFile, histories: 60, perPlace: 10 });
  assertGreater(Math.min(lookups.words, lookups.phrases, lookups.attributes, mended), 0);
});

for (const [kind, name] of [["mysql", "MySQL"], ["mariadb", "MariaDB"]] as const) {
  Deno.test(`${name}: every row is found by its words, phrases and attributes after any history, and a damaged filter is mended`, async () => {
    await using server = await startDatabase(kind);
    const make = () => placeOn(server);
    const { lookups, mended } = await assertEveryWordIsFound({ make, histories: 15, perPlace: 5 });
    assertGreater(Math.min(lookups.words, lookups.phrases, lookups.attributes, mended), 0);
  });
}
