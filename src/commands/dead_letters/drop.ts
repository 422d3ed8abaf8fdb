/**
 * `lms dead-letters drop`.
 *
 * @module
 */
import type { DeadLetterSummary } from "../../store/maintenance.ts";
import { EXIT } from "../command.ts";
import { carryOut, type Tell } from "./carry_out.ts";
import type { Work } from "./choice.ts";

/** Settles them for good. */
export async function drop(work: Work): Promise<number> {
  const { store, config } = work;
  const sums = { dropped: 0, replayed: 0 };
  const outcome = config.dryRun ? "would be dropped" : "dropped";
  const change = async (letters: readonly DeadLetterSummary[], tell: Tell) => {
    const open = letters.filter(({ status }) => status === "open");
    const dropped = config.dryRun ? open : await store.drop(open);
    sums.dropped += dropped.length;
    for (const key of dropped) tell(key, outcome);
    for (const letter of letters) {
      if (letter.status === "replayed") sums.replayed++;
      if (letter.status !== "open") tell(letter, `is ${letter.status} already`, "");
    }
  };
  const all = await carryOut(work, { doing: "dropping", change, summary: () => `${sums.dropped} ${outcome}` });
  return all && sums.replayed === 0 ? EXIT.ok : EXIT.failed;
}
