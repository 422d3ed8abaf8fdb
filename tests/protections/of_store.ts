/**
 * The protections of what is stored: each message once, and counters that agree.
 *
 * @module
 */
import { type Protection, protectionsOf } from "./protection.ts";

const CONNECTIONS = "tests/contract/server_connections_test.ts";
const IMPOSTORS = "tests/contract/server_impostors_test.ts";
const PRESETS = "tests/contract/server_presets_test.ts";
const MYSQL = "tests/contract/mysql_store_test.ts";
const MONITOR = "tests/contract/monitor_faults_test.ts";
const SQLITE = "tests/contract/sqlite_store_test.ts";

/** See {@linkcode Protection}. */
export const OF_STORE: readonly Protection[] = [
  ...protectionsOf({ file: "src/store/write_plan.ts", test: "tests/unit/store/write_plan_test.ts" }, [
    {
      name: "A message that comes twice in a batch is stored and counted once",
      find: "  return sorted.filter((item, i) => i === 0 || compareKeys(sorted[i - 1]!, item) !== 0);",
      replace: "  return sorted;",
      filter: "planWrite() keeps the first of several items with one key",
    },
    {
      name: "A message that comes as an entry and as a dead letter in one batch goes to one table",
      find: "deadLetters: without(deadLetters, keySet(entries)) };",
      replace: "deadLetters };",
      filter: "planWrite() prefers an entry to a dead letter with its key",
    },
    {
      name: "Writers of the same messages insert them in one order, so that they queue and do not deadlock",
      find: "items.toSorted(compareKeys)",
      replace: "[...items]",
      test: MONITOR,
      filter: "mysql: writers of the same new messages, in any order, never deadlock",
      needs: "servers",
    },
  ]),
  ...protectionsOf({ file: "src/store/counts.ts", test: "tests/unit/store/counts_test.ts" }, [
    {
      name: "Writers of the same counters update them in one order, and do not deadlock",
      find: "[...counts.keys()].sort()",
      replace: "[...counts.keys()]",
      test: MONITOR,
      filter: "mysql: writers of the same counters, in any order, never deadlock",
      needs: "servers",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/write.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: a locking read of exact keys locks nothing else",
      find: "message_id, ${COLUMN_OUTSIDE_KEY[table]} FROM",
      replace: "message_id FROM",
      filter: "write() of dead letters waits for no row of a stranger, also in a table of few rows",
    },
    {
      name: "MySQL: a batch of which a part was stored before is found out, and only the rest is counted",
      find: "if (await insertRows(attempt, entries) < entries.length) {",
      replace: "await insertRows(attempt, entries);\n    if (entries.length < 0) {",
      filter: "write() adds and counts only the new part of a batch that overlaps an earlier one",
    },
    {
      name: "MySQL: counters are made of the rows that landed, not of those that were received",
      find: "await attempt.commit({ entries, deadLetters: landed }, recorded);",
      replace: "await attempt.commit({ entries: plan.entries, deadLetters: landed }, recorded);",
      filter: "write() adds and counts only the new part of a batch that overlaps an earlier one",
    },
    {
      name: "MySQL: a message with a dead letter, also a replayed or dropped one, is not stored as an entry",
      find: "const parked = keySet(await deadLettersAmong(session, { entries, deadLetters }));",
      replace: "const parked = new Set<string>();",
      filter: "write() leaves a message with a dead letter that is dropped alone when it comes as an entry",
    },
    {
      name: "MySQL: a message that is stored as an entry gets no dead letter",
      find:
        `const stored = keySet(await byKeys(session, { table: "service_logs", keys: deadLetters, locking: true }));`,
      replace: "const stored = new Set<string>();",
      filter: "write() leaves a message that is stored as an entry alone when it comes as a dead letter",
    },
    {
      name: "MySQL: a dead letter whose key equals another message's for the server is refused, and not tried for ever",
      find: "if (left === deadLetters) throw indistinct();",
      replace: "",
      filter: "write() refuses what the server cannot tell from what it has, in either table",
    },
    {
      name: "MySQL: a writer of an entry waits for another one that is just parking the same message",
      find: "LIMIT ${RANGE_ROWS_MAX} LOCK IN SHARE MODE",
      replace: "LIMIT ${RANGE_ROWS_MAX}",
      test: MONITOR,
      filter: "mysql: a writer of an entry waits for one that is just parking its message",
    },
    {
      name: "MySQL: a writer of a dead letter waits for another one that is just storing the same message",
      find: `{ table: "service_logs", keys: deadLetters, locking: true }`,
      replace: `{ table: "service_logs", keys: deadLetters, locking: false }`,
      test: MONITOR,
      filter: "mysql: a writer of a dead letter waits for one that is just storing its message",
    },
    {
      name: "MySQL: dead letters are found among any number of others",
      find: "if (found.length < RANGE_ROWS_MAX) return found;",
      replace: "return found;",
      filter: "write() finds the dead letters of a batch among thousands of the same time",
    },
    {
      name: "MySQL: half of a surrogate pair is refused, never stored as U+FFFD",
      find: `if (!sql.isWellFormed()) throw reject("an entry is not well-formed Unicode");`,
      replace: "",
      filter: "write() rejects a batch with a payload with a lone surrogate",
    },
    {
      name: "MySQL: dead letters are split over statements that fit the server's packet",
      find: "bytesOf(deadLetters.slice(done, done + size)) > bytesMax)",
      replace: "false)",
      filter: "write() splits a batch to fit a packet of 1 MiB, and warns of it once",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/insert.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: a batch is split over statements that fit the server's packet",
      find: "if (units > 0 && units + added > unitsMax) {",
      replace: "if (units < 0) {",
      filter: "write() splits a batch to fit a packet of 1 MiB, and warns of it once",
    },
    {
      name: "MySQL: a row that exists is left as it is and counts as no change",
      find: "ON DUPLICATE KEY UPDATE message_id = message_id",
      replace: "ON DUPLICATE KEY UPDATE message_id = message_id, created_at = NOW(6)",
      filter: "write() of a redelivered batch changes nothing",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/session.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: the server counts rows that landed, not rows that it found (client flag FOUND_ROWS)",
      find: `"-FOUND_ROWS", `,
      replace: "",
      filter: "write() of a redelivered batch changes nothing",
    },
    {
      name: "MySQL: the driver makes no code of what a server names its columns",
      find: "disableEval: true,",
      replace: "disableEval: false,",
      filter: "no code is made of what the server names its columns",
    },
    {
      name: "MySQL: a server that accepts a connection and says nothing is given up",
      find: "    const limit = new AbortController();",
      replace: `options = { ...options, connectTimeoutMs: 600_000 };
    const limit = new AbortController();`,
      filter: "a server that accepts and says nothing is reconnect after connectTimeoutMs",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/session.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: a proxy that numbers connections by itself is found out, and told of",
      find: "this.behindProxy = Number(id) !== this.id;",
      replace: "",
      filter: "behind a proxy that multiplexes and names columns as it likes",
    },
    {
      name: "MySQL: behind a proxy no transaction runs where the session's variables are others",
      find: `await this.#assert(snapshot ? forSnapshot(this.#variables) : this.#variables, "reconnect");`,
      replace: "",
      filter: "a transaction that runs where the session's variables are not kept is reconnect",
    },
    {
      name: "MySQL: what is computed is read by position, whatever a proxy calls it",
      find: "rowsOf(await this.#query<unknown>({ sql, rowsAsArray: true }))",
      replace: "rowsOf(await this.#query<unknown>({ sql })).map((row) => Object.values(row))",
      filter: "behind a proxy that multiplexes and names columns as it likes",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/errors.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: an error of a proxy that the driver has no name for is an outage, no fault of the program",
      find: "isServerAnswer(error) ||",
      replace: "",
      filter: "write() that a proxy answers with an error that the driver has no name for is reconnect",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/session_variables.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: values that do not fit are refused, whatever SQL mode the server has",
      find: `"STRICT_ALL_TABLES,STRICT_TRANS_TABLES,`,
      replace: `"`,
      filter: "write() is exact whatever the server's SQL mode and time zone are",
    },
    {
      name: "MySQL: times are UTC, whatever time zone the server has",
      find: `variable("time_zone", { value: "+00:00", otherwise: "created_at would not be UTC" }),`,
      replace: "",
      filter: "write() is exact whatever the server's SQL mode and time zone are",
    },
    {
      name: "MySQL: dead letters of the same hours do not make writers wait for each other's gaps",
      find: `value: "READ-COMMITTED",`,
      replace: `value: "REPEATABLE-READ",`,
      filter: "write() of two writers with dead letters of the same minutes needs no retries",
    },
    {
      name: "MySQL: a wait for a lock ends well before the leases get old",
      find: "value: String(lockWaitSeconds),",
      replace: `value: "50",`,
      filter: "write() that waits too long for a lock is retry, and exact the next time",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/session_variables.ts", test: PRESETS }, [
    {
      name: "MySQL: a payload's quotes stay quotes, whatever charset the server gives its clients",
      find: `names("character_set_client", { value: "utf8mb4", otherwise: escaping }),`,
      replace: "",
      filter: "mariadb: a server that presets its sessions",
    },
    {
      name: "MySQL: what a migration records is kept where the server does not commit by itself",
      find: `variable("autocommit", { value: "1", otherwise: "single statements would be lost with the connection" }),`,
      replace: "",
      filter: "mariadb: a server that presets its sessions",
    },
    {
      name: "MySQL: the database of the URL is used, not one that the server chooses",
      find: "...(database === undefined ? [] : [inDatabase(database)]),",
      replace: "",
      filter: "mariadb: a server that presets its sessions",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/session.ts", test: PRESETS }, [
    {
      name: "MySQL: a session is refused that is not what LMS set it to",
      find: "if (first !== undefined) throw notAsSet(first, disposition);",
      replace: "",
      filter: "mariadb: a server that presets its sessions",
    },
    {
      name: "MySQL: the driver sends UTF-8, whatever charset the server says that it has changed to",
      find: `, "-SESSION_TRACK"`,
      replace: "",
      filter: "mysql: a server that presets its sessions",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/transaction.ts", test: PRESETS }, [
    {
      name: "MySQL: the isolation level of a snapshot does not outlive it",
      find: "await session.change(READ_COMMITTED).catch((error) => session.destroy(error));",
      replace: "",
      filter: "mariadb: a server that presets its sessions",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/sessions.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: a proxy that switches FOUND_ROWS on again is noticed before anything is written",
      find: "if (changed !== 0) {",
      replace: "if (changed < 0) {",
      filter: "a proxy that makes upserts count found rows is fatal",
    },
    {
      name: "MySQL: a session that was lost while writing is ended before its batch is written again",
      find: "if (writes && session.mark !== undefined && !this.#behindProxy) this.#lost.set(session.mark, session.id);",
      replace: "",
      filter: "write() whose commit is lost with its session holding locks ends that session first",
    },
    {
      name: "MySQL: a session that was lost behind a proxy is not ended by its number, which is another client's",
      find: "      this.#lost.clear();",
      replace: "",
      filter: "a lost session whose number was by chance the server's is not ended by it",
    },
    {
      name: "MySQL: a lost session is ended only while the server has its mark under the number of its own greeting",
      find: "if (Number(holder) === id) {",
      replace: "{",
      filter: "a lost session is not ended when the server has its mark under another number",
    },
    {
      name: "MySQL: a proxy that one session shows is taken into account by all of them",
      find: "session.behindProxy ||= this.#behindProxy;",
      replace: "",
      filter: "a proxy that one session shows is taken into account by the others",
    },
    {
      name: "MySQL: a failed transaction is rolled back before its session begins another, which would commit it",
      find: `await session.change("ROLLBACK");`,
      replace: "",
      test: MONITOR,
      filter: "mysql: lms mon keeps the tables equal through a lock timeout on a counter",
    },
    {
      name: "MySQL: a write that the server does not answer is given up",
      find: "          lent.destroy(unanswered(action, ms));",
      replace: "",
      filter: "write() gives a silent server up after writeTimeoutMs",
    },
    {
      name: "MySQL: a write is abandoned at an abort, whatever it waits for",
      find: `      signal?.addEventListener("abort", abort);`,
      replace: "",
      filter: "write() is abandoned by its signal, with the signal's reason, and exact the next time",
    },
    {
      name: "MySQL: idle sessions are dropped with one that does not answer a write",
      find: "          this.#idle.drop();",
      replace: "",
      filter: "write() gives a silent server up after writeTimeoutMs",
    },
    {
      name: "MySQL: disposing a store ends the writes under way",
      find: "for (const session of this.#lent) session.destroy(closed);",
      replace: "",
      filter: "write() under way when its store is disposed is reconnect",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/idle.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: an idle session is asked whether it is there before it is lent",
      find: "performance.now() - since < FRESH_MS || ",
      replace: "performance.now() > since || ",
      filter: "write() takes another session for idle ones whose end shows at their next use",
    },
    {
      name: "MySQL: an idle session that was ended is no failure of who asks for one",
      find: "return false;",
      replace: "throw error;",
      filter: "write() takes another session for idle ones whose end shows at their next use",
    },
    {
      name: "MySQL: an idle session that does not answer speaks for all",
      find: "      this.drop();",
      replace: "",
      filter: "write() takes another session for idle ones that the network forgot, and drops all of them",
    },
    {
      name: "MySQL: disposing a store ends the question to an idle session",
      find: "for (const session of this.#asked) session.destroy(forgotten());",
      replace: "",
      filter: "probe() of an idle session that does not answer ends with its store",
    },
    {
      name: "MySQL: idle sessions are ended before the network forgets them",
      find: "this.#options.expireMs);",
      replace: "600_000);",
      filter: "a session that is idle for idleMs is ended, and one is opened at the next use",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/lock.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: of two instances that start at once, one migrates and the other waits",
      find:
        `if (first === "busy" || !await lease.take(session, { deadline, optional: first === "held" })) return undefined;`,
      replace: "",
      filter: "migrate() of two instances at once applies every migration once",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/lock.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: a session lock that was lost without a word is noticed before what it protects goes on",
      find: `await sessionLock.take(0) === "busy" || `,
      replace: "",
      filter: "locked() notices a session lock that was lost without a word",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/store.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: partitions that cannot be added are warned of and stop no write",
      find: "else this.#options.onWarning(error instanceof Error ? error.message : String(error));",
      replace: "else throw error;",
      filter: "write() only warns when it may not add partitions",
    },
    {
      name: "MySQL: partitions are added as the days go by",
      find: "    this.#keepPartitionsDaily();",
      replace: "",
      filter: "write() adds partitions when few are left ahead, and keeps the rows",
    },
    {
      name: "MySQL: a server that became a replica is not taken for one that is back",
      find: `await session.change("UPDATE schema_migrations SET version = version WHERE version = 1");`,
      replace: 'await session.rows("SELECT 1");',
      test: "tests/contract/monitor_outage_test.ts",
      filter: "mysql: lms mon waits out a server that is read-only, stopped, crashed, or frozen",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/errors.ts", test: "tests/unit/store/mysql/errors_test.ts" }, [
    {
      name: "MySQL: an error that nobody knows is waited out: it neither parks good messages nor stops the program",
      find: `.slice(0, 2)) ?? "reconnect"`,
      replace: `.slice(0, 2)) ?? "fatal"`,
      filter: "mysqlDisposition() of anything unknown from a server is reconnect",
    },
    {
      name: "MySQL: a deadlock is run again",
      find: `[1213, "retry"]`,
      replace: `[1213, "fatal"]`,
      filter: "mysqlDisposition() of a deadlock is retry",
    },
    {
      name: "MySQL: a lock timeout is run again",
      find: `[1205, "retry"]`,
      replace: `[1205, "fatal"]`,
      filter: "mysqlDisposition() of a lock timeout is retry",
    },
    {
      name: "MySQL: a read-only server is an outage",
      find: `[1290, "reconnect"]`,
      replace: `[1290, "reject"]`,
      filter: "a read-only server is reconnect until it can be written to",
      test: MYSQL,
      needs: "servers",
    },
    {
      name: "MySQL: a full disk is an outage, and no reason to park messages",
      find: `[1114, "reconnect"]`,
      replace: `[1114, "reject"]`,
      filter: "mysql: lms mon waits out a full disk",
      test: MONITOR,
      needs: "servers",
    },
    {
      name: "MySQL: an error's text does not carry the payloads of a batch into the log",
      find: "const cause = Object.assign(new Error(message), { code, errno, sqlState });",
      replace: "const cause = error;",
      filter: "toStoreError() keeps message and numbers, and drops the statement with its payloads",
    },
  ]),
  ...protectionsOf({ file: "src/store/sqlite/write.ts", test: SQLITE }, [
    {
      name: "SQLite: a batch of which a part was stored before is found out, and only the rest is counted",
      find: "const all = landed === entries.length;",
      replace: "const all = landed <= entries.length;",
      filter: "write() adds and counts only the new part of a batch that overlaps an earlier one",
    },
    {
      name: "SQLite: counters are made of the rows that landed, not of those that were received",
      find: "      entries,\n      deadLetters,\n      words,",
      replace: "      entries: plan.entries,\n      deadLetters,\n      words,",
      filter: "write() adds and counts only the new part of a batch that overlaps an earlier one",
    },
    {
      name: "SQLite: a message with a dead letter, also a replayed or dropped one, is not stored as an entry",
      find: "mayBeParked ? plan.entries.filter((entry) => !has(this.#deadLetter, entry)) : plan.entries",
      replace: "plan.entries",
      filter: "write() leaves a message with a dead letter that is dropped alone when it comes as an entry",
    },
    {
      name: "SQLite: a message that is stored as an entry gets no dead letter",
      find: "      if (has(this.#entry, deadLetter)) continue;",
      replace: "",
      filter: "write() leaves a message that is stored as an entry alone when it comes as a dead letter",
    },
    {
      name: "SQLite: half of a surrogate pair is refused, never stored as U+FFFD",
      find:
        `  if (!entry.serviceName.isWellFormed() || !entry.payload.isWellFormed()) throw reject("a text is not well-formed");`,
      replace: "",
      filter: "write() rejects a batch with a payload with a lone surrogate",
    },
  ]),
  ...protectionsOf({ file: "src/store/sqlite/transaction.ts", test: SQLITE }, [
    {
      name: "SQLite: a batch that fails leaves nothing behind",
      find: `  execute(db, "BEGIN IMMEDIATE");`,
      replace: "",
      filter: "write() rejects a batch with a detail of 1,001 characters, and stores nothing of it",
    },
  ]),
  ...protectionsOf({ file: "src/store/sqlite/store.ts", test: SQLITE }, [
    {
      name: "SQLite: waiting for another process's transaction does not stop this one",
      find: "PRAGMA busy_timeout = 0",
      replace: "PRAGMA busy_timeout = 2000",
      filter: "write() waits for another process's transaction, and this process goes on meanwhile",
    },
  ]),
  ...protectionsOf({ file: "src/store/sqlite/store.ts", test: SQLITE }, [
    {
      name: "What only reads an SQLite file changes nothing in it",
      find: 'db.exec("PRAGMA query_only = ON");',
      replace: 'db.exec("PRAGMA query_only = OFF");',
      filter: "a store opened to read changes nothing, beside one that writes too",
    },
    {
      name: "What works on an SQLite file that is there makes none",
      find: 'if (access !== "create" && path !== MEMORY) {',
      replace: 'if (access === "plan" && path !== MEMORY) {',
      test: "tests/integration/cli_test.ts",
      filter: "what only reads a database makes no file, and refuses one that is not there",
    },
  ]),
  ...protectionsOf({ file: "src/store/sqlite/errors.ts", test: SQLITE }, [
    {
      name: "SQLite: a file that another process has locked is tried again",
      find: `[SQLITE_BUSY, "retry"]`,
      replace: `[SQLITE_BUSY, "fatal"]`,
      filter: "write() is `retry` while another process holds the write lock, and exact afterwards",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/write.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: what is tried at start is taken back",
      find: `new MinuteServices()));
  await session.change("ROLLBACK");`,
      replace: `new MinuteServices()));
  await session.change("COMMIT");`,
      filter: "rehearse() leaves nothing",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/session.ts", test: IMPOSTORS }, [
    {
      name: "MySQL: a wait for a file of the connection ends with the connection's time, or when it is told to",
      find: "await abortable(connectionOptions(address, options), limit.signal)",
      replace: "await connectionOptions(address, options)",
      filter: "a password that never comes is given up",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/authentication.ts", test: IMPOSTORS }, [
    {
      name: "MySQL: only a verified server gets the password as it is",
      find: "const clear = verified ? {} : { [CLEAR]: refusing(CLEAR) };",
      replace: "const clear = {};",
      filter: "without TLS does not get the password as it is",
    },
    {
      name: "MySQL: TLS that nobody verified carries no password",
      find: `const given = tls !== "required" || staysHere(address);`,
      replace: "const given = true;",
      filter: "that nobody vouches for does not get the password over TLS by caching_sha2_password",
    },
    {
      name: "MySQL: the password is encrypted for the key of server_public_key",
      find: "{ serverPublicKey: await serverKey(serverKeyPath) }",
      replace: "{}",
      filter: "the password is encrypted for the key of server_public_key",
    },
  ]),
  ...protectionsOf({ file: "src/store/database_url.ts", test: IMPOSTORS }, [
    {
      name: "MySQL: a server beyond this machine is verified unless the URL says otherwise",
      find: `if (staysHere({ host, socketPath: undefined })) return "disabled";`,
      replace: `return "disabled";`,
      filter: "an impostor without TLS hears nothing",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/tls.ts", test: CONNECTIONS }, [
    {
      name: "MySQL: a server whose authority is not trusted is refused with ssl=verify_ca",
      find: `rejectUnauthorized: address.tls !== "required"`,
      replace: "rejectUnauthorized: false",
      filter: "mysql: a server with a certificate of its own authority",
    },
    {
      name: "MySQL: a server of another name than its certificate's is refused with ssl=verify_identity",
      find: `verifyIdentity: address.tls === "verify_identity"`,
      replace: "verifyIdentity: false",
      filter: "mysql: a server whose certificate is for another name is refused",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/sessions.ts", test: CONNECTIONS }, [
    {
      name: "MySQL: a password that is changed under a running monitor is waited for",
      find: "this.#admitted && ",
      replace: "false && ",
      filter: "mysql: a server with a certificate of its own authority",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/errors.ts", test: "tests/unit/store/mysql/errors_test.ts" }, [
    {
      name: "MySQL: a server whose unix socket is not there yet is waited for",
      find: `["ENOENT", "reconnect"]`,
      replace: `["ENOENT", "fatal"]`,
      filter: "mysqlDisposition() of a unix socket that is not there is reconnect",
    },
    {
      name: "MySQL: an error in which a server repeats a statement shows no payload",
      find: "const statement = STATEMENT.exec(text);",
      replace: "const statement = null as RegExpExecArray | null;",
      filter: "toStoreError() leaves the statement out",
    },
    {
      name: "MySQL: an error of a server is one line of bounded length",
      find: "line.length <= SERVER_TEXT_MAX",
      replace: "line.length > 0",
      filter: "serverText() is one line of at most 301 characters",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/record.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: words, minutes and hours are written with the rows they are of",
      find: "  for (const sql of recordStatements(record, statementBytesMax(session))) await session.change(sql);",
      replace:
        "  for (const sql of addCounts(record.counts.totals, statementBytesMax(session))) await session.change(sql);",
      filter: "write() counts by minute and hour, and records the batch and its words, over midnight",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/instances.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: an instance notices that its number is another's",
      find: "if (changed === 0) this.#number = undefined;\n    else ",
      replace: "",
      filter: "an instance whose number is another's claims a new one, and goes on",
    },
  ]),
  ...protectionsOf({ file: "src/store/ledger_id.ts", test: "tests/unit/store/ledger_id_test.ts" }, [
    {
      name: "Ids of the ledger increase though the clock falls back a little",
      find: "nowMs < this.#ms - BEHIND_MAX_MS",
      replace: "nowMs < this.#ms",
      filter: "LedgerIds.next() increases, also over 512 in a millisecond",
    },
  ]),
  ...protectionsOf({ file: "src/store/counts.ts", test: "tests/unit/store/counts_test.ts" }, [
    {
      name: "Counts by minute are bounded, however many services there are, and their sums stay exact",
      find: "if (names.size >= this.#most) return OTHERS;",
      replace: "",
      filter: "countByTime() names so many services a day in its minutes",
    },
  ]),
  ...protectionsOf({ file: "src/store/batch_record.ts", test: SQLITE }, [
    {
      name: "A batch of too many words is read whatever is looked for",
      find: "return [...days].map((day) => ({ day, level: SCAN_LEVEL, chunk: 0, bits: new Uint8Array() }));",
      replace: "return [];",
      filter: "a batch of too many words is marked to be read",
    },
  ]),
  ...protectionsOf({ file: "src/store/migrations/second.ts", test: "tests/contract/version_before_test.ts" }, [
    {
      name: "The version before writes beside migration 2, and restarts beside it",
      find: "  needs: 1,",
      replace: "  needs: 2,",
      filter: "SQLite: the version before writes while its tables are migrated",
    },
  ]),
  ...protectionsOf({ file: "src/store/mysql/impatient.ts", test: MYSQL, needs: "servers" }, [
    {
      name: "MySQL: an index that waits for the table does not hold up every writer behind it",
      find: "  await session.change(`SET lock_wait_timeout = ${seconds}`);",
      replace: "",
      filter: "buildIndexes() waits a second for a table that is in use",
    },
  ]),
  ...protectionsOf({ file: "src/store/batch_record.ts", test: SQLITE }, [
    {
      name: "What is adopted was counted before, and is not counted again",
      find: `cause === "adopt" ? { ...counts, totals: [] } : counts`,
      replace: "counts",
      filter: "adopt() makes batches of rows that have none",
    },
  ]),
];
