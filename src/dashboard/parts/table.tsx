/**
 * Tables that people read: a head that stays, numbers to the right.
 *
 * @module
 */
import type { ComponentChildren } from "preact";

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
  /** Told which row was clicked; its first cell is a button then. */
  readonly onRow?: (row: T) => void;
  readonly current?: string | undefined;
}) {
  const classOf = ({ number, wide }: Column<T>) => [number ? "number" : "", wide ? "wide" : ""].join(" ").trim();
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => <th key={column.name} scope="col" class={classOf(column)}>{column.name}</th>)}
          </tr>
        </thead>
        <tbody>
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
