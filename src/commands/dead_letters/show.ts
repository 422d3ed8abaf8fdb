/**
 * `lms dead-letters show`.
 *
 * @module
 */
import { rfc3339Of } from "../../entry/instant.ts";
import { textOf } from "../../entry/redecode.ts";
import { safeJson } from "../../ops/safe_text.ts";
import { alignedRows } from "../../ops/table.ts";
import type { StoredDeadLetter } from "../../store/maintenance.ts";
import { EXIT } from "../command.ts";
import { choose, type Work } from "./choice.ts";
import { fullId } from "./ids.ts";
import { letterJson } from "./json.ts";

/** Shows all of those that are named. */
export async function show(work: Work): Promise<number> {
  const { store, config, context } = work;
  const chosen = await choose(work, {});
  if (!chosen.ok) {
    context.log.error(`Cannot go on: ${chosen.problem}`);
    return EXIT.failed;
  }
  let missing = 0;
  for await (const { letters, problems } of chosen.value.pages) {
    if (context.drain.aborted) return EXIT.failed;
    missing += problems.length;
    for (const problem of problems) context.log.warn(problem);
    for (const letter of await store.deadLettersByKey(letters)) {
      if (config.json) context.print(safeJson(letterJson(letter)));
      else letterLines(letter).forEach(context.print);
    }
  }
  return missing === 0 ? EXIT.ok : EXIT.failed;
}

function letterLines(letter: StoredDeadLetter): string[] {
  const text = textOf(letter.data);
  const fields: readonly (readonly [string, string])[] = [
    ["id", fullId(letter)],
    ["reason", letter.reason],
    ["detail", letter.detail],
    ["status", letter.status],
    ["stored", rfc3339Of(letter.createdAt)],
    ["changed", rfc3339Of(letter.updatedAt)],
    ...Object.entries(letter.attributes).map(([name, value]) => [`attribute ${name}`, value] as const),
    [`data (${letter.bytes} bytes)`, text === undefined ? `base64 ${letter.data.toBase64()}` : text],
  ];
  return [...alignedRows(fields), ""];
}
