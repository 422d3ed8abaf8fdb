/**
 * An LMS that is killed and started again, as a service manager would.
 *
 * @module
 */
import { usageOf } from "../bench/process_usage.ts";
import { LmsProcess, type LogLine } from "../support/lms_process.ts";

/** The line at the begin of an outage, and the one at its end. */
export const [WAITING, BACK] = ["waiting for the database: messages are held", "the database is back"];

/** The line during an outage of Pub/Sub, told again while it lasts, and the one at its end. */
const [PUBSUB_WAITING, PUBSUB_BACK] = ["waiting for Pub/Sub: nothing is pulled", "Pub/Sub is back"];

/** What an instance did over all its processes. */
export interface InstanceAccount {
  readonly name: string;
  readonly starts: number;
  readonly kills: number;
  /** The most memory that one of its processes had resident, in bytes. */
  readonly peakBytes: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLetters: number;
  /** How often it said that it waits for the database. */
  readonly outages: number;
  /** What should not have been. */
  readonly problems: readonly string[];
}

type Env = Readonly<Record<string, string>>;

/** One monitor, at most one process at a time; disposing kills it. */
export class Instance implements AsyncDisposable {
  readonly name: string;
  readonly #env: Env;
  readonly #tree: string | undefined;
  readonly #problems: string[] = [];
  #process: LmsProcess | undefined;
  #stopping = false;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #starts = 0;
  #kills = 0;
  #peakBytes = 0;
  #sums = { stored: 0, duplicates: 0, deadLetters: 0, outages: 0 };

  /** @param options.tree The folder of another version's sources. */
  constructor(name: string, { env, tree }: { readonly env: Env; readonly tree?: string }) {
    this.name = name;
    this.#env = env;
    this.#tree = tree;
  }

  /** The process that runs now. */
  get process(): LmsProcess | undefined {
    return this.#process;
  }

  get account(): InstanceAccount {
    return {
      name: this.name,
      starts: this.#starts,
      kills: this.#kills,
      peakBytes: this.#peakBytes,
      ...this.#sums,
      problems: this.#problems,
    };
  }

  start(): void {
    const process = new LmsProcess(["mon"], this.#env, { tree: this.#tree });
    this.#process = process;
    this.#stopping = false;
    this.#starts++;
    process.ended().then(({ code, stderr }) => {
      if (this.#process === process && !this.#stopping) {
        this.#problems.push(`${this.name} ended by itself with ${code}: ${stderr.slice(-1_000)}`);
        this.#process = undefined;
        this.startIn(1_000);
      }
      this.#take(process.log);
    });
  }

  /** Starts it again after a while. */
  startIn(ms: number): void {
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => this.start(), ms);
  }

  /** Ends it as a crash would; resolves when it is gone. Does nothing where it does not run. */
  async kill(): Promise<boolean> {
    const process = this.#process;
    if (process === undefined) return false;
    await this.sample();
    this.#stopping = true;
    this.#process = undefined;
    this.#kills++;
    process.signal("SIGKILL");
    await process.ended();
    return true;
  }

  /** Ends it in order. @param codes The exit codes that are in order. */
  async terminate(codes: readonly number[]): Promise<void> {
    clearTimeout(this.#restart);
    const process = this.#process;
    if (process === undefined) return;
    await this.sample();
    this.#stopping = true;
    this.#process = undefined;
    process.signal("SIGTERM");
    const { code, stderr } = await process.ended();
    if (!codes.includes(code)) {
      this.#problems.push(`${this.name} ended with ${code} when it was told to stop: ${stderr.slice(-1_000)}`);
    }
  }

  /** Resolves when the process that runs now, or is to be started, is connected to its database. */
  async connected(): Promise<void> {
    while (!this.#process?.log.some(({ msg }) => msg === "plan")) await new Promise((again) => setTimeout(again, 200));
  }

  /** Looks at its memory; returns what is resident now, in bytes. */
  async sample(): Promise<number> {
    const process = this.#process;
    if (process === undefined) return 0;
    const usage = await usageOf(process.pid).catch(() => undefined);
    if (usage === undefined || !(usage.peakBytes > 0)) return 0;
    this.#peakBytes = Math.max(this.#peakBytes, usage.peakBytes);
    return usage.residentBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#restart);
    this.#stopping = true;
    const process = this.#process;
    this.#process = undefined;
    await process?.[Symbol.asyncDispose]();
  }

  /** Adds up what a process said, and looks for what it should not have said. */
  #take(log: readonly LogLine[]): void {
    let waiting = false;
    let pubsubWaiting = false;
    for (const line of log) {
      if (line.msg === "flushed") {
        this.#sums.stored += Number(line.stored);
        this.#sums.duplicates += Number(line.duplicates);
        this.#sums.deadLetters += Number(line.dead_letters);
      }
      if (line.msg === WAITING) {
        if (!waiting) this.#sums.outages++;
        if (waiting && Number(line.attempts) === 1) {
          this.#problems.push(`${this.name} said twice that an outage of the database began, and not that one ended`);
        }
        waiting = true;
      } else if (line.msg === BACK) {
        if (!waiting) this.#problems.push(`${this.name} said that the database is back, and it had not been away`);
        waiting = false;
      } else if (line.msg === PUBSUB_WAITING) {
        pubsubWaiting = true;
      } else if (line.msg === PUBSUB_BACK) {
        if (!pubsubWaiting) this.#problems.push(`${this.name} said that Pub/Sub is back, and it had not been away`);
        pubsubWaiting = false;
      } else if (line.level === "error") {
        this.#problems.push(`${this.name} logged an error: ${JSON.stringify(line)}`);
      }
    }
  }
}
