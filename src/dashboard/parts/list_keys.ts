/**
 * Keys by which a person goes through the rows of a list.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { useObservable } from "../observable.ts";
import { usePage } from "../page_context.ts";

/** How many rows further a key leads: 1, -1, or 0 where it is none for this. */
export function stepOf(key: string): number {
  return key === "j" || key === "ArrowDown" ? 1 : key === "k" || key === "ArrowUp" ? -1 : 0;
}

/**
 * Keys that are meant for the list: not those of a field or of a question.
 *
 * @param take Whether it took the key.
 */
export function useListKeys(take: (key: string) => boolean): void {
  const { question, tokenWanted, help } = usePage();
  const [asked, wanted, helping] = [useObservable(question), useObservable(tokenWanted), useObservable(help)];
  const covered = asked !== undefined || wanted !== undefined || helping;
  // Who presses keys quickly is ahead of what was drawn.
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    if (covered) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement;
      if (target.closest("input, textarea, select, [contenteditable]") !== null) return;
      // A button or link takes its own enter, and a long text its arrows.
      if (event.key === "Enter" && target.closest("button, a") !== null) return;
      if (event.key.startsWith("Arrow") && target.closest(".detail") !== null) return;
      if (latest.current(event.key)) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [covered]);
}
