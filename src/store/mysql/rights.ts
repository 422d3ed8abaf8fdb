/**
 * What the account may do: the rows of a monitor's work tried, the rest read from its grants.
 *
 * @module
 */
import type { MysqlAddress } from "../database_url.ts";
import type { MysqlSession } from "./session.ts";

/** Whether an account has a right, by what its grants say; `unclear` where they do not say it plainly. */
export type GrantedRight = "granted" | "missing" | "unclear";

/** What an administrator runs to give the account what a monitor needs. */
export function grantAdvice({ user, database }: Pick<MysqlAddress, "user" | "database">): string {
  return `let an administrator run: GRANT SELECT, INSERT, UPDATE, DELETE, ALTER ON \`${database}\`.* TO '${user}'@'HOST', \
with the host that the account is for`;
}

/** Whether the session's account may ALTER `service_logs`: without it no partitions are added as days go by. */
export async function alterRight(session: MysqlSession, database: string): Promise<GrantedRight> {
  const grants = await session.tuples("SHOW GRANTS");
  return grantedRight(grants.map(([grant]) => String(grant)), { right: "ALTER", database, table: "service_logs" });
}

/** What a right is for. */
interface RightOnTable {
  /** In upper case. */
  readonly right: string;
  readonly database: string;
  readonly table: string;
}

/** @param grants Lines of `SHOW GRANTS`. */
export function grantedRight(
  grants: readonly string[],
  { right, database, table }: RightOnTable,
): GrantedRight {
  let unclear = grants.length === 0;
  for (const grant of grants) {
    const [, rights, on] = /^GRANT (.+?) ON (?:TABLE )?(\S+) TO /i.exec(grant) ?? [];
    if (rights === undefined || on === undefined) {
      // A role, which may have it; or a revocation of a part.
      unclear = true;
      continue;
    }
    const names = rights.toUpperCase().split(/,(?![^(]*\))/).map((name) => name.trim());
    if (!names.includes(right) && !names.includes("ALL PRIVILEGES")) continue;
    if (covers(on, { database, table })) return isRevoked(grants) ? "unclear" : "granted";
  }
  return unclear ? "unclear" : "missing";
}

/** MySQL can take back for one database what it gave for all. */
function isRevoked(grants: readonly string[]): boolean {
  return grants.some((grant) => /^REVOKE /i.test(grant));
}

/** Whether an object of a grant, such as *.* or `db\_1`.* or `db`.`table`, has the table in it. */
function covers(on: string, { database, table }: Pick<RightOnTable, "database" | "table">): boolean {
  const [, pattern, name] = /^(\*|[`"].+[`"]|\w+)\.(\*|[`"].+[`"]|\w+)$/.exec(on) ?? [];
  if (pattern === undefined || name === undefined) return false;
  if (pattern === "*") return true;
  if (name !== "*") return unquoted(name) === table && unquoted(pattern) === database;
  // Of a database's name in a grant, % and _ are wildcards where no backslash is in front of them.
  const form = unquoted(pattern).replaceAll(
    /\\([%_\\])|([%_])|[^\w\s]/g,
    (text, escaped, wild) => escaped ?? (wild === undefined ? `\\${text}` : wild === "%" ? ".*" : "."),
  );
  return new RegExp(`^${form}$`, "is").test(database);
}

function unquoted(name: string): string {
  const quote = name[0]!;
  return quote === "`" || quote === '"' ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}
