/**
 * The processes that are measured: LMS, and what it is compared with.
 *
 * @module
 */
import { LmsProcess, type LogLine } from "../support/lms_process.ts";
import { PROJECT } from "./broker.ts";
import { ReferenceProcess } from "./reference_process.ts";

/** A running process. Disposing kills it. */
export interface Subject extends AsyncDisposable {
  readonly pid: number;
  /** What it logged, where it does. */
  readonly log?: readonly LogLine[];
  signal(signal: "SIGTERM"): void;
  ended(): Promise<{ readonly code: number; readonly stderr: string }>;
}

/** One of those that are compared. */
export interface Side {
  readonly label: string;
  /** Streams that one of its processes opens. */
  readonly streams: number;
  /** How many processes run at once. */
  readonly processes: number;
  start(env: Readonly<Record<string, string>>): Subject;
}

/** The variables that every side reads: which server, which database. */
export function whereabouts(pubsub: string, database: string): Readonly<Record<string, string>> {
  return { PUBSUB_EMULATOR_HOST: pubsub, PUBSUB_PROJECT_ID: PROJECT, DATABASE_URL: database };
}

/** How a {@linkcode lms} side differs from one `lms mon` of the program under test. */
export interface LmsSide {
  readonly label?: string;
  readonly processes?: number;
  /** Another compiled program. */
  readonly binary?: string;
  /** The folder of other sources, to run those. */
  readonly tree?: string;
}

/** `lms mon` with its defaults, but for these settings. */
export function lms(
  settings: Readonly<Record<string, string>> = {},
  { label = "LMS", processes = 1, binary, tree }: LmsSide = {},
): Side {
  return {
    label,
    processes,
    streams: 4,
    start: (env) => new LmsProcess(["mon"], { ...env, ...settings }, { binary, tree }),
  };
}

/** A program of this folder. @param streams As many as it opens. */
export function reference(
  file: "bare.ts" | "naive.ts" | "row_by_row.ts",
  { label, streams, settings = {} }: {
    readonly label: string;
    readonly streams: number;
    readonly settings?: Readonly<Record<string, string>>;
  },
): Side {
  return { label, streams, processes: 1, start: (env) => new ReferenceProcess(file, { ...env, ...settings }) };
}

/** Rejects when the process ends: to race against what should come first. */
export async function failure(label: string, subject: Subject): Promise<never> {
  const { code, stderr } = await subject.ended();
  throw new Error(`${label} ended with ${code}: ${stderr.slice(-2_000)}`);
}

/** Has a process finish what it holds and end. @throws {Error} When it does not end in order. */
export async function stop(label: string, subject: Subject): Promise<void> {
  subject.signal("SIGTERM");
  const { code, stderr } = await subject.ended();
  if (code !== 0) throw new Error(`${label} ended with ${code}: ${stderr.slice(-2_000)}`);
}
