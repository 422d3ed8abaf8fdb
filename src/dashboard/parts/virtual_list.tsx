/**
 * A long list of which only the rows are drawn that are seen. What is being read stays where it is, whatever comes or goes
 * above it.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { RowOffsets } from "./row_offsets.ts";

/** What a list shows. */
export interface VirtualListProps {
  /** Rows' keys in order; another array whenever they change. */
  readonly keys: readonly string[];
  /** Draws a row, which is as wide as the list. */
  readonly row: (index: number) => ComponentChildren;
  readonly rowHeight: number;
  /** Whether rows may be higher. */
  readonly wraps: boolean;
  readonly label: string;
  /** The row that was chosen: it is brought into sight when another one is. */
  readonly selected?: number | undefined;
  /** Whether new rows at the end are followed. */
  readonly atEnd?: boolean;
  /** Told when a person scrolls to the end, or away from it. */
  readonly onAtEnd?: (atEnd: boolean) => void;
  readonly onNearStart?: () => void;
  readonly onNearEnd?: () => void;
  readonly header?: ComponentChildren;
  readonly footer?: ComponentChildren;
  readonly columns?: number;
}

/** Rows drawn beyond what is seen, each way. */
const OVERSCAN = 8;
/** Screens before an end at which more is asked for. */
const NEAR_SCREENS = 3;
/** So far from the end is still at it, in pixels. */
const END_PX = 4;

/** Draws it. */
export function VirtualList(props: VirtualListProps) {
  const { keys, rowHeight, wraps, selected, atEnd = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const offsets = useMemo(() => new RowOffsets(rowHeight), []);
  const anchor = useRef<{ readonly key: string; readonly dy: number } | undefined>(undefined);
  const revealed = useRef(false);
  const [view, setView] = useState({ top: 0, height: 600, width: 0 });
  const [, redraw] = useState({});
  offsets.setKeys(keys);

  const first = Math.max(0, offsets.indexAt(view.top) - OVERSCAN);
  const last = Math.min(keys.length, offsets.indexAt(view.top + view.height) + 1 + OVERSCAN);

  const look = () => {
    // A browser tells of sizes also once the list is gone.
    if (box.current === null) return;
    const { scrollTop, clientHeight, clientWidth } = box.current;
    setView((now) =>
      now.top === scrollTop && now.height === clientHeight && now.width === clientWidth
        ? now
        : { top: scrollTop, height: clientHeight, width: clientWidth }
    );
    const index = offsets.indexAt(scrollTop);
    const key = keys[index];
    anchor.current = key === undefined ? undefined : { key, dy: scrollTop - offsets.at(index) };
  };
  const indexOf = useMemo(() => {
    let index: Map<string, number> | undefined;
    return (key: string) => (index ??= new Map(keys.map((key, i) => [key, i]))).get(key);
  }, [keys]);

  useLayoutEffect(() => {
    offsets.reset(rowHeight);
    redraw({});
  }, [rowHeight, wraps, wraps ? view.width : 0]);

  // Heights of what was drawn, then the place of what is being read.
  useLayoutEffect(() => {
    const element = box.current!;
    if (wraps) {
      let changed = false;
      for (const row of element.querySelectorAll<HTMLElement>("[data-key]")) {
        changed = offsets.measure(row.dataset.key!, row.offsetHeight) || changed;
      }
      if (changed) redraw({});
    }
    if (atEnd) element.scrollTop = element.scrollHeight;
    else if (anchor.current !== undefined && element.scrollTop > 0) {
      const index = indexOf(anchor.current.key);
      const top = index === undefined ? undefined : offsets.at(index) + anchor.current.dy;
      if (top !== undefined && Math.abs(top - element.scrollTop) >= 1) element.scrollTop = top;
    }
    look();
  });

  useEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (selected === undefined || selected < 0) return;
    const element = box.current!;
    const [top, bottom] = [offsets.at(selected), offsets.at(selected + 1)];
    const below = element.clientHeight - (head.current?.offsetHeight ?? 0);
    // What a link leads to is in the middle.
    const seen = top >= element.scrollTop && bottom <= element.scrollTop + below;
    const first = !revealed.current;
    revealed.current = true;
    if (first && !seen) element.scrollTop = top - below / 2;
    else if (top < element.scrollTop) element.scrollTop = Math.max(0, top - rowHeight);
    else if (bottom > element.scrollTop + below) element.scrollTop = bottom - below + rowHeight;
    look();
  }, [selected === undefined || selected < 0 ? undefined : keys[selected]]);

  useEffect(() => {
    const near = view.height * NEAR_SCREENS;
    if (view.top < near) props.onNearStart?.();
    if (view.top + view.height > offsets.total - near) props.onNearEnd?.();
  }, [view.top, view.height, keys]);

  const onScroll = () => {
    look();
    const { scrollTop, clientHeight, scrollHeight } = box.current!;
    props.onAtEnd?.(scrollTop + clientHeight >= scrollHeight - END_PX);
  };

  return (
    <div
      class={wraps ? "list wraps" : "list"}
      ref={box}
      onScroll={onScroll}
      tabIndex={0}
      role="grid"
      aria-label={props.label}
      aria-rowcount={keys.length + 1}
      aria-colcount={props.columns}
      aria-activedescendant={selected === undefined || selected < 0 ? undefined : `row-${keys[selected]}`}
    >
      {props.header && <div class="list-head" role="rowgroup" ref={head}>{props.header}</div>}
      <div class="list-body" role="rowgroup" style={{ height: `${offsets.total}px` }}>
        <div class="list-rows" role="presentation" style={{ transform: `translateY(${offsets.at(first)}px)` }}>
          {keys.slice(first, last).map((_, i) => props.row(first + i))}
        </div>
      </div>
      {props.footer}
    </div>
  );
}
