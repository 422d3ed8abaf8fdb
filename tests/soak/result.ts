/**
 * What a scenario found, and its report.
 *
 * @module
 */
import type { Findings } from "./ledger.ts";

/** How to run a scenario. */
export interface SoakOptions {
  readonly database: "mysql" | "mariadb";
  readonly minutes: number;
  /** Of a scenario that is short: `counters`. */
  readonly seconds: number;
  readonly seed: number;
  readonly instances: number;
  /** Messages a second. */
  readonly rate: number;
  /** Of a scenario that begins with many: `migration`. */
  readonly rows: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** A table of a report. */
export interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What a scenario found. It passed when there are no problems. */
export interface SoakResult {
  readonly scenario: string;
  /** Names and values, for the head of the report. */
  readonly setting: Readonly<Record<string, string | number>>;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly tables: readonly ReportTable[];
  readonly problems: readonly string[];
}

/** What a comparison says against a run. */
export function problemsOf({ lost, twice, wrong, countersWrong, differences, published }: Findings): string[] {
  if (published === 0) return ["nothing was published"];
  if (lost + twice + wrong + countersWrong === 0) return [];
  return [
    `${lost} lost, ${twice} twice, ${wrong} stored wrong, ${countersWrong} counter(s) wrong`,
    ...differences,
  ];
}

/** Bytes as people read them. */
export function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

/** Minutes and seconds of a run. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The report as Markdown. */
export function markdown(result: SoakResult): string {
  const { scenario, setting, figures, tables, problems } = result;
  return [
    `# Soak, scenario ${scenario}: ${problems.length === 0 ? "passed" : "FAILED"}`,
    "",
    ...table({ title: "Setting", columns: ["what", "value"], rows: Object.entries(setting) }),
    ...table({ title: "Result", columns: ["what", "value"], rows: Object.entries(figures) }),
    ...(problems.length === 0 ? [] : ["## Problems", "", ...problems.map((problem) => `- ${problem}`), ""]),
    ...tables.flatMap(table),
  ].join("\n");
}

function table({ title, columns, rows }: ReportTable): string[] {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [`## ${title}`, "", line(columns), line(columns.map(() => "---")), ...rows.map(line), ""];
}
