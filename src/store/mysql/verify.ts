/**
 * What operators ask a MySQL or MariaDB database: what it is, whether its tables agree, and to put its counters right.
 *
 * @module
 */
import type { DeadLetterReason, DeadLetterStatus, Severity } from "../../entry/entry.ts";
import type { StoreFacts, Verification } from "../maintenance.ts";
import { type SeverityCount, StoreError } from "../store.ts";
import { deltas, verification } from "../verification.ts";
import { mendFilters, readDamagedFilters } from "./filter_check.ts";
import { addCounts } from "./insert.ts";
import { type Elsewhere, LEASE_SECONDS, locked } from "./lock.ts";
import type { MysqlSession } from "./session.ts";
import { readMinutes, readTimeDifferences, repairTimes } from "./time_check.ts";
import { inSnapshot } from "./transaction.ts";
import { statementBytesMax } from "./statement_size.ts";

/** See `Maintenance.facts`. */
export async function readFacts(session: MysqlSession): Promise<StoreFacts> {
  const [name, mode, schemaVersion] = await session.values(
    "SELECT VERSION(), @@sql_mode, (SELECT COALESCE(MAX(version), 0) FROM schema_migrations)",
  );
  const version = String(name);
  const number = /^[\d.]+/.exec(version)?.[0] ?? version;
  return {
    server: `${version.includes("MariaDB") ? "MariaDB" : "MySQL"} ${number}`,
    packetBytesMax: session.packetBytesMax,
    strict: String(mode).split(",").includes("STRICT_ALL_TABLES"),
    schemaVersion: Number(schemaVersion),
  };
}

/** See `Maintenance.verify`. */
export async function readVerification(session: MysqlSession): Promise<Verification> {
  return await inSnapshot(session, () => compare(session));
}

async function compare(session: MysqlSession): Promise<Verification> {
  return verification({
    times: await readTimeDifferences(session),
    filters: await readDamagedFilters(session),
    unadopted: Number((await session.values("SELECT COUNT(*) FROM service_logs WHERE batch IS NULL"))[0]),
    stored: (await session.tuples(
      "SELECT service_name, severity, COUNT(*) FROM service_logs GROUP BY service_name, severity",
    )).map(severityCount),
    replayed: (await session.tuples(
      "SELECT l.service_name, l.severity, COUNT(*) FROM dead_letters d JOIN service_logs l \
USING (publish_time, message_id) WHERE d.status = 'replayed' GROUP BY l.service_name, l.severity",
    )).map(severityCount),
    counted: (await session.tuples("SELECT service_name, severity, `count` FROM service_severity")).map(
      severityCount,
    ),
    deadLetters: (await session.tuples(
      "SELECT reason, status, COUNT(*) FROM dead_letters GROUP BY reason, status",
    )).map(([reason, status, count]) => ({
      reason: reason as DeadLetterReason,
      status: status as DeadLetterStatus,
      count: Number(count),
    })),
    inBoth: Number(
      (await session.values(
        "SELECT COUNT(*) FROM dead_letters d JOIN service_logs l USING (publish_time, message_id) \
WHERE d.status <> 'replayed'",
      ))[0],
    ),
  });
}

/** See `Maintenance.repair`. The snapshot and its deltas belong together, hence one lock around both. */
export async function repairCounters(session: MysqlSession, elsewhere: Elsewhere): Promise<Verification> {
  const repaired = await locked(session, { name: "repair", waitSeconds: 0, elsewhere }, async ({ confirm }) => {
    const { found, minutes } = await inSnapshot(session, async () => {
      const found = await compare(session);
      return { found, minutes: await readMinutes(session, found.times) };
    });
    await session.begin();
    await confirm();
    await mendFilters(session, found.filters ?? []);
    await repairTimes(session, { differences: found.times, minutes });
    for (const sql of addCounts(deltas(found.differences), statementBytesMax(session))) await session.change(sql);
    await session.change("COMMIT");
    return found;
  });
  if (repaired !== undefined) return repaired;
  throw new StoreError(
    `Cannot repair: another repair is under way, or ended within the last ${LEASE_SECONDS} s without a word`,
    { disposition: "retry", cause: undefined },
  );
}

function severityCount([serviceName, severity, count]: readonly unknown[]): SeverityCount {
  return { serviceName: String(serviceName), severity: severity as Severity, count: Number(count) };
}
