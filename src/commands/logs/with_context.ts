/**
 * Entries with their neighbours, as `grep` has them: what overlaps is one group.
 *
 * @module
 */
import { compareKeys, type MessageKey } from "../../entry/entry.ts";
import { entryIdOf } from "../../entry/entry_id.ts";
import type { LogQueries, ReadOptions } from "../../reading/log_queries.ts";
import type { ReadEntry } from "../../store/log_rows.ts";

/** How many neighbours, and whose. */
export interface Neighbours {
  readonly count: number;
  readonly sameService: boolean;
}

/** Groups of entries by key; matches are asked for one after the other, and each is in one group. */
export async function* withContext(
  queries: Pick<LogQueries, "around">,
  { matches, neighbours, ...options }: ReadOptions & {
    /** Oldest first. */
    readonly matches: readonly ReadEntry[];
    readonly neighbours: Neighbours;
  },
): AsyncGenerator<readonly ReadEntry[]> {
  const { count, sameService } = neighbours;
  let group = new Map<string, ReadEntry>();
  for (const match of matches) {
    const key: MessageKey = { publishTime: match.publishTime, messageId: match.messageId };
    const { before, after } = await queries.around({ key, before: count, after: count, sameService }, options);
    const window = [...before, match, ...after];
    const last = [...group.values()].at(-1);
    if (last !== undefined && compareKeys(window[0]!, last) > 0) {
      yield [...group.values()];
      group = new Map();
    }
    // Neighbours of another service's match may lie between those that are there.
    for (const entry of window) group.set(entryIdOf(entry), entry);
    group = new Map([...group].sort(([, a], [, b]) => compareKeys(a, b)));
  }
  if (group.size > 0) yield [...group.values()];
}
