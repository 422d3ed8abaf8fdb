/**
 * Every command: its name, what it is for, its flags. Data only: what a command works with is loaded when it runs, so
 * that a help text, or a typing mistake, is answered at once.
 *
 * @module
 */
import { CHAOS_FAULTS } from "../commands/chaos.ts";
import { type Command, defineCommand } from "../commands/command.ts";
import { QUANTITY_ARGUMENT } from "../commands/quantity.ts";
import {
  DEAD_LETTER_ACTIONS,
  DEAD_LETTERS_SETTINGS,
  DEMO_SETTINGS,
  EMU_SETTINGS,
  EMULATOR_SETTINGS,
  HEALTH_COMMAND_SETTINGS,
  MIGRATE_SETTINGS,
  MOCK_SETTINGS,
  MON_SETTINGS,
  PUB_SETTINGS,
  SHELLS,
  SIM_SETTINGS,
  VERIFY_SETTINGS,
} from "../commands/settings.ts";
import { LOCAL_DATABASE } from "../config/settings/database.ts";

/** Who works on a database that exists says which. */
const NAMED_DATABASE = { database: "required" } as const;

/** A round of some messages waits for nothing that it need not wait for, and does not wait forever. */
const ROUND_DEFAULTS = { flushIntervalMs: "100ms", durationMs: "60", logLevel: "warn" } as const;

