/**
 * What every store does, as tests: `exerciseStore` registers them for one kind of store.
 *
 * @module
 */
import { exerciseDeadLetters } from "./store_dead_letters.ts";
import { exerciseMaintenance } from "./store_maintenance.ts";
import { exerciseRecords } from "./store_records.ts";
import { exerciseSchema } from "./store_schema.ts";
import { exerciseUpkeep } from "./store_upkeep.ts";
import { exerciseValues } from "./store_values.ts";
import { exerciseWrites } from "./store_writes.ts";
import type { MakeFixture } from "./store_fixture.ts";

/** Registers the whole contract. @param name Goes in front of the tests' names. */
export function exerciseStore(name: string, fresh: MakeFixture): void {
  exerciseWrites(name, fresh);
  exerciseRecords(name, fresh);
  exerciseUpkeep(name, fresh);
  exerciseValues(name, fresh);
  exerciseSchema(name, fresh);
  exerciseMaintenance(name, fresh);
  exerciseDeadLetters(name, fresh);
}
