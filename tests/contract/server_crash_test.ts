import { assertEquals, assertRejects } from "@std/assert";
import { StoreError } from "../../src/store/store.ts";
import { type DatabaseKind, startDatabase } from "../support/database.ts";
import { entry, key } from "../support/entries.ts";
import { migrated, openOn } from "./server_fixture.ts";
import { assertStored, assertWriteFails, write } from "./store_fixture.ts";

for (const kind of ["mysql", "mariadb"] satisfies DatabaseKind[]) {
  Deno.test(`${kind}: a store waits out a crash of its server, and is exact afterwards`, async () => {
    await using server = await startDatabase(kind, { own: true });
    await using database = await migrated(server);
    const entries = [1, 2, 3].map((n) => entry(key(n)));
    {
      await using store = openOn(database.url);
      await write(store, { entries: entries.slice(0, 2) });
      await server.control!.kill();
      // The first may still find a connection whose end it has not seen, the second one opens its own.
      for (let tries = 0; tries < 2; tries++) await assertWriteFails(store, { entries }, "reconnect");
      assertEquals((await assertRejects(() => store.probe(), StoreError)).disposition, "reconnect");
      await server.control!.start();
      await store.probe();
      assertEquals((await write(store, { entries })).duplicates, 2);
      await assertStored(store, { entries });
    }
  });
}
