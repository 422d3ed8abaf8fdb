/**
 * An entry as a row of a list.
 *
 * @module
 */
import type { Entry } from "../api/answers.ts";
import { Foreign, Moment, SeverityMark } from "../parts/text.tsx";

/** What a row shows. */
export interface EntryRowProps {
  readonly entry: Entry;
  readonly index: number;
  /** Names of attributes, each a column. */
  readonly columns: readonly string[];
  readonly selected: boolean;
  /** The line that a context is of. */
  readonly marked?: boolean;
  readonly wraps: boolean;
  readonly onSelect: (id: string) => void;
}

/** The head of the list. */
export function EntryHead({ columns }: { readonly columns: readonly string[] }) {
  return (
    <div class="row row-head" role="row" aria-rowindex={1}>
      {["Severity", "Time", "Service", ...columns, "Payload"].map((name) => (
        <span key={name} role="columnheader" class={`cell cell-${name.toLowerCase()}`}>{name}</span>
      ))}
    </div>
  );
}

/** Draws it. */
export function EntryRow({ entry, index, columns, selected, marked = false, wraps, onSelect }: EntryRowProps) {
  // Where something is missing: no entry has such an id.
  if (entry.id.startsWith("gap-")) {
    return (
      <div data-key={entry.id} class="row row-gap" role="row" aria-rowindex={index + 2}>
        <span role="gridcell" class="cell">{entry.payload}</span>
      </div>
    );
  }
  const classes = ["row", `of-${entry.severity}`, selected ? "is-selected" : "", marked ? "is-marked" : ""];
  return (
    <div
      id={`row-${entry.id}`}
      key={entry.id}
      data-key={entry.id}
      class={classes.filter((name) => name !== "").join(" ")}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={() => {
        // Who marks text to copy it does not want it opened.
        if (getSelection()?.isCollapsed !== false) onSelect(entry.id);
      }}
    >
      <span role="gridcell" class="cell cell-severity">
        <SeverityMark severity={entry.severity} />
      </span>
      <span role="gridcell" class="cell cell-time">
        <Moment moment={entry.publish_time} />
      </span>
      <span role="gridcell" class="cell cell-service">
        <Foreign text={entry.service_name} line />
      </span>
      {columns.map((name) => (
        <span key={name} role="gridcell" class="cell cell-attribute">
          <Foreign text={entry.attributes[name] ?? ""} line />
        </span>
      ))}
      <span role="gridcell" class="cell cell-payload">
        <Foreign text={entry.payload} line={!wraps || entry.payload.length > 4_000} />
      </span>
    </div>
  );
}
