/**
 * Entries as lines for people: publish time, severity, service, payload, attributes.
 *
 * @module
 */
import type { Instant } from "../../entry/entry.ts";
import { rfc3339Of } from "../../entry/instant.ts";
import { coloured } from "../../ops/colour.ts";
import { oneLine } from "../../ops/safe_text.ts";
import type { TableOptions } from "../../ops/table.ts";
import { cutTo, displayWidth, padded } from "../../ops/width.ts";
import type { ReadEntry } from "../../store/log_rows.ts";

/** On a terminal of fewer cells days have a line of their own, and times end with the millisecond. */
export const WIDE_COLUMNS = 100;
/** A service's name gets at most so many cells of a terminal, so that one long name leaves room for the others. */
const SERVICE_WIDTH_MAX = 24;
/** So much of a payload is shown on a terminal, where more would push everything else away. */
const TERMINAL_CHARS_MAX = 2_000;
/** Cells of the longest severity. */
const SEVERITY_WIDTH = 5;

/** Writes entries in their order; remembers the day that was told last, and how wide services are. */
export class EntryLines {
  readonly #options: TableOptions;
  readonly #narrow: boolean;
  #day = "";
  #serviceWidth = 0;

  constructor(options: TableOptions) {
    this.#options = options;
    this.#narrow = options.columns !== undefined && options.columns < WIDE_COLUMNS;
  }

  /** The lines of some entries, each safe to show. @param mark Before each; default nothing. */
  of(entries: readonly ReadEntry[], mark: (entry: ReadEntry) => string = () => ""): string[] {
    for (const { serviceName } of entries) {
      const width = displayWidth(oneLine(serviceName));
      this.#serviceWidth = Math.min(Math.max(this.#serviceWidth, width), SERVICE_WIDTH_MAX);
    }
    return entries.flatMap((entry) => [...this.#dayLines(entry), mark(entry) + this.#line(entry)]);
  }

  #dayLines({ publishTime }: ReadEntry): string[] {
    const day = publishTime.slice(0, 10);
    if (!this.#narrow || day === this.#day) return [];
    this.#day = day;
    return [this.#dim(`${day}, by publish time (UTC)`)];
  }

  #line(entry: ReadEntry): string {
    const { publishTime, severity, timestamp, payload, attributes } = entry;
    const onTerminal = this.#options.columns !== undefined;
    const name = oneLine(entry.serviceName);
    const service = padded(onTerminal ? cutTo(name, SERVICE_WIDTH_MAX) : name, this.#serviceWidth, "end");
    const text = onTerminal ? shortened(payload) : oneLine(payload);
    return [
      this.#dim(this.#time(publishTime)),
      this.#coloured(padded(severity, SEVERITY_WIDTH, "end"), severity),
      service,
      // The event's own time, where it is not the one by which the entry stands here.
      ...timestamp.slice(0, 19) === publishTime.slice(0, 19)
        ? []
        : [this.#dim(`[${this.#own(timestamp, publishTime)}]`)],
      ...text === "" ? [] : [text],
      ...attributeTexts(attributes).map((one) => this.#dim(onTerminal ? shortened(one) : one)),
    ].join("  ").trimEnd();
  }

  #time(instant: Instant): string {
    return this.#narrow ? instant.slice(11, 23) : rfc3339Of(instant);
  }

  #own(timestamp: Instant, publishTime: Instant): string {
    const sameDay = timestamp.slice(0, 10) === publishTime.slice(0, 10);
    return this.#narrow && sameDay ? timestamp.slice(11, 23) : rfc3339Of(timestamp);
  }

  #dim(text: string): string {
    return this.#coloured(text, "debug");
  }

  #coloured(text: string, severity: string): string {
    return this.#options.colour === true ? coloured(text, severity) : text;
  }
}

/** `name=value`, in quotes where either is more than one plain word. What Google's clients add is their own business. */
function attributeTexts(attributes: ReadEntry["attributes"]): string[] {
  const shown = (text: string) => /^[\p{L}\p{N}_.:/-]+$/u.test(text) ? text : oneLine(JSON.stringify(text));
  return Object.entries(attributes)
    .filter(([name]) => !name.startsWith("googclient_"))
    .map(([name, value]) => `${shown(name)}=${shown(value)}`);
}

function shortened(text: string): string {
  if (text.length <= TERMINAL_CHARS_MAX) return oneLine(text);
  const kept = Array.from(text.slice(0, TERMINAL_CHARS_MAX)).join("").replace(/[\ud800-\udbff]$/, "");
  return `${oneLine(kept)}… (${text.length - kept.length} more characters; --json has all)`;
}
