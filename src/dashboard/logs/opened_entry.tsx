/**
 * The entry that the address opens, beside its list.
 *
 * @module
 */
import type { Entry } from "../api/answers.ts";
import { useParameters } from "../page_context.ts";
import { withTerm } from "../text/query.ts";
import { columnsOf, withColumn } from "./columns.ts";
import { EntryDetail } from "./entry_detail.tsx";

/** What is opened, and what of the address it may change. */
export interface OpenedEntryProps {
  readonly id: string;
  /** Where the list has it already. */
  readonly entry: Entry | undefined;
  /** Whether the list has a query, to which terms can be added. */
  readonly searches: boolean;
  /** Whether a change takes the place of the address in the browser's history. */
  readonly replace?: boolean;
}

/** Draws it. */
export function OpenedEntry({ id, entry, searches, replace = false }: OpenedEntryProps) {
  const [parameters, change] = useParameters();
  const columns = columnsOf(parameters);
  return (
    <EntryDetail
      id={id}
      entry={entry}
      columns={columns}
      onClose={() => change({ open: "" }, { replace })}
      onColumn={(name) => change({ columns: withColumn(columns, name) }, { replace })}
      {...searches && {
        onTerm: (term: string) => change({ query: withTerm(parameters.query ?? "", term), open: "" }),
      }}
    />
  );
}
