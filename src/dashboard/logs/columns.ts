/**
 * The attributes that a list shows as columns, as the address has them.
 *
 * @module
 */

/** Their names, in order. */
export function columnsOf({ columns = "" }: { readonly columns?: string }): string[] {
  return columns.split(",").filter((name) => name !== "");
}

/** The address's value with one column more, or without it where it is there. */
export function withColumn(columns: readonly string[], name: string): string {
  return (columns.includes(name) ? columns.filter((one) => one !== name) : [...columns, name]).join(",");
}
