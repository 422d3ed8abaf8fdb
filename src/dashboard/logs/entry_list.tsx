/**
 * Entries as a list that is walked with keys: j and k move, enter opens, escape closes.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Entry } from "../api/answers.ts";
import { usePreferences } from "../page_context.ts";
import { stepOf, useListKeys } from "../parts/list_keys.ts";
import { VirtualList, type VirtualListProps } from "../parts/virtual_list.tsx";
import { EntryHead, EntryRow } from "./entry_row.tsx";

/** What a list shows. */
export interface EntryListProps
  extends Pick<VirtualListProps, "atEnd" | "onAtEnd" | "onNearStart" | "onNearEnd" | "label"> {
  readonly entries: readonly Entry[];
  readonly columns: readonly string[];
  /** The entry whose detail is shown. */
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
  readonly marked?: string;
  readonly footer?: ComponentChildren;
}

/** In pixels; the style sheet has the same. */
const ROW_HEIGHT = 24;

/** Draws it. */
export function EntryList(props: EntryListProps) {
  const { entries, columns, open, onOpen, marked } = props;
  const { lines } = usePreferences();
  const wraps = lines === "wrap";
  const keys = useMemo(() => entries.map(({ id }) => id), [entries]);
  const [cursor, setCursor] = useState<string | undefined>(open ?? marked);
  useEffect(() => open === undefined ? undefined : setCursor(open), [open]);
  const selected = cursor === undefined ? -1 : keys.indexOf(cursor);
  const grid = `var(--severity-width) var(--time-width) var(--service-width) ${
    columns.map(() => "minmax(80px, 160px) ").join("")
  }minmax(0, 1fr)`;

  useListKeys((key) => {
    const step = stepOf(key);
    if (step !== 0) {
      const next = keys[selected < 0 ? 0 : Math.min(Math.max(selected + step, 0), keys.length - 1)];
      setCursor(next);
      if (open !== undefined && next !== undefined) onOpen(next);
    } else if (key === "Enter" && cursor !== undefined && selected >= 0) onOpen(cursor);
    else if (key === "Escape" && open !== undefined) onOpen(undefined);
    else return false;
    return true;
  });

  return (
    <div class="entries" style={{ "--grid": grid }}>
      <VirtualList
        {...props}
        keys={keys}
        rowHeight={ROW_HEIGHT}
        wraps={wraps}
        selected={selected}
        columns={4 + columns.length}
        header={<EntryHead columns={columns} />}
        row={(index) => (
          <EntryRow
            key={keys[index]}
            entry={entries[index]!}
            index={index}
            columns={columns}
            selected={keys[index] === cursor}
            marked={keys[index] === marked}
            wraps={wraps}
            onSelect={(id) => {
              setCursor(id);
              onOpen(id);
            }}
          />
        )}
      />
    </div>
  );
}
