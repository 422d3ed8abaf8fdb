import { assertEquals, assertRejects } from "@std/assert";
import { BatchWriter, type Writable } from "../../src/store/batch_writer.ts";
import { StoreError } from "../../src/store/store.ts";
import { type DatabaseKind, startDatabase } from "../support/database.ts";
import { entry, key } from "../support/entries.ts";
import { migrated, openOn } from "./server_fixture.ts";
import { assertStored, assertWriteFails, deadLetter, NEVER, write } from "./store_fixture.ts";

for (const kind of ["mysql", "mariadb"] satisfies DatabaseKind[]) {
  Deno.test(`${kind}: a server of a store's own`, async (t) => {
    await using server = await startDatabase(kind, { own: true, args: ["--log-bin=binlog", "--server-id=1"] });

    await t.step("a store waits out a crash of its server, and is exact afterwards", async () => {
      await using database = await migrated(server);
      const entries = [1, 2, 3].map((n) => entry(key(n)));
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
    });

    await t.step(
      "a batch above the server's limit is stored in parts; what is above it alone is held back",
      async () => {
        await using database = await migrated(server);
        await server.query("SET GLOBAL max_binlog_cache_size = 65536");
        await using store = openOn(database.url);
        const raw = { data: new Uint8Array(), attributes: {} };
        const entries = Array.from({ length: 400 }, (_, n) => entry({ ...key(n), payload: "x".repeat(500) }));
        await assertWriteFails(store, { entries }, "oversized");
        const large: Writable = { record: deadLetter({ ...key(400), data: new Uint8Array(200_000) }), raw };
        const writables = entries.map((record): Writable => ({ record, raw }));
        const writer = new BatchWriter({ store, abort: NEVER });
        const result = await writer.write([...writables.slice(0, 200), large, ...writables.slice(200)]);
        // MySQL looks at its limit between the rows, and so takes every single one.
        const expected = kind === "mysql"
          ? { deadLettered: 1, heldBack: [] }
          : { deadLettered: 0, heldBack: ["1000400"] };
        const heldBack = result.heldBack.map(({ record }) => record.messageId);
        assertEquals({ deadLettered: result.deadLettered, heldBack }, expected);
        await assertStored(store, { entries, deadLetters: expected.deadLettered });
      },
    );
  });
}
