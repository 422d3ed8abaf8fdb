/**
 * What was published, message by message, and the comparison with what a database holds. Made for millions: manifests
 * are added as they come, and rows are read one by one.
 *
 * @module
 */
import { createConnection } from "mysql2";
import { type Manifest, payloadDigest } from "../../src/sim/manifest.ts";

/** What a comparison found. Everything is in order when `differences` is empty. */
export interface Findings {
  readonly published: number;
  readonly entries: number;
  readonly counted: number;
  /** By reason. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Published and in neither table. */
  readonly lost: number;
  /** In the tables twice. */
  readonly twice: number;
  /** Stored as something else than what was published, or never published. */
  readonly wrong: number;
  /** Services and severities for which a counter is not the number of rows. */
  readonly countersWrong: number;
  /** The first of each, in words. */
  readonly differences: readonly string[];
}

/** More than this would only hide what is wrong. */
const DIFFERENCES_MAX = 50;

type Row = Readonly<Record<string, unknown>>;

/** The account of a run. */
export class Ledger {
  /** What each message should be stored as, by its id. */
  readonly #expected = new Map<string, string>();
  #published = 0;
  #malformed = 0;

  get published(): number {
    return this.#published;
  }

  get malformed(): number {
    return this.#malformed;
  }

  /** Adds what a simulator published. @throws When the manifest does not list its messages, or an id repeats. */
  add({ published, messages }: Manifest): void {
    if (messages === undefined) throw new Error("Cannot account: the manifest does not list its messages");
    for (const [id, ...what] of messages) {
      this.#expected.set(id, what.join(" "));
      if (what.length === 1) this.#malformed++;
    }
    this.#published += published;
    if (this.#expected.size !== this.#published) throw new Error("Cannot account: a message id was issued twice");
  }

  /**
   * Compares with the tables, by SQL of its own.
   *
   * @param options.exceptServices Services whose names begin so have nothing to do with it.
   */
  async compare(databaseUrl: string, options: { readonly exceptServices?: string } = {}): Promise<Findings> {
    const { exceptServices } = options;
    const where = exceptServices === undefined ? "" : ` WHERE service_name NOT LIKE '${exceptServices}%'`;
    const differences: string[] = [];
    const seen = new Set<string>();
    let [twice, wrong, entries] = [0, 0, 0];
    const differ = (text: string) => void (differences.length < DIFFERENCES_MAX && differences.push(text));
    const check = (id: string, what: string) => {
      if (seen.has(id)) {
        twice++;
        differ(`message ${id} is stored twice`);
      }
      seen.add(id);
      const expected = this.#expected.get(id);
      if (expected === what) return;
      wrong++;
      differ(`message ${id} was published as "${expected ?? "nothing"}" and stored as "${what}"`);
    };

    const rows = new Map<string, number>();
    await eachRow(
      databaseUrl,
      `SELECT message_id, service_name, severity, payload FROM service_logs${where}`,
      (row) => {
        entries++;
        const key = `${row.service_name} ${row.severity}`;
        rows.set(key, (rows.get(key) ?? 0) + 1);
        check(String(row.message_id), `${key} ${payloadDigest(String(row.payload))}`);
      },
    );
    const deadLetters: Record<string, number> = {};
    await eachRow(databaseUrl, "SELECT message_id, reason FROM dead_letters", (row) => {
      const reason = String(row.reason);
      deadLetters[reason] = (deadLetters[reason] ?? 0) + 1;
      check(String(row.message_id), reason);
    });
    const counters = new Map<string, number>();
    await eachRow(databaseUrl, `SELECT service_name, severity, \`count\` FROM service_severity${where}`, (row) => {
      counters.set(`${row.service_name} ${row.severity}`, Number(row.count));
    });

    let lost = 0;
    for (const id of this.#expected.keys()) {
      if (seen.has(id)) continue;
      lost++;
      differ(`message ${id} was published and is not stored`);
    }
    let countersWrong = 0;
    for (const key of new Set([...rows.keys(), ...counters.keys()])) {
      const [stored, counted] = [rows.get(key) ?? 0, counters.get(key) ?? 0];
      if (stored === counted) continue;
      countersWrong++;
      differ(`${key}: ${stored} row(s) and a counter of ${counted}`);
    }
    const counted = [...counters.values()].reduce((sum, count) => sum + count, 0);
    const published = this.#published;
    return { published, entries, counted, deadLetters, lost, twice, wrong, countersWrong, differences };
  }
}

/** Reads a result row by row, so that it may be larger than memory. */
function eachRow(url: string, sql: string, take: (row: Row) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = createConnection({ uri: url, charset: "utf8mb4" });
    connection.query(sql).on("error", reject).on("result", (row) => take(row as Row)).on("end", () => {
      connection.end(() => resolve());
    });
  });
}
