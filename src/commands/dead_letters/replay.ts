/**
 * `lms dead-letters replay`.
 *
 * @module
 */
import type { LogEntry } from "../../entry/entry.ts";
import { redecode } from "../../entry/redecode.ts";
import type { DeadLetterSummary } from "../../store/maintenance.ts";
import { EXIT } from "../command.ts";
import { carryOut, type Tell } from "./carry_out.ts";
import type { Work } from "./choice.ts";

/** Decodes them again, and moves what is valid now. */
export async function replay(work: Work): Promise<number> {
  const { store, config } = work;
  const sums = { replayed: 0, invalid: 0, settled: 0, refused: 0 };
  const change = async (letters: readonly DeadLetterSummary[], tell: Tell) => {
    const entries: LogEntry[] = [];
    for (const letter of await store.deadLettersByKey(letters)) {
      const decoded = redecode(letter, config.as);
      if (decoded.ok) entries.push(decoded.value);
      else {
        sums.invalid++;
        tell(letter, "still invalid", `${decoded.problem.reason}: ${decoded.problem.detail}`);
      }
    }
    if (config.dryRun) {
      sums.replayed += entries.length;
      for (const entry of entries) tell(entry, "would be replayed");
      return;
    }
    const { replayed, settled, refused } = await store.replay(entries);
    sums.replayed += replayed.length;
    sums.settled += settled.length;
    sums.refused += refused.length;
    for (const key of replayed) tell(key, "replayed");
    for (const key of settled) tell(key, "settled before");
    for (const { key, detail } of refused) tell(key, "refused by the database", detail);
  };
  const summary = () =>
    `${sums.replayed} ${config.dryRun ? "would be replayed" : "replayed"}, ${sums.invalid} still invalid, ` +
    `${sums.settled} settled before, ${sums.refused} refused by the database`;
  const all = await carryOut(work, { doing: "replaying", change, summary });
  return all && sums.invalid + sums.refused === 0 ? EXIT.ok : EXIT.failed;
}
