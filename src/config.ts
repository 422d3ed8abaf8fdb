/**
 * Every setting: its names, default, bounds and meaning. Read once, from flags, then the environment, then defaults.
 *
 * @module
 */
import { DEAD_LETTER_REASONS, type Instant } from "./entry/entry.ts";
import { parseRfc3339 } from "./entry/instant.ts";
import { variablesOf } from "./config/variables.ts";
import {
  anyText,
  byteSize,
  decimal,
  duration,
  either,
  filePath,
  formatBytes,
  formatDuration,
  hostAndPort,
  listenAddress,
  matching,
  oneOf,
  type Read,
  type Reader,
  wholeNumber,
} from "./values.ts";

/** A setting: where its text comes from, and how it is read. */
export interface Setting<T> {
  /** Without the dashes. */
  readonly flag?: string;
  /** Environment variables, the first that is set and not empty counts; before them the same with `LMS_` at the front. */
  readonly env?: readonly string[];
  /** Variables that people set in their place; the flag's name, spelled as one, is always taken for such. */
  readonly mistaken?: readonly string[];
  /** What a value is called in a help text; absent for a switch, which takes no value. */
  readonly value?: string;
  /** Its flag may be given several times; every value counts. It has no variable and no default. */
  readonly repeats?: true;
  /** One line. */
  readonly help: string;
  /** As text, read like any other; absent: nothing, unless the command has a default of its own. */
  readonly default?: string;
  /** The default in words, where it depends on other settings. */
  readonly defaultNote?: string;
  /** Whether its value may hold a password, and so is never repeated in an error. */
  readonly secret?: true;
  /** Another setting that may not be given beside it; a default of that one gives way. */
  readonly insteadOf?: string;
  readonly read: Reader<T>;
}

/** A setting that always has a value. */
interface Defaulted<T> extends Setting<T> {
  readonly default: string;
}

/** A setting with as many values as are given. */
interface Repeated<T> extends Setting<T> {
  readonly repeats: true;
}

function setting<T>(definition: Defaulted<T>): Defaulted<T>;
function setting<T>(definition: Repeated<T>): Repeated<T>;
function setting<T>(definition: Setting<T>): Setting<T>;
function setting<T>(definition: Setting<T>): Setting<T> {
  return definition;
}

/** Fields of a message that an operator may set. */
const FIELDS = ["service_name", "payload", "severity", "timestamp"] as const;

/** A field's name and the value to give it. */
function fieldValue(text: string): Read<readonly [field: typeof FIELDS[number], value: string]> {
  const at = text.indexOf("=");
  const field = FIELDS.find((name) => name === text.slice(0, Math.max(at, 0)));
  if (field === undefined) return { ok: false, allowed: `FIELD=VALUE with a field of ${FIELDS.join(", ")}` };
  return { ok: true, value: [field, text.slice(at + 1)] };
}

/** What a dead letter is chosen by: a field, and the text that it must have. */
export interface Condition {
  /** A field of the message's JSON, `detail`, `data`, or `attribute.` and an attribute's name. */
  readonly field: string;
  /** A `*` in it stands for any characters, or none. */
  readonly text: string;
}

/** What else of a dead letter can be asked for. */
const CONDITION_FIELDS: readonly string[] = [...FIELDS, "detail", "data"];

function condition(given: string): Read<Condition> {
  const at = given.indexOf("=");
  const [field, text] = [given.slice(0, Math.max(at, 0)), given.slice(at + 1)];
  if (CONDITION_FIELDS.includes(field) || /^attribute\../s.test(field)) return { ok: true, value: { field, text } };
  return { ok: false, allowed: `FIELD=TEXT with a field of ${CONDITION_FIELDS.join(", ")}, attribute.NAME` };
}

/** A moment, or how long ago it was in milliseconds. */
function moment(text: string): Read<Instant | number> {
  const instant = parseRfc3339(text);
  if (typeof instant === "string") return { ok: true, value: instant };
  const ago = duration(0, 3_660 * DAY_MS)(text);
  return ago.ok
    ? ago
    : { ok: false, allowed: "RFC 3339, such as 2026-01-02T03:04:05Z, or how long ago, such as 90m or 2h" };
}

