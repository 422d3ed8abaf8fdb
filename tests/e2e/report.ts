/**
 * What an end-to-end run keeps for people: counts, batch sizes and triggers.
 *
 * @module
 */
import { type Manifest, mergeManifests } from "../../src/sim/manifest.ts";
import { manifestTable } from "../../src/sim/manifest_table.ts";
import type { LogLine } from "../support/lms_process.ts";
import type { Proof } from "./proof.ts";

/** What ran against what. */
export interface Setting {
  readonly pubsub: string;
  readonly database: string;
  readonly seconds: number;
}

function heading({ pubsub, database, seconds }: Setting): string[] {
  return [`Pub/Sub: ${pubsub}`, `database: ${database}`, `simulators: 3 at once, ${seconds} s`, ""];
}

/** What the simulators published. */
export function loggerReport(
  setting: Setting,
  manifests: readonly Manifest[],
  ended: readonly { readonly code: number; readonly stdout: string }[],
): string {
  const each = ended.flatMap(({ code, stdout }, index) => [`simulator ${index + 1}, exit code ${code}:`, stdout]);
  return [...heading(setting), ...each, "all simulators:", manifestTable(mergeManifests(manifests))].join("\n");
}

/** What the monitors stored, flush by flush, and whether it is what was published. */
export function monitorReport(
  setting: Setting,
  logs: { readonly killed: readonly LogLine[]; readonly drained: readonly LogLine[] },
  proof: Proof,
): string {
  return [
    ...heading(setting),
    "first monitor, killed on the way:",
    ...flushes(logs.killed),
    "",
    "second monitor, drained at the end:",
    ...flushes(logs.drained),
    "",
    `published     ${proof.published}`,
    `service_logs  ${proof.entries}`,
    `counted       ${proof.counted} in service_severity`,
    `dead_letters  ${proof.deadLetters}`,
    `differences   ${proof.differences.length}`,
    ...proof.differences,
    "",
  ].join("\n");
}

function flushes(log: readonly LogLine[]): string[] {
  const flushed = log.filter(({ msg }) => msg === "flushed");
  const triggers = new Map<string, number>();
  for (const { trigger } of flushed) triggers.set(String(trigger), (triggers.get(String(trigger)) ?? 0) + 1);
  const sizes = flushed.map(({ size }) => Number(size));
  const sum = (field: string) => flushed.reduce((total, line) => total + Number(line[field]), 0);
  return [
    `  messages ${sum("size")}: stored ${sum("stored")}, dead letters ${sum("dead_letters")}, ` +
    `came again ${sum("duplicates")}`,
    `  batches ${flushed.length}: ${[...triggers].map(([trigger, count]) => `${count} by ${trigger}`).join(", ")}`,
    `  batch sizes ${sizes.length === 0 ? "none" : `${Math.min(...sizes)} to ${Math.max(...sizes)}`}: ${
      sizes.join(" ")
    }`,
  ];
}
