/**
 * What is asked: the query, the range, and how the answer is shown.
 *
 * @module
 */
import { usePage, usePreferences } from "../page_context.ts";
import { Button, Choice, ViewLink } from "../parts/controls.tsx";
import { QueryBox } from "../parts/query_box.tsx";
import { RangePicker } from "../parts/range_picker.tsx";
import type { Parameters } from "../router.ts";
import type { RangeParameters } from "../text/range.ts";

/** What a bar is for. */
export interface QueryBarProps {
  readonly query: string;
  readonly range: RangeParameters;
  readonly order: string;
  readonly attributes: readonly string[];
  readonly onQuery: (query: string) => void;
  readonly onChange: (parameters: Parameters) => void;
  readonly onAgain: () => void;
}

/** Draws it. */
export function QueryBar({ query, range, order, attributes, onQuery, onChange, onAgain }: QueryBarProps) {
  return (
    <div class="bar" role="search">
      <QueryBox query={query} onQuery={onQuery} attributes={attributes} />
      <RangePicker range={range} onRange={onChange} />
      <Choice
        label="Order"
        value={order}
        choices={[["newest_first", "Newest first"], ["oldest_first", "Oldest first"]]}
        onChange={(order) => onChange({ order: order === "newest_first" ? "" : order })}
      />
      <WrapButton />
      <Button picture="again" label="Read anew" onClick={onAgain} />
      <ViewLink view="live" parameters={{ query }} class="button is-plain">Follow</ViewLink>
    </div>
  );
}

/** Whether lines wrap. */
export function WrapButton() {
  const { kept } = usePage();
  const { lines } = usePreferences();
  return (
    <Button
      picture="wrap"
      label="Wrap long lines"
      pressed={lines === "wrap"}
      onClick={() => kept.turn("lines")}
    />
  );
}