/** A flag that is given or not. */
function onOff(flag: string, help: string): Defaulted<boolean> {
  return { flag, help, default: "false", defaultNote: "off", read: (text) => ({ ok: true, value: text === "true" }) };
}

/** A project's id, with a domain before it where it has one. */
const PROJECT_ID = "[a-z][a-z0-9.:-]{1,61}[a-z0-9]";

/** https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
function resourceName(kind: "topics" | "subscriptions"): Reader<string> {
  return matching(
    new RegExp(`^(?:projects/${PROJECT_ID}/${kind}/)?(?!goog)[A-Za-z][\\w.~+%-]{2,254}$`),
    "3 to 255 letters, digits and - . _ ~ + %, beginning with a letter and not with goog, " +
      `or all of projects/PROJECT/${kind}/NAME`,
  );
}

const DAY_MS = 86_400_000;

/** A timer fires at once that is set to more than 2 ** 31 - 1 ms, which is 24.8 days. */
const LONGEST_RUN_MS = 24 * DAY_MS;

/** Every setting of every command. */
export const SETTINGS = {
  emulatorHost: setting({
    env: ["PUBSUB_EMULATOR_HOST"],
    mistaken: ["EMULATOR_HOST", "PUBSUB_EMULATOR"],
    value: "HOST:PORT",
    help: "use the Pub/Sub emulator at this address, without TLS and credentials",
    defaultNote: "none: Google's own service",
    read: hostAndPort(),
  }),
  endpoint: setting({
    flag: "endpoint",
    env: ["PUBSUB_ENDPOINT"],
    value: "HOST:PORT",
    help: "a regional or private endpoint of Pub/Sub, spoken to with TLS and credentials",
    defaultNote: "Google's global endpoint",
    read: hostAndPort(),
  }),
  project: setting({
    flag: "project",
    env: ["PUBSUB_PROJECT_ID", "GOOGLE_CLOUD_PROJECT"],
    mistaken: ["PUBSUB_PROJECT", "PROJECT_ID", "GCP_PROJECT", "GCP_PROJECT_ID", "GCLOUD_PROJECT"],
    value: "ID",
    help: "the Google Cloud project",
    defaultNote: "lms on an emulator, else required",
    read: matching(new RegExp(`^${PROJECT_ID}$`), "a project id, such as my-project-1"),
  }),
  topic: setting({
    flag: "topic",
    env: ["PUBSUB_TOPIC"],
    mistaken: ["PUBSUB_TOPIC_ID", "PUBSUB_TOPIC_NAME", "TOPIC_ID", "TOPIC_NAME"],
    value: "NAME",
    help: "the topic that services publish to; created on an emulator",
    default: "log-topic",
    read: resourceName("topics"),
  }),
  subscription: setting({
    flag: "subscription",
    env: ["PUBSUB_SUBSCRIPTION"],
    mistaken: ["PUBSUB_SUBSCRIPTION_ID", "PUBSUB_SUBSCRIPTION_NAME", "SUBSCRIPTION_ID", "SUBSCRIPTION_NAME"],
    value: "NAME",
    help: "the subscription that the monitor pulls from; created on an emulator",
    default: "log-sub",
    read: resourceName("subscriptions"),
  }),
  database: setting({
    flag: "database",
    env: ["DATABASE_URL"],
    mistaken: ["DB_URL", "DATABASE_URI", "DB_URI", "MYSQL_URL"],
    value: "URL",
    help: "mysql://user:password@host:3306/lms, sqlite:PATH or sqlite::memory:",
    defaultNote: "sqlite:./lms.db on an emulator, else required",
    secret: true,
    read: anyText("mysql://user:password@host:3306/lms, sqlite:PATH or sqlite::memory:"),
  }),
  databaseUrlFile: setting({
    env: ["DATABASE_URL_FILE"],
    mistaken: ["DB_URL_FILE", "MYSQL_URL_FILE"],
    value: "FILE",
    help: "a file that holds the database's URL, in place of the URL itself",
    defaultNote: "none",
    insteadOf: "database",
    read: filePath(),
  }),
  mysqlPassword: setting({
    env: ["MYSQL_PASSWORD"],
    mistaken: ["MYSQL_PWD", "DB_PASSWORD", "DATABASE_PASSWORD"],
    value: "PASSWORD",
    help: "MySQL's password, where the URL has none",
    defaultNote: "none",
    secret: true,
    read: anyText("a password"),
  }),
  mysqlPasswordFile: setting({
    flag: "password-file",
    env: ["MYSQL_PASSWORD_FILE"],
    mistaken: ["DB_PASSWORD_FILE", "DATABASE_PASSWORD_FILE"],
    value: "FILE",
    help: "a file that holds MySQL's password, where the URL has none; read again at every connection",
    defaultNote: "none",
    read: filePath(),
  }),
  startupTimeoutMs: setting({
    flag: "startup-timeout",
    env: ["STARTUPTIMEOUT"],
    value: "SECONDS",
    help: "how long to wait at start for the database, and then for a token for Pub/Sub",
    default: "60",
    read: duration(0, DAY_MS),
  }),
  batchSize: setting({
    flag: "batch-size",
    env: ["BATCHSIZE"],
    value: "N",
    help: "messages per batch",
    default: "5000",
    read: wholeNumber(1, 1_000_000),
  }),
  batchBytes: setting({
    flag: "batch-bytes",
    env: ["BATCHBYTES"],
    value: "BYTES",
    help: "bytes per batch",
    default: "16MiB",
    read: byteSize(1_024, 2 ** 30),
  }),
  flushIntervalMs: setting({
    flag: "flush-interval",
    env: ["FLUSHINTERVAL"],
    value: "SECONDS",
    help: "longest wait from a batch's first message to its flush",
    default: "60",
    read: duration(1, DAY_MS),
  }),
  durationMs: setting({
    flag: "duration",
    env: ["DURATION"],
    value: "SECONDS",
    help: "how long to run",
    defaultNote: "until stopped",
    read: duration(1, LONGEST_RUN_MS),
  }),
  maxInFlight: setting({
    flag: "max-in-flight",
    env: ["MAXINFLIGHT"],
    mistaken: ["MAX_INFLIGHT", "MAX_OUTSTANDING_MESSAGES"],
    value: "N",
    help: "messages received and not yet settled, at most; at least batch size x (writers + 1)",
    defaultNote: "4 x batch size, or more where more writers ask for it",
    read: wholeNumber(1, 100_000_000),
  }),
  maxInFlightBytes: setting({
    flag: "max-in-flight-bytes",
    env: ["MAXINFLIGHTBYTES"],
    mistaken: ["MAX_INFLIGHT_BYTES", "MAX_OUTSTANDING_BYTES"],
    value: "BYTES",
    help: "their bytes, at most; at least batch bytes x (writers + 1)",
    default: "96MiB",
    read: byteSize(1_024, 2 ** 40),
  }),
  streams: setting({
    flag: "streams",
    env: ["STREAMS"],
    value: "N",
    help: "streaming pulls at once; the two caps are divided among them",
    default: "4",
    read: wholeNumber(1, 256),
  }),
  leaseMs: setting({
    flag: "lease",
    env: ["LEASE"],
    mistaken: ["ACK_DEADLINE", "ACK_DEADLINE_SECONDS"],
    value: "SECONDS",
    help: "ack deadline to ask for; extended while a message is held",
    default: "60",
    read: duration(10_000, 600_000),
  }),
  writers: setting({
    flag: "writers",
    env: ["WRITERS"],
    value: "N",
    help: "batches written at once",
    default: "2",
    read: wholeNumber(1, 64),
  }),
  graceMs: setting({
    flag: "grace",
    env: ["GRACE"],
    mistaken: ["GRACE_PERIOD", "SHUTDOWN_TIMEOUT"],
    value: "SECONDS",
    help: "how long a drain may take, with giving back what is left at its end",
    default: "30",
    read: duration(0, DAY_MS),
  }),
  healthPort: setting({
    flag: "health-port",
    env: ["HEALTHPORT"],
    value: "PORT",
    help: "answer health checks, /livez and /readyz, on this port; 0 takes a free one",
    defaultNote: "none: nothing listens",
    read: wholeNumber(0, 65_535),
  }),
  healthHost: setting({
    flag: "health-host",
    env: ["HEALTHHOST"],
    value: "ADDRESS",
    help: "the address to answer health checks on; 0.0.0.0 in a container",
    default: "127.0.0.1",
    read: listenAddress(),
  }),
  live: onOff("live", "ask whether it is alive, which it is throughout, and not whether it is ready"),
  printLog: setting({
    flag: "print-log",
    value: "N|all",
    help: "with a duration: print at most N of the entries stored, as CSV, at the end",
    default: "1000",
    read: either(wholeNumber(0, 1_000_000_000), oneOf(["all"])),
  }),
  rate: setting({
    flag: "rate",
    value: "N|max",
    help: "messages a second, or as fast as it goes",
    defaultNote: "one message every 50 to 2,000 ms",
    read: either(decimal(0.001, 10_000_000), oneOf(["max"])),
  }),
  services: setting({
    flag: "services",
    value: "N",
    help: "how many services send: alpha, bravo, charlie, ...",
    default: "3",
    read: wholeNumber(1, 100_000),
  }),
  seed: setting({
    flag: "seed",
    value: "N",
    help: "the same seed sends the same messages",
    defaultNote: "a random one",
    read: wholeNumber(0, 2 ** 32 - 1),
  }),
  malformed: setting({
    flag: "malformed",
    value: "SHARE",
    help: "share of messages that are malformed on purpose, from 0 to 1",
    default: "0",
    read: decimal(0, 1),
  }),
  messages: setting({
    flag: "messages",
    value: "N",
    help: "stop after this many messages",
    defaultNote: "no limit",
    read: wholeNumber(1, 1_000_000_000),
  }),
  manifest: setting({
    flag: "manifest",
    value: "FILE",
    help: "also write the manifest of what was published to this file, as JSON",
    defaultNote: "no file",
    read: filePath(),
  }),
  listMessages: onOff("list-messages", "list every message in the manifest: its id and a digest of its payload"),
  host: setting({
    flag: "host",
    value: "ADDRESS",
    help: "the address to listen on",
    default: "127.0.0.1",
    read: listenAddress(),
  }),
  port: setting({
    flag: "port",
    value: "PORT",
    help: "the port to listen on; 0 takes a free one",
    default: "8085",
    read: wholeNumber(0, 65_535),
  }),
  dryRun: onOff("dry-run", "say what would be done, of a migration its SQL, and change nothing"),
  repair: onOff("repair", "put the counters right, by what one snapshot shows; safe beside writers"),
  against: setting({
    flag: "against",
    value: "FILE",
    repeats: true,
    help: "also compare with what a simulator published, by its manifest; several are added up",
    defaultNote: "none",
    read: filePath(),
  }),
  json: onOff("json", "print JSON"),
  status: setting({
    flag: "status",
    value: "STATUS",
    help: "open, replayed, dropped or all: which dead letters to list",
    defaultNote: "open",
    read: oneOf(["open", "replayed", "dropped", "all"]),
  }),
  reason: setting({
    flag: "reason",
    value: "REASON",
    help: "those with this reason only",
    defaultNote: "any",
    read: oneOf(DEAD_LETTER_REASONS),
  }),
  since: setting({
    flag: "since",
    value: "TIME",
    help: "those published since then only: RFC 3339, or how long ago, such as 90m or 2h",
    defaultNote: "ever",
    read: moment,
  }),
  where: setting({
    flag: "where",
    value: "FIELD=TEXT",
    repeats: true,
    help: "those with this text in a field, detail, data or attribute.NAME only; in it * is any text",
    defaultNote: "any",
    read: condition,
  }),
  newest: onOff("newest", "list the last published first"),
  group: setting({
    flag: "group",
    value: "BY",
    help: "reason: list how many there are of each, instead of each",
    defaultNote: "each",
    read: oneOf(["reason"]),
  }),
  limit: setting({
    flag: "limit",
    value: "N",
    help: "list at most so many",
    defaultNote: "100",
    read: wholeNumber(1, 1_000_000),
  }),
  as: setting({
    flag: "as",
    value: "FIELD=VALUE",
    repeats: true,
    help: "replay with this field instead of the message's own; payload=@data is the message's whole text",
    defaultNote: "as published",
    read: fieldValue,
  }),
  chaos: setting({
    flag: "chaos",
    value: "SPEC",
    help: "misbehave on purpose, as in duplicate=5%,drop-ack=0.01,ack-delay=15s,reorder",
    defaultNote: "behave",
    read: anyText("faults, separated by commas"),
  }),
  heartbeatMs: setting({
    env: ["LOG_HEARTBEAT"],
    value: "SECONDS",
    help: "log a sign of life after so long without a flush; 0: none",
    default: "300",
    read: duration(0, LONGEST_RUN_MS),
  }),
  logLevel: setting({
    flag: "log-level",
    env: ["LOG_LEVEL"],
    mistaken: ["LOGLEVEL"],
    value: "LEVEL",
    help: "debug, info, warn or error: what LMS logs of itself, on stderr",
    default: "info",
    read: oneOf(["debug", "info", "warn", "error"]),
  }),
  logFormat: setting({
    flag: "log-format",
    env: ["LOG_FORMAT"],
    mistaken: ["LOGFORMAT"],
    value: "FORMAT",
    help: "text, json, or gcp, which is JSON with the keys of Cloud Logging",
    defaultNote: "gcp on Cloud Run, else text on a terminal, else json",
    read: oneOf(["text", "json", "gcp"]),
  }),
};

