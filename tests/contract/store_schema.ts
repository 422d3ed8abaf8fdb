/**
 * The contract's cases about the schema.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { StoreError } from "../../src/store/store.ts";
import { entry, key } from "../support/entries.ts";
import { assertStored, assertWriteFails, type MakeFixture, write } from "./store_fixture.ts";

/** Registers the cases. */
export function exerciseSchema(name: string, fresh: MakeFixture): void {
  Deno.test(`${name}: write() and probe() before migrate() are fatal and name the command`, async () => {
    await using fixture = await fresh({ migrated: false });
    await using store = fixture.open();
    const error = await assertWriteFails(store, { entries: [entry()] }, "fatal");
    assertMatch(error.message, /lms migrate/);
    const probed = await assertRejects(() => store.probe(), StoreError);
    assertEquals(probed.disposition, "fatal");
    assertMatch(probed.message, /lms migrate/);
  });

  Deno.test(`${name}: migrate() applies every migration once`, async () => {
    await using fixture = await fresh({ migrated: false });
    await using store = fixture.open();
    const applied = await store.migrate({ dryRun: false });
    assertEquals(applied.map(({ version }) => version), applied.map((_, i) => i + 1));
    assertEquals(await store.migrate({ dryRun: false }), []);
    await store.probe();
    const rows = await fixture.query("SELECT version, name FROM schema_migrations ORDER BY version");
    assertEquals(rows.map((row) => ({ ...row })), applied.map(({ version, name }) => ({ version, name })));
  });

  Deno.test(`${name}: migrate() of two instances at once applies every migration once`, async () => {
    await using fixture = await fresh({ migrated: false });
    await using one = fixture.open();
    await using two = fixture.open();
    const applied = await Promise.all([one.migrate({ dryRun: false }), two.migrate({ dryRun: false })]);
    const versions = applied.flat().map(({ version }) => version).sort();
    assertEquals(versions, versions.map((_, i) => i + 1));
    assert(versions.length > 0);
    await write(two, { entries: [entry()] });
    await assertStored(one, { entries: [entry()] });
  });

  Deno.test(`${name}: migrate() with dryRun changes nothing, and its statements do what migrate() does`, async () => {
    await using fixture = await fresh({ migrated: false });
    await using store = fixture.open();
    const planned = await store.migrate({ dryRun: true });
    await assertWriteFails(store, { entries: [entry()] }, "fatal");
    const statements = planned.flatMap(({ statements }) => statements);
    for (const sql of statements) {
      assert(!/--|\/\*|#|;/.test(sql), `a comment or a second statement in: ${sql}`);
      await fixture.query(sql);
    }
    assertEquals(await store.migrate({ dryRun: true }), []);
    assertEquals(await store.migrate({ dryRun: false }), []);
    await write(store, { entries: [entry(key(1))] });
    await assertStored(store, { entries: [entry(key(1))] });
  });

  Deno.test(`${name}: migrate() leaves a schema alone that is newer than this program`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    await fixture.query("INSERT INTO schema_migrations (version, name) VALUES (999, 'from the future')");
    for (const dryRun of [true, false]) {
      const error = await assertRejects(() => store.migrate({ dryRun }), StoreError);
      assertEquals(error.disposition, "fatal");
      assertMatch(error.message, /version 999/);
    }
  });

  Deno.test(`${name}: totals() and severityCounts() of an empty database are empty`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    assertEquals(await store.totals(), { entries: 0, counted: 0, deadLetters: 0 });
    assertEquals(await store.severityCounts(), []);
  });
}
