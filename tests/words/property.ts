/**
 * The property: whatever was stored, however it came, is found by each of its words.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { assertAccount } from "../contract/store_account.ts";
import { again, carryOut, keyOf, Tally, type World } from "./carry_out.ts";
import { damage } from "./damage.ts";
import { histories, type History } from "./history.ts";
import { assertFound, Lookups } from "./lookups.ts";
import { emptied, type MakePlace, type Place } from "./place.ts";

/** What the histories of a run came to. */
export class Evidence {
  readonly tally = new Tally();
  readonly lookups = new Lookups();
  histories = 0;
  /** Databases that began with the tables of the version before. */
  migrations = 0;
  rows = 0;
  batches = 0;
  /** Rows of filters. */
  filters = 0;
  /** Filters that were damaged, found and mended. */
  mended = 0;
}

/** How many, and where. */
export interface PropertyOptions {
  readonly make: MakePlace;
  readonly histories: number;
  /** How many happen on one database; only the first of them sees the migration. */
  readonly perPlace: number;
  readonly seed?: number | undefined;
  /** Told after each history. */
  readonly onHistory?: (evidence: Evidence) => void;
}

/** After mending, every so many words are looked for once more. */
const AFTER_MENDING_EVERY = 5;

/** Fails with the seed and the history where a word is missed. */
export async function assertEveryWordIsFound(options: PropertyOptions): Promise<Evidence> {
  const { make, perPlace, seed, onHistory = () => {} } = options;
  const evidence = new Evidence();
  await using places = new Places(make, perPlace);
  await fc.assert(
    fc.asyncProperty(histories(), async (history) => {
      await using world = await places.next();
      if (world.migrates) evidence.migrations++;
      await happen(history, { ...world, tally: evidence.tally }, evidence);
      evidence.histories++;
      onHistory(evidence);
    }),
    { numRuns: options.histories, ...seed === undefined ? {} : { seed }, endOnFailure: true },
  );
  return evidence;
}

type Opened = Omit<World, "tally"> & { readonly migrates: boolean };

/** One database after the other, each for some histories. */
class Places implements AsyncDisposable {
  readonly #make: MakePlace;
  readonly #perPlace: number;
  #place: Place | undefined;
  #used = 0;

  constructor(make: MakePlace, perPlace: number) {
    this.#make = make;
    this.#perPlace = perPlace;
  }

  async next(): Promise<Opened & AsyncDisposable> {
    const migrates = this.#place === undefined || this.#used === this.#perPlace;
    if (migrates) {
      await this[Symbol.asyncDispose]();
      this.#place = await this.#make();
      this.#used = 0;
    } else await emptied(this.#place!);
    this.#used++;
    const place = this.#place!;
    const writers = [place.open(), place.open()] as const;
    return {
      place,
      writers,
      migrates,
      indexed: !migrates,
      stored: new Map(),
      parked: new Set(),
      [Symbol.asyncDispose]: async () => {
        for (const store of writers) await store[Symbol.asyncDispose]();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const place = this.#place;
    this.#place = undefined;
    await place?.[Symbol.asyncDispose]();
  }
}

async function happen(
  { messages, steps, damage: draws }: History,
  world: World & { readonly migrates: boolean },
  evidence: Evidence,
): Promise<void> {
  const { place, writers: [store], lookups } = { ...world, lookups: evidence.lookups };
  const middle = world.migrates ? steps.length >> 1 : 0;
  if (world.migrates) {
    const entries = messages.slice(0, messages.length >> 1);
    await carryOut(world, { kind: "before", entries, draw: 0 });
    await store.migrate({ dryRun: false });
  }
  await using queries = place.read();
  for (const step of steps.slice(0, middle)) await carryOut(world, step);
  if (world.migrates) {
    // Without the indexes everything is found all the same, by reading more.
    await assertFound({ queries, stored: [...world.stored.values()], every: 3, tally: lookups });
    assertEquals(await again(() => store.buildIndexes()), "done");
  }
  for (const step of steps.slice(middle)) await carryOut({ ...world, indexed: true }, step);

  const stored = [...world.stored.values()];
  const { entries, batches, filters } = await assertAccount(place.query);
  assertEquals(entries, stored.length);
  const keys = (await place.query("SELECT publish_time, message_id FROM service_logs"))
    .map(({ publish_time, message_id }) => `${publish_time} ${message_id}`);
  assertEquals(keys.toSorted(), stored.map(keyOf).toSorted());
  evidence.rows += entries;
  evidence.batches += batches.length;
  evidence.filters += filters;
  await assertFound({ queries, stored, tally: lookups });
  const verified = await again(() => store.verify());
  assertEquals([verified.differences, verified.times, verified.filters, verified.inBoth], [[], [], [], 0]);

  if (!await damage(place, draws)) return;
  const found = await again(() => store.verify());
  assert(found.filters !== undefined);
  assertGreater(found.filters.length, 0, "the damage is found");
  assertEquals((await again(() => store.repair())).filters, found.filters);
  evidence.mended += found.filters.length;
  assertEquals((await again(() => store.verify())).filters, []);
  await assertFound({ queries, stored, every: AFTER_MENDING_EVERY, tally: lookups });
}
