/**
 * What a page says of its query beside the entries: words that nothing has, what was not looked at.
 *
 * @module
 */
import type { Page } from "../api/answers.ts";
import { Button } from "../parts/controls.tsx";
import { visible } from "../text/safe.ts";

const REMARKS: Readonly<Record<Page["remarks"][number], string>> = {
  no_index: "an index is missing, so that less is looked at",
  unadopted: "rows of the version before are not adopted yet",
  unfiltered: "some batches have no word index, and are read whole",
  hours_only: "some services are counted by the hour only",
};

/** Draws it; nothing where there is nothing to say. */
export function QueryRemarks({ page, onQuery }: { readonly page: Page; readonly onQuery: (query: string) => void }) {
  const { unknown_words: unknown, widened, remarks } = page;
  if (unknown.length === 0 && remarks.length === 0) return null;
  return (
    <div class="note is-remark" role="status">
      {unknown.length > 0 && (
        <span>Nothing has {unknown.map(({ word }) => `“${visible(word)}”`).join(", ")} as a word.</span>
      )}
      {unknown.length > 0 && widened !== null &&
        <Button onClick={() => onQuery(widened)}>{`Look within words: ${visible(widened)}`}</Button>}
      {remarks.length > 0 && <span>In this range {remarks.map((remark) => REMARKS[remark]).join("; ")}.</span>}
    </div>
  );
}
