/**
 * A small line that shows a course, not its numbers.
 *
 * @module
 */

const [WIDTH, HEIGHT] = [96, 20];

/** Draws it. */
export function Spark({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(values.length - 1, 1);
  const points = values.map((value, i) =>
    `${(i * step).toFixed(1)},${(HEIGHT - 1 - value / most * (HEIGHT - 3)).toFixed(1)}`
  );
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} preserveAspectRatio="none">
      <polyline points={points.join(" ")} />
    </svg>
  );
}
