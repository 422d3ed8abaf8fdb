/**
 * Numbers as people read them.
 *
 * @module
 */

/** `12,345`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `12.3 k`, `4.0 M`, for where there is little room. */
export function shortCount(value: number): string {
  if (value < 10_000) return count(value);
  const [unit, name] = value >= 1e9 ? [1e9, "G"] : value >= 1e6 ? [1e6, "M"] : [1e3, "k"];
  return `${(value / unit).toFixed(value / unit < 100 ? 1 : 0)} ${name}`;
}

/** `512 B`, `1.2 KiB`, `3.4 MiB`. */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const [unit, name] = value >= 1024 ** 2 ? [1024 ** 2, "MiB"] : [1024, "KiB"];
  return `${(value / unit).toFixed(1)} ${name}`;
}

/** `0.4 /s`, `123 /s`. */
export function rate(perSecond: number): string {
  return `${perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond))} /s`;
}

/** How much more or less: `+12 %`, `new`, `-100 %`, `=`. */
export function change(now: number, before: number): string {
  if (now === before) return "=";
  if (before === 0) return "new";
  const percent = Math.round((now / before - 1) * 100);
  return `${percent > 0 ? "+" : percent < 0 ? "−" : "±"}${count(Math.abs(percent))} %`;
}