/** Names of settings, as the program uses them. */
export type SettingName = keyof typeof SETTINGS;

type ValueOf<S> = S extends Repeated<infer T> ? readonly T[]
  : S extends Defaulted<infer T> ? T
  : S extends Setting<infer T> ? T | undefined
  : never;

/** The values of some settings. */
export type Config<N extends SettingName = SettingName> = { readonly [K in N]: ValueOf<typeof SETTINGS[K]> };

/** A value, or one line that tells what is wrong and what to do. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** Where the texts come from. */
export interface Sources {
  /** Flags by name, as given. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Values of flags that may be given several times, by name. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  readonly env: (name: string) => string | undefined;
  /** Defaults of the command, as text. */
  readonly defaults?: Readonly<Partial<Record<SettingName, string>>>;
}

/** Reads some settings; the first that is wrong ends it. */
export function readConfig<N extends SettingName>(names: readonly N[], sources: Sources): Checked<Config<N>> {
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of names) {
    const definition: Setting<unknown> = SETTINGS[name];
    if (definition.repeats) {
      const read = readAll(definition, sources.lists?.[definition.flag!] ?? []);
      if (!read.ok) return read;
      values[name] = read.value;
      continue;
    }
    const found = find(definition, sources) ?? textDefault(sources.defaults?.[name] ?? definition.default);
    if (found === undefined) {
      values[name] = undefined;
      continue;
    }
    const read = definition.read(found.text);
    if (!read.ok) {
      const shown = definition.secret ? "" : ` "${found.text}"`;
      return { ok: false, problem: `Cannot use ${found.source}${shown}: it must be ${read.allowed}` };
    }
    values[name] = read.value;
  }
  const problem = contradiction(names, sources);
  if (problem !== undefined) return { ok: false, problem };
  return { ok: true, value: Object.freeze(values) as Config<N> };
}

