/**
 * Text from outside, moments, and severities, as every view shows them.
 *
 * @module
 */
import type { Severity } from "../api/answers.ts";
import { useObservable } from "../observable.ts";
import { usePage, usePreferences } from "../page_context.ts";
import { nowMs } from "../clock.ts";
import { oneLine, pieces } from "../text/safe.ts";
import { fullMoment, momentText, relativeMoment } from "../text/time.ts";
import { SeverityIcon } from "./icons.tsx";

/** What a line of a list shows of a text, in UTF-16 units. */
const LINE_MAX = 1_000;

/** A text from outside, whole, or as a line. */
export function Foreign({ text, line = false }: { readonly text: string; readonly line?: boolean }) {
  const shown = pieces(line ? oneLine(text, LINE_MAX) : text);
  return (
    <bdi class="foreign">
      {shown.map(({ text, unseen }, i) =>
        unseen === undefined ? text : <span key={i} class="unseen" title={unseen}>{text}</span>
      )}
    </bdi>
  );
}

/** A moment, as the person likes it; all of it on its title. */
export function Moment({ moment, live = false }: { readonly moment: string; readonly live?: boolean }) {
  const { zone, times } = usePreferences();
  const { seconds } = usePage();
  // What is relative grows.
  useObservable(seconds);
  const now = nowMs();
  const text = live ? relativeMoment(moment, now) : momentText(moment, { zone, times, nowMs: now });
  return (
    <time class="moment" dateTime={moment} title={`${fullMoment(moment, zone)} (${relativeMoment(moment, now)})`}>
      {/^\d\d-\d\d /.test(text)
        ? [<span class="moment-date" key="date">{text.slice(0, 6)}</span>, text.slice(6)]
        : text}
    </time>
  );
}

/** A severity by shape, colour and word. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <span class={`severity is-${severity}`}>
      <SeverityIcon severity={severity} />
      <span class="severity-name">{severity}</span>
    </span>
  );
}
