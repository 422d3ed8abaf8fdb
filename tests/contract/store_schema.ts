/**
 * The contract's cases about the schema.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { MIGRATIONS } from "../../src/store/schema.ts";
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
    assertEquals(applied.map(({ version }) => version), applied.map((_, i) => i));
    assertEquals(await store.migrate({ dryRun: false }), []);
    await store.probe();
    const rows = await fixture.query("SELECT version, name FROM schema_migrations ORDER BY version");
    // The step before the first migration makes the table that records them.
    assertEquals(rows.map((row) => ({ ...row })), applied.slice(1).map(({ version, name }) => ({ version, name })));
  });

  Deno.test(`${name}: migrate() of two instances at once applies every migration once`, async () => {
    await using fixture = await fresh({ migrated: false });
    await using one = fixture.open();
    await using two = fixture.open();
    const applied = await Promise.all([one.migrate({ dryRun: false }), two.migrate({ dryRun: false })]);
    const versions = applied.flat().map(({ version }) => version).sort();
    assertEquals(versions, versions.map((_, i) => i));
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

  Deno.test(`${name}: a newer schema is written to when its migrations say that this program may`, async () => {
    await using fixture = await fresh();
    await using running = fixture.open();
    await write(running, { entries: [entry(key(1))] });
    const known = MIGRATIONS.length;
    await fixture.query(
      `INSERT INTO schema_migrations (version, name, needs) VALUES (${known + 1}, 'made up', ${known})`,
    );
    await write(running, { entries: [entry(key(2))] });
    await using starting = fixture.open();
    assertEquals(await starting.migrate({ dryRun: true }), []);
    assertEquals(await starting.migrate({ dryRun: false }), []);
    await starting.probe();
    await write(starting, { entries: [entry(key(3))] });
    await assertStored(starting, { entries: [entry(key(1)), entry(key(2)), entry(key(3))] });
  });

  for (const needs of [MIGRATIONS.length + 1, "NULL"]) {
    Deno.test(`${name}: a newer schema that needs ${needs} is refused at start and by a write`, async () => {
      await using fixture = await fresh();
      await fixture.query(
        `INSERT INTO schema_migrations (version, name, needs) VALUES (${MIGRATIONS.length + 1}, 'made up', ${needs})`,
      );
      await using store = fixture.open();
      const error = await assertRejects(() => store.migrate({ dryRun: false }), StoreError);
      assertEquals(error.disposition, "fatal");
      assertMatch(error.message, /use a newer lms/);
    });
  }

  Deno.test(`${name}: migrate() of tables that LMS 0.1.0 made adds what migrations rely on`, async () => {
    await using fixture = await fresh();
    await fixture.query("ALTER TABLE schema_migrations DROP COLUMN needs");
    await using store = fixture.open();
    assertEquals((await store.migrate({ dryRun: true })).map(({ version }) => version), [0]);
    assertEquals((await store.migrate({ dryRun: false })).map(({ version }) => version), [0]);
    assertEquals(await store.migrate({ dryRun: false }), []);
    await write(store, { entries: [entry()] });
  });

  Deno.test(`${name}: migrate() tells of a table that somebody dropped`, async () => {
    await using fixture = await fresh();
    await fixture.query("DROP TABLE dead_letters");
    await using store = fixture.open();
    const error = await assertRejects(() => store.migrate({ dryRun: false }), StoreError);
    assertEquals(error.disposition, "fatal");
    assertMatch(error.message, /the table dead_letters is missing/);
  });

  Deno.test(`${name}: migrate() is content with a column and an index that somebody added and that need nothing`, async () => {
    await using fixture = await fresh();
    await fixture.query("ALTER TABLE service_logs ADD COLUMN team TEXT");
    await fixture.query("CREATE INDEX by_service ON service_logs (service_name)");
    await using store = fixture.open();
    assertEquals(await store.migrate({ dryRun: false }), []);
    await write(store, { entries: [entry()] });
    await assertStored(store, { entries: [entry()] });
  });

  Deno.test(`${name}: totals() and severityCounts() of an empty database are empty`, async () => {
    await using fixture = await fresh();
    await using store = fixture.open();
    assertEquals(await store.totals(), { entries: 0, counted: 0, deadLetters: 0 });
    assertEquals(await store.severityCounts(), []);
  });
}