/** Two settings that were both given and of which one stands for the other. */
function contradiction(names: readonly SettingName[], sources: Sources): string | undefined {
  for (const name of names) {
    const definition: Setting<unknown> = SETTINGS[name];
    const other = names.find((other) => other === definition.insteadOf);
    if (other === undefined) continue;
    const [one, two] = [find(definition, sources), find(SETTINGS[other], sources)];
    if (one !== undefined && two !== undefined) return bothSet(one.source, two.source);
  }
  return undefined;
}

/** What to tell of two settings that contradict each other. @param one Its name. @param two The other's. */
export function bothSet(one: string, two: string): string {
  return `Cannot use both ${one} and ${two}: take one of them away`;
}

function readAll({ flag, read }: Setting<unknown>, texts: readonly string[]): Checked<readonly unknown[]> {
  const values: unknown[] = [];
  for (const text of texts) {
    const one = read(text);
    if (!one.ok) return { ok: false, problem: `Cannot use --${flag} "${text}": it must be ${one.allowed}` };
    values.push(one.value);
  }
  return { ok: true, value: values };
}

function find(setting: Setting<unknown>, sources: Sources): { source: string; text: string } | undefined {
  const { flag } = setting;
  if (flag !== undefined) {
    const text = sources.flags[flag];
    if (text !== undefined) return { source: `--${flag}`, text };
  }
  for (const name of variablesOf(setting)) {
    const text = sources.env(name);
    if (text !== undefined && text !== "") return { source: name, text };
  }
  return undefined;
}

