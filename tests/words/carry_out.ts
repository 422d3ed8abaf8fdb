/**
 * Makes a history happen, and keeps the plainest account of it: which messages are stored.
 *
 * @module
 */
import type { LogEntry } from "../../src/entry/entry.ts";
import { BatchWriter } from "../../src/store/batch_writer.ts";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import { type Store, StoreError } from "../../src/store/store.ts";
import { deadLetter, NEVER } from "../contract/store_fixture.ts";
import type { Step } from "./history.ts";
import type { Place } from "./place.ts";

/** Where a history happens. */
export interface World {
  readonly place: Place;
  readonly writers: readonly [MaintainedStore, MaintainedStore];
  /** Whether the indexes are built: until then nothing is adopted. */
  readonly indexed: boolean;
  /** Keys that are stored as entries, and those that are dead letters. */
  readonly stored: Map<string, LogEntry>;
  readonly parked: Set<string>;
  readonly tally: Tally;
}

/** What happened, over all histories. */
export class Tally {
  steps = 0;
  adopted = 0;
  merged = 0;
  /** Connections that were ended. */
  cut = 0;
  replayed = 0;
}

/** The identity of a message, as a text. */
export function keyOf({ publishTime, messageId }: Pick<LogEntry, "publishTime" | "messageId">): string {
  return `${publishTime} ${messageId}`;
}

const TRIES_MAX = 50;

/** Again after each lost race and each lost connection, as monitors do. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0;; tries++) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof StoreError && ["retry", "reconnect"].includes(error.disposition);
      if (!passing || tries === TRIES_MAX) throw error;
    }
  }
}

/** Carries a step out. */
export async function carryOut(world: World, { kind, entries, draw }: Step): Promise<void> {
  const { place, writers, tally } = world;
  const [one, other] = draw % 2 === 0 ? writers : [writers[1], writers[0]];
  const write = (store: MaintainedStore, some: readonly LogEntry[]) =>
    again(() => store.write({ entries: some, deadLetters: [] }, { signal: NEVER }));
  tally.steps++;
  switch (kind) {
    case "write":
      await write(one, entries);
      break;
    case "flush":
      for (const entry of entries) await write(one, [entry]);
      break;
    case "halve": {
      const writer = new BatchWriter({ store: narrow(one, 1 + draw % 7), abort: NEVER });
      const raw = { data: new Uint8Array(), attributes: {} };
      await writer.write(entries.map((record) => ({ record, raw })));
      break;
    }
    case "race":
      await Promise.all([write(one, entries), write(other, entries.slice(draw % 3))]);
      break;
    case "outage": {
      const writing = write(one, entries);
      tally.cut += await place.cut();
      await writing;
      await write(other, entries);
      break;
    }
    case "park": {
      const deadLetters = entries.map(({ publishTime, messageId }) => deadLetter({ publishTime, messageId }));
      await again(() => one.write({ entries: [], deadLetters }, { signal: NEVER }));
      for (const key of entries.map(keyOf)) if (!world.stored.has(key)) world.parked.add(key);
      return;
    }
    case "replay": {
      const own = entries.filter((entry) => world.parked.has(keyOf(entry)));
      const { replayed } = await again(() => one.replay(own));
      tally.replayed += replayed.length;
      for (const entry of own) world.stored.set(keyOf(entry), entry);
      return;
    }
    case "before":
      await writeAsBefore(world, entries.filter((entry) => isNew(world, entry)));
      return;
    case "adopt":
      if (world.indexed) tally.adopted += await untilNone(() => one.adopt());
      return;
    case "merge":
      tally.merged += await mergeOneHourOn(place);
      return;
  }
  for (const entry of entries) if (isNew(world, entry)) world.stored.set(keyOf(entry), entry);
}

function isNew({ stored, parked }: World, entry: LogEntry): boolean {
  return !stored.has(keyOf(entry)) && !parked.has(keyOf(entry));
}

/** A store that takes so many rows at once. */
function narrow(store: MaintainedStore, rowsMax: number): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name !== "write") {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return (...args: Parameters<Store["write"]>) => {
        if (args[0].entries.length > rowsMax) {
          throw new StoreError("Cannot write batch: too many rows", { disposition: "oversized", cause: undefined });
        }
        return again(() => target.write(...args));
      };
    },
  });
}

/** The rows and their counts, and nothing else. It knows no attributes. */
async function writeAsBefore(world: World, entries: readonly LogEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const { query, dialect } = world.place;
  const text = (value: string) => dialect.text(value);
  const rows = entries.map((row) =>
    `(${[row.publishTime, row.messageId, row.serviceName, row.payload, row.severity, row.timestamp].map(text)})`
  );
  await query("BEGIN");
  await query(
    `INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, timestamp) VALUES ${rows}`,
  );
  const pairs = Map.groupBy(entries, ({ serviceName, severity }) => `${text(serviceName)}, ${text(severity)}`);
  for (const [pair, own] of [...pairs].sort(([a], [b]) => a < b ? -1 : 1)) {
    const otherwise = dialect.rank === "severity"
      ? "ON DUPLICATE KEY UPDATE `count` = `count` + VALUES(`count`)"
      : "ON CONFLICT DO UPDATE SET `count` = `count` + excluded.`count`";
    await query(
      `INSERT INTO service_severity (service_name, severity, \`count\`) VALUES (${pair}, ${own.length}) ${otherwise}`,
    );
  }
  await query("COMMIT");
  for (const { attributes: _, ...entry } of entries) world.stored.set(keyOf(entry), entry);
}

/** As ids have it: milliseconds above 21 bits. */
const HOURS_BACK = 2n * 3_600_000n << 21n;

/** Lets everything have been written two hours before, and merges by an instance that has just started. */
async function mergeOneHourOn({ open, query }: Place): Promise<number> {
  for (
    const sql of [
      `UPDATE service_logs SET batch = batch - ${HOURS_BACK} WHERE batch IS NOT NULL`,
      `UPDATE word_filters SET batch = batch - ${HOURS_BACK}`,
      `UPDATE batches SET word_filter = word_filter - ${HOURS_BACK}, id = id - ${HOURS_BACK}`,
    ]
  ) await query(sql);
  await using store = open();
  return await untilNone(() => store.mergeFilters());
}

async function untilNone(step: () => Promise<number | "busy">): Promise<number> {
  for (let sum = 0;;) {
    const done = await again(step);
    if (done === 0) return sum;
    if (done !== "busy") sum += done;
  }
}