const mock = defineCommand({
  name: "mock",
  summary: "publish and receive test messages with nothing else installed",
  description: [
    "Publishes test messages to a Pub/Sub embedded in this process, and stores them in a database in memory, through",
    "the same code as the monitor. Ends when they are stored, and prints them as CSV.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: MOCK_SETTINGS,
  defaults: ROUND_DEFAULTS,
  load: async () => (await import("../commands/mock.ts")).runMock,
});

const emu = defineCommand({
  name: "emu",
  summary: "the same through the Pub/Sub emulator at PUBSUB_EMULATOR_HOST",
  description: [
    "Publishes test messages to the topic on the emulator, and stores them in a database in memory. It pulls from a",
    "subscription of its own, which it deletes at the end: what others wait for is left alone.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: EMU_SETTINGS,
  defaults: ROUND_DEFAULTS,
  load: async () => (await import("../commands/mock.ts")).runEmu,
});

const pub = defineCommand({
  name: "pub",
  summary: "publish qty test messages (default 3)",
  description: [
    "Publishes well-formed test messages of random services to the topic, and prints the id of each. On an emulator",
    "it creates the topic and the subscription first, so that messages wait for a monitor that starts later.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: PUB_SETTINGS,
  load: async () => (await import("../commands/pub.ts")).run,
});

const mon = defineCommand({
  name: "mon",
  summary: "run the monitor: until stopped, or for DURATION",
  description: [
    "Pulls log messages from the subscription, collects them into batches, and writes each batch in one",
    "transaction. A message is acknowledged only after its transaction committed.",
    "",
    "Before it pulls it brings the schema up to date, checks that settings and database fit together, and logs the",
    "plan: what cannot work is refused, with the setting to change.",
    "",
    "SIGTERM, SIGINT or the end of DURATION drain: stop pulling, store and acknowledge what is held, end.",
    "A second signal, or the end of GRACE, gives back what is not stored yet: it will be delivered again.",
  ],
  settings: MON_SETTINGS,
  load: async () => (await import("../commands/mon.ts")).run,
});

const health = defineCommand({
  name: "health",
  summary: "ask a monitor on this machine whether it is ready",
  description: [
    "Asks /readyz, or with --live /livez, at HEALTHPORT, prints the answer, and exits 0 when it is yes, 1 when it is",
    "no or nobody answers. For HEALTHCHECK in containers, which have no shell.",
  ],
  settings: HEALTH_COMMAND_SETTINGS,
  load: async () => (await import("../commands/health.ts")).run,
});

const sim = defineCommand({
  name: "sim",
  summary: "run the service simulator: random messages for DURATION",
  description: [
    "Publishes random messages of some services to the topic, and prints at the end how many it published of each",
    "service and severity. On an emulator it creates the topic and the subscription first, so that messages wait",
    "for a monitor that starts later.",
  ],
  settings: SIM_SETTINGS,
  load: async () => (await import("../commands/sim.ts")).run,
});

const demo = defineCommand({
  name: "demo",
  summary: "everything at once in one process: embedded Pub/Sub, simulator, monitor, SQLite file",
  description: [
    "Simulated services publish to a Pub/Sub embedded in this process; the monitor stores what they say in a SQLite",
    "file (or the database that DATABASE_URL names) and shows it, service by severity, as it arrives.",
  ],
  settings: DEMO_SETTINGS,
  defaults: {
    database: LOCAL_DATABASE,
    flushIntervalMs: "1",
    rate: "50",
    malformed: "0.01",
    logLevel: "warn",
  },
  notes: { durationMs: "until Ctrl-C on a terminal, else 30" },
  load: async () => (await import("../commands/demo.ts")).run,
});

const emulator = defineCommand({
  name: "emulator",
  summary: "serve the embedded Pub/Sub on a port, for other processes",
  description: [
    "A small Pub/Sub in memory: topics, subscriptions, publish, pull, acknowledge, leases. What it holds is gone",
    "when it ends. For trying things out and for tests; point other programs to it with PUBSUB_EMULATOR_HOST.",
    "",
    "With --chaos it misbehaves; the same --seed gives the same requests the same faults. SHARE is 0 to 1 or a percent:",
    ...CHAOS_FAULTS.map(({ name, value, help }) => `  ${`${name}${value && "="}${value}`.padEnd(27)}${help}`),
  ],
  settings: EMULATOR_SETTINGS,
  load: async () => (await import("../commands/emulator.ts")).run,
});

const migrate = defineCommand({
  name: "migrate",
  summary: "bring the schema up to date (--dry-run prints the SQL)",
  description: [
    "Creates and changes tables, one numbered migration after the other, under a lock. The monitor does the same",
    "when it starts; this command is for those who give the monitor no right to change tables.",
  ],
  settings: MIGRATE_SETTINGS,
  notes: NAMED_DATABASE,
  load: async () => (await import("../commands/migrate.ts")).run,
});

const verify = defineCommand({
  name: "verify",
  summary: "check that the tables agree, in one consistent snapshot (--repair puts the counters right)",
  description: [
    "Counts service_logs and compares it with service_severity, for every service and severity, and looks for messages",
    "that are an entry and also a dead letter that was not replayed. Reads every row; writers are not held up.",
    "",
    "With --repair it adds the differences that one snapshot shows to the counters, so that what is written meanwhile stays",
    "counted; one repair at a time. It changes no rows of service_logs.",
    "",
    "With --against FILE it also compares with the manifest that lms sim --manifest wrote: entries per service and severity (those",
    "that were replayed from dead letters not counted), and dead letters of any status per reason.",
    "",
    "Exits 0 when everything agrees, 1 when something differs.",
  ],
  settings: VERIFY_SETTINGS,
  notes: NAMED_DATABASE,
  load: async () => (await import("../commands/verify.ts")).run,
});

const deadLetters = defineCommand({
  name: "dead-letters",
  summary: "list, show, replay or drop what could not be stored as an entry",
  description: [
    "list            those with --status, --reason, --since and --where, oldest first, with the reason and what is",
    "                wrong; --newest lists the last ones first, --group reason only how many there are of each",
    "show ID...      all of it: attributes and data too",
    "replay [ID...]  decode them again, after an upgrade or with --as FIELD=VALUE, and move what is valid now to",
    "                service_logs, counted; without ids every open one, of --reason, --since and --where",
    "drop [ID...]    settle them for good: they stay in the table, and are not replayed unless named; without ids",
    "                the open ones of --reason, --since and --where, of which one must be given",
    "",
    "An ID is MESSAGE_ID@PUBLISHTIME, as list prints it, or the message id alone where it fits one dead letter only.",
    "With - for the ids they are read from stdin, one a line, or as list --json prints them. In --where a * stands for",
    "any text; FIELD is a field of the message, detail, data (all of its text) or attribute.NAME; given several times,",
    "all must fit.",
    "",
    "Works through them 500 at a time, each in a transaction of its own; a signal ends it between two. --dry-run says",
    "what would be done. Whatever becomes of a dead letter, its message stays settled should it be delivered again.",
    "",
    "Exits 0 when all was done, 1 when something could not be found, or is still not valid, or a signal came before.",
  ],
  argument: {
    name: "ACTION [ID...]",
    help: "list, show, replay or drop, and which; - reads them from stdin",
    words: DEAD_LETTER_ACTIONS,
    most: 10_000,
  },
  settings: DEAD_LETTERS_SETTINGS,
  notes: NAMED_DATABASE,
  load: async () => (await import("../commands/dead_letters.ts")).run,
});

const completion = defineCommand({
  name: "completion",
  summary: "print a script that lets bash, zsh or fish complete commands, flags and their values",
  description: [
    "The script has all that it needs, and does not call the program; print it again after an upgrade. It is for the",
    "program that prints it, under that program's name; with lms-mon, put lms-mon for lms below. To install it:",
    "",
    "bash  lms completion bash > ~/.local/share/bash-completion/completions/lms",
    "      where the package bash-completion is installed, else into a file that ~/.bashrc sources",
    "zsh   lms completion zsh > ~/.zfunc/_lms",
    "      with fpath=(~/.zfunc $fpath) before compinit in ~/.zshrc",
    "fish  lms completion fish > ~/.config/fish/completions/lms.fish",
  ],
  argument: { name: "SHELL", help: "bash, zsh or fish", words: SHELLS },
  settings: [],
  load: async () => (await import("./completion/run.ts")).run,
});

const man = defineCommand({
  name: "man",
  summary: "print the manual page, for man",
  description: [
    "To read it: lms man | man -l -",
    "",
    "To install it: lms man > ~/.local/share/man/man1/lms.1",
  ],
  settings: [],
  load: async () => (await import("./man/run.ts")).run,
});

const version = defineCommand({
  name: "version",
  summary: "print the version, and how the program was built",
  description: ["The same as --version, -V and -v."],
  settings: [],
  load: async () => (await import("../commands/version.ts")).run,
});

/** Every command, in the order in which they are listed. */
export const COMMANDS: readonly Command[] = [
  mock,
  emu,
  pub,
  mon,
  health,
  sim,
  demo,
  emulator,
  migrate,
  verify,
  deadLetters,
  completion,
  man,
  version,
];