function textDefault(text: string | undefined): { source: string; text: string } | undefined {
  return text === undefined ? undefined : { source: "the default", text };
}

/** How a setting is named to a person: its flag, else its variable. */
export function nameOf(name: SettingName): string {
  const { flag, env }: Setting<unknown> = SETTINGS[name];
  return flag === undefined ? env![0]! : env === undefined ? `--${flag}` : `--${flag} (${env[0]})`;
}

/** The settings that have to fit together. */
export type Plan = Config<
  "batchSize" | "batchBytes" | "flushIntervalMs" | "maxInFlightBytes" | "streams" | "leaseMs" | "writers"
>;

/** The longest ack deadline that Pub/Sub grants at once, https://cloud.google.com/pubsub/docs/lease-management. */
const LONGEST_LEASE_MS = 600_000;

/**
 * Completes a plan, and refuses a contradictory one.
 *
 * @param maxInFlight The cap in messages, where one was set.
 * @returns The cap in messages, or which setting to change.
 */
export function checkPlan(plan: Plan, maxInFlight: number | undefined): Checked<number> {
  const { batchSize, batchBytes, maxInFlightBytes, writers, streams, flushIntervalMs } = plan;
  const batches = writers + 1;
  const cap = maxInFlight ?? Math.max(4, batches) * batchSize;
  if (cap < batchSize * batches) {
    return refuse(
      `${nameOf("maxInFlight")} ${cap} is less than ${batches} batches of ${batchSize}, one per writer and one filling`,
      `set it to at least ${batchSize * batches}, or lower ${nameOf("batchSize")}`,
    );
  }
  if (maxInFlightBytes < batchBytes * batches) {
    return refuse(
      `${nameOf("maxInFlightBytes")} ${formatBytes(maxInFlightBytes)} is less than ${batches} batches of ` +
        formatBytes(batchBytes),
      `set it to at least ${formatBytes(batchBytes * batches)}, or lower ${nameOf("batchBytes")}`,
    );
  }
  if (cap < streams) {
    return refuse(`${nameOf("streams")} ${streams} is more than the ${cap} messages that may be held`, "lower it");
  }
  if (flushIntervalMs > LONGEST_LEASE_MS) {
    return refuse(
      `${nameOf("flushIntervalMs")} ${formatDuration(flushIntervalMs)} is longer than Pub/Sub leases a message for`,
      `set it to at most ${formatDuration(LONGEST_LEASE_MS)}`,
    );
  }
  return { ok: true, value: cap };
}

function refuse(problem: string, remedy: string): Checked<never> {
  return { ok: false, problem: `Cannot run this plan: ${problem}; ${remedy}` };
}
