/**
 * Tables that people read: a head that stays, numbers to the right. Where rows can be opened, keys walk them as in a list.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { stepOf, useListKeys } from "./list_keys.ts";

/** A column. */
export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ComponentChildren;
  readonly number?: boolean;
  /** Left out where there is little room. */
  readonly wide?: boolean;
}

/** Draws it. @typeParam T A row. */
export function Table<T>({ label, columns, rows, keyOf, onRow, current }: {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Told which row was chosen; its first cell is a button then. */
  readonly onRow?: (row: T) => void;
  /** The row that is opened. */
  readonly current?: string | undefined;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  // Where the walk goes on once a detail is closed, with the focus that it had.
  const last = useRef<string | undefined>(undefined);
  if (current !== undefined) last.current = current;
  useListKeys((key) => {
    const step = stepOf(key);
    if (onRow === undefined || step === 0 || rows.length === 0) return false;
    const buttons = [...body.current!.querySelectorAll<HTMLElement>("td:first-child > .cell-button")];
    const focused = buttons.findIndex((button) => button === document.activeElement);
    const from = focused >= 0 ? focused : rows.findIndex((row) => keyOf(row) === last.current);
    const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1);
    buttons[to]!.focus();
    if (current !== undefined) onRow(rows[to]!);
    return true;
  });
  const classOf = ({ number, wide }: Column<T>) => [number ? "number" : "", wide ? "wide" : ""].join(" ").trim();
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => <th key={column.name} scope="col" class={classOf(column)}>{column.name}</th>)}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              class={`${onRow ? "can-open" : ""}${keyOf(row) === current ? " is-current" : ""}`}
              onClick={onRow && (() => getSelection()?.isCollapsed !== false && onRow(row))}
            >
              {columns.map((column, i) => (
                <td key={column.name} class={classOf(column)}>
                  {i === 0 && onRow
                    ? (
                      <button
                        type="button"
                        class="cell-button"
                        onClick={(event) => (event.stopPropagation(), onRow(row))}
                      >
                        {column.cell(row)}
                      </button>
                    )
                    : column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
