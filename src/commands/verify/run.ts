/**
 * `lms verify`: whether the tables agree, with each other and with what was published.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { NAMED, openDatabase } from "../../app/database.ts";
import { UsageError } from "../../config/usage_error.ts";
import { SEVERITIES, type Severity } from "../../entry/entry.ts";
import { oneLine, safeJson } from "../../ops/safe_text.ts";
import { alignedRows, type TableOptions } from "../../ops/table.ts";
import { type Manifest, mergeManifests } from "../../sim/manifest.ts";
import { parseManifest } from "../../sim/manifest_json.ts";
import type { DamagedFilter } from "../../store/filter_check.ts";
import type { CountDifference, Verification } from "../../store/maintenance.ts";
import type { SeverityCount } from "../../store/store.ts";
import type { TimeDifference } from "../../store/time_check.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { VERIFY } from "./command.ts";
import { type AgainstDifference, type Report, reportJson } from "./json.ts";

/** Runs the command. */
export async function run(
  config: ConfigOf<typeof VERIFY>,
  context: Context,
): Promise<number> {
  const manifest = await manifests(config.against, context);
  await using store = await openDatabase(config, {
    named: NAMED,
    access: config.repair ? "change" : "read",
    writers: 1,
    context,
  });
  const repaired = config.repair ? await store.repair() : undefined;
  const found = await store.verify();
  const against = manifest === undefined ? [] : compare(found, manifest);
  const agrees =
    found.differences.length + found.times.length + (found.filters?.length ?? 0) + found.inBoth + against.length === 0;
  const report = { database: store.address, found, repaired, manifest, against, agrees };
  if (config.json) context.print(safeJson(reportJson(report)));
  else context.printRows(lines(report, context.results));
  return agrees ? EXIT.ok : EXIT.failed;
}

async function manifests(files: readonly string[], { readFile }: Context): Promise<Manifest | undefined> {
  if (files.length === 0) return undefined;
  return mergeManifests(
    await Promise.all(files.map(async (file) => {
      const manifest = parseManifest(await readFile(file));
      if (!manifest.ok) throw new UsageError(`Cannot compare with ${file}: it ${manifest.problem}`);
      return manifest.value;
    })),
  );
}

/** What is published and stored as what; those that agree are left out. */
function compare({ stored, replayed, reasons }: Verification, { valid, malformed }: Manifest): AgainstDifference[] {
  const counts = new Map<string, { published: number; stored: number }>();
  const add = (key: string, what: "published" | "stored", count: number) => {
    const sums = counts.get(key) ?? { published: 0, stored: 0 };
    sums[what] += count;
    counts.set(key, sums);
  };
  const keyOf = ({ serviceName, severity }: Omit<SeverityCount, "count">) => JSON.stringify([serviceName, severity]);
  for (const [serviceName, bySeverity] of valid) {
    for (const severity of SEVERITIES) add(keyOf({ serviceName, severity }), "published", bySeverity[severity]);
  }
  for (const row of stored) add(keyOf(row), "stored", row.count);
  for (const row of replayed) add(keyOf(row), "stored", -row.count);
  for (const [reason, count] of malformed) add(JSON.stringify([reason]), "published", count);
  for (const [reason, count] of Object.entries(reasons)) add(JSON.stringify([reason]), "stored", count);
  return [...counts].filter(([, sums]) => sums.published !== sums.stored).map(([key, sums]) => {
    const [first, severity] = JSON.parse(key) as [string, Severity | undefined];
    return { of: severity === undefined ? { reason: first } : { service_name: first, severity }, ...sums };
  });
}

function lines(report: Report, options: TableOptions): string[] {
  const { database, found, repaired, manifest, against, agrees } = report;
  const { open, replayed, dropped } = found.deadLetters;
  const result = [
    oneLine(database),
    ...alignedRows([
      ["", "rows"],
      ["service_logs", found.entries],
      ...found.unadopted === 0 ? [] : [["not adopted yet", found.unadopted] as const],
      ["service_severity says", found.counted],
      ["dead letters, open", open],
      ["dead letters, replayed", replayed],
      ["dead letters, dropped", dropped],
    ]).slice(1),
  ];
  const differences = (title: string, list: readonly CountDifference[]) => {
    if (list.length === 0) return;
    result.push("", title);
    result.push(...alignedRows([
      ["service", "severity", "rows", "counter", "difference"],
      ...list.map(({ serviceName, severity, stored, counted }) =>
        [serviceName, severity, stored, counted, stored - counted] as const
      ),
    ], options));
  };
  differences("Put right:", repaired?.differences ?? []);
  differences("The tables differ:", found.differences);
  const times = (title: string, list: readonly TimeDifference[]) => {
    if (list.length === 0) return;
    result.push("", title);
    result.push(...alignedRows([
      ["of the", "from", "service", "severity", "rows", "counter", "difference"],
      ...list.map(({ of, time, serviceName, severity, stored, counted }) =>
        [of, time, serviceName === "" ? "(all)" : serviceName, severity, stored, counted, stored - counted] as const
      ),
    ], options));
  };
  times("Put right by minute and hour:", repaired?.times ?? []);
  times("The counts by minute and hour differ:", found.times);
  const filters = (title: string, list: readonly DamagedFilter[]) => {
    if (list.length === 0) return;
    result.push("", title);
    result.push(...alignedRows([
      ["batch", "day", "words"],
      ...list.map(({ batch, day, missing }) => [String(batch), day, missing] as const),
    ], options));
  };
  filters("Word filters written anew:", repaired?.filters ?? []);
  filters("Word filters that do not find words of their rows:", found.filters ?? []);
  if (found.inBoth > 0) result.push("", `${found.inBoth} message(s) are an entry and an open or dropped dead letter`);
  if (manifest !== undefined) result.push("", `published, by the manifests: ${manifest.published}`);
  if (against.length > 0) {
    result.push(...alignedRows([
      ["published as", "published", "stored"],
      ...against.map(({ of, published, stored }) =>
        [
          "reason" in of ? `malformed, ${of.reason}` : `${of.service_name}, ${of.severity}`,
          published,
          stored,
        ] as const
      ),
    ], options));
  }
  const count = found.differences.length + found.times.length + (found.filters?.length ?? 0) + found.inBoth +
    against.length;
  result.push("", agrees ? "everything agrees" : `${count} difference(s)`);
  return result;
}
