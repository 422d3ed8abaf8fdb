/**
 * The page around its views: where one can go, how it looks, and the keys that hold everywhere.
 *
 * @module
 */
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import type { View } from "../http/page/views.ts";
import { useObservable } from "./observable.ts";
import { usePage, usePlace, usePreferences } from "./page_context.ts";
import { Button, ViewLink } from "./parts/controls.tsx";
import { Dialogs } from "./parts/dialogs.tsx";
import type { PictureName } from "./parts/icons.tsx";
import { ContextView } from "./views/context.tsx";
import { DeadLettersView } from "./views/dead_letters.tsx";
import { FlushesView } from "./views/flushes.tsx";
import { LiveView } from "./views/live.tsx";
import { LogsView } from "./views/logs.tsx";
import { OverviewView } from "./views/overview.tsx";

interface ViewEntry {
  readonly title: string;
  readonly component: FunctionComponent;
  /** After `g`. */
  readonly key?: string;
  /** Under which it is listed; absent: it is not. */
  readonly listed?: boolean;
}

const SHOWN: Readonly<Record<View, ViewEntry>> = {
  logs: { title: "Logs", component: LogsView, key: "l", listed: true },
  live: { title: "Live", component: LiveView, key: "f", listed: true },
  overview: { title: "Overview", component: OverviewView, key: "o", listed: true },
  "dead-letters": { title: "Dead letters", component: DeadLettersView, key: "d", listed: true },
  flushes: { title: "Flushes", component: FlushesView, key: "b", listed: true },
  context: { title: "Context", component: ContextView },
};

/** Views of rows that are opened beside a table. */
const TABLES: readonly View[] = ["dead-letters", "flushes"];

/** Draws it. */
export function App() {
  const { view, parameters } = usePlace();
  const { component: Shown, title } = SHOWN[view];
  useKeys();
  useEffect(() => {
    document.title = parameters.query ? `${parameters.query.slice(0, 60)} · ${title} · LMS` : `${title} · LMS`;
  }, [view, parameters.query]);
  return (
    <>
      <Header />
      <main>
        <Shown key={view} />
      </main>
      <Notice />
      <Dialogs />
    </>
  );
}

function Header() {
  const { view } = usePlace();
  const { kept, help } = usePage();
  const { theme, zone, times } = usePreferences();
  const pictures: Readonly<Record<typeof theme, PictureName>> = { system: "screen", light: "sun", dark: "moon" };
  return (
    <header class="head">
      <ViewLink view="logs" class="brand" label="LMS, all logs">LMS</ViewLink>
      <nav aria-label="Views">
        {(Object.entries(SHOWN) as [View, ViewEntry][]).filter(([, { listed }]) => listed).map(([name, { title }]) => (
          <ViewLink key={name} view={name} current={name === view || name === "logs" && view === "context"}>
            {title}
          </ViewLink>
        ))}
      </nav>
      <div class="head-tools">
        <Button label="Times: as they are, or how long ago" onClick={() => kept.turn("times")}>
          {times === "absolute" ? "Absolute" : "Relative"}
        </Button>
        <Button label="Times: of this place, or UTC" onClick={() => kept.turn("zone")}>
          {zone === "utc" ? "UTC" : "Local"}
        </Button>
        <Button picture={pictures[theme]} label={`Colours: ${theme}`} onClick={() => kept.turn("theme")} />
        <Button picture="help" label="Keys and queries (?)" onClick={() => help.set(true)} />
      </div>
    </header>
  );
}

/** Said once, and gone after a while. */
function Notice() {
  const { notice } = usePage();
  const text = useObservable(notice);
  useEffect(() => {
    if (text === "") return;
    const timer = setTimeout(() => notice.set(""), 4_000);
    return () => clearTimeout(timer);
  }, [text]);
  return <div class={text === "" ? "notice" : "notice is-on"} role="status">{text}</div>;
}

function useKeys(): void {
  const { router, help } = usePage();
  useEffect(() => {
    let going = false;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement;
      if (target.closest("input, textarea, select, dialog") !== null) return;
      const { key } = event;
      const { view, parameters } = router.place.value;
      const gone = going && (Object.entries(SHOWN) as [View, ViewEntry][]).find(([, one]) => one.key === key)?.[0];
      going = key === "g" && !going;
      if (gone) router.go(gone);
      else if (key === "?") help.set(true);
      else if (key === "c" && parameters.open !== undefined && !TABLES.includes(view)) {
        router.go("context", { id: parameters.open });
      } else if (key === "Escape" && TABLES.includes(view) && parameters.open !== undefined) {
        router.change({ open: "" });
      } else if (key === "/") {
        const query = document.querySelector<HTMLInputElement>("#query");
        query === null ? router.go("logs") : query.select();
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
