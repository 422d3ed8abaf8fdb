/**
 * A signal that says how many listeners wait for its abort.
 *
 * @module
 */

/** The controller's signal, and how many listeners it has. */
export function countedSignal(
  controller: AbortController,
): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners.add(listener);
    add(type, () => {
      listeners.delete(listener);
      if (typeof listener === "function") listener(new Event(type));
    }, { once: true });
  };
  signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  return { signal, listeners: () => listeners.size };
}
