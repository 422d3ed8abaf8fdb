/**
 * Several observers as one.
 *
 * @module
 */

/** Whoever observes hears of some events, each by a function of its name. */
// deno-lint-ignore no-explicit-any -- `unknown` would take no function with parameters of its own.
type Observer = Readonly<Record<string, ((...told: any[]) => void) | undefined>>;

/**
 * Tells every observer what it hears of, in their order. Which events each hears of is settled here, so that nothing is
 * looked up when something happens. Observers are objects of functions, not instances of a class.
 */
export function combined<E extends object>(observers: readonly Partial<E>[]): Partial<E> {
  const all = observers as readonly Observer[];
  const events: Record<string, (...told: unknown[]) => void> = {};
  for (const name of new Set(all.flatMap(Object.keys))) {
    const hearing = all.flatMap((observer) => observer[name] ?? []);
    events[name] = (...told) => {
      for (const tell of hearing) tell(...told);
    };
  }
  return events as Partial<E>;
}
