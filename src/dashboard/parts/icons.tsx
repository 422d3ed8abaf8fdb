/**
 * Pictures, drawn in lines of the text's colour.
 *
 * @module
 */
import type { Severity } from "../api/answers.ts";

/** A shape for each severity, so that none is told by its colour alone. */
const SEVERITY_PATHS: Readonly<Record<Severity, string>> = {
  debug: "M8 6.5a1.5 1.5 0 1 0 0 3a1.5 1.5 0 1 0 0-3",
  info: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 7.3v3.4M8 5.1v.2",
  warn: "M8 2.5l6 11H2zM8 6.8v3.2M8 11.7v.2",
  error: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M6 6l4 4M10 6l-4 4",
  fatal: "M8 1.5l6.5 6.5L8 14.5L1.5 8zM8 5v3.6M8 10.7v.2",
};

/** A severity's shape. */
export function SeverityIcon({ severity }: { readonly severity: Severity }) {
  return <Icon path={SEVERITY_PATHS[severity] ?? SEVERITY_PATHS.debug} />;
}

const PATHS = {
  copy: "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7",
  link:
    "M7 9l2.5-2.5M6.5 5l1.2-1.2a2.4 2.4 0 0 1 3.4 0l1 1a2.4 2.4 0 0 1 0 3.4L11 9.4M9.5 11l-1.2 1.2a2.4 2.4 0 0 1-3.4 0l-1-1a2.4 2.4 0 0 1 0-3.4L5 6.6",
  close: "M4 4l8 8M12 4l-8 8",
  sun:
    "M8 5.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
  moon: "M13 9.5A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.5z",
  screen: "M2.5 3.5h11v7h-11zM6 13h4M8 10.5V13",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.5l7 4.5l-7 4.5z",
  down: "M8 3v10M4.5 9.5L8 13l3.5-3.5",
  up: "M8 13V3M4.5 6.5L8 3l3.5 3.5",
  back: "M7 4L3 8l4 4M3 8h10",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.3 10.3L13.5 13.5",
  again: "M13 5.5A5.5 5.5 0 1 0 13.4 9.5M13.3 2.5v3.2h-3.2",
  wrap: "M2.5 3.5h11M2.5 7.5h9a2 2 0 0 1 0 4.5H8M9.7 10.2L8 12l1.7 1.8M2.5 12h2.5",
  help: "M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1v.6M8 11.8v.2",
  list: "M2.5 4h11M2.5 8h11M2.5 12h7",
} as const;

/** The name of a picture. */
export type PictureName = keyof typeof PATHS;

/** A picture; what it stands for is said by what it is in. */
export function Picture({ name }: { readonly name: PictureName }) {
  return <Icon path={PATHS[name]} />;
}

function Icon({ path }: { readonly path: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}
