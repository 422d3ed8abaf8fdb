/**
 * The world as `src/cli/run.ts` is given it, kept in memory.
 *
 * @module
 */
import type { World } from "../../src/cli/run.ts";
import { openLog } from "../../src/ops/logger.ts";
import type { TableOptions } from "../../src/ops/table.ts";
import { Terminal } from "../../src/ops/terminal.ts";

/** A world, and what the program did to it. */
export interface FakeWorld extends World {
  /** Lines on stdout. */
  readonly printed: readonly string[];
  /** Lines on stderr. */
  readonly complaints: readonly string[];
  /** What commands wrote on stderr beside the log. */
  readonly noted: readonly string[];
  /** Levels and formats that a log was opened with. */
  readonly logsOpened: readonly (readonly [level: string, format: string | undefined])[];
  /** Records of LMS's own log. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** Files by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Asks the program to finish. */
  stop(): void;
  /** Goes away from stdout. */
  leave(): void;
  /** The first record of LMS's own log, past or to come, with this message. Never resolves when none comes. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
}

/** Makes a world where nobody asks to stop until {@linkcode FakeWorld.stop} does. */
export function fakeWorld(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  { input = "", results = {} }: { readonly input?: string; readonly results?: TableOptions } = {},
): FakeWorld {
  const printed: string[] = [];
  const complaints: string[] = [];
  const noted: string[] = [];
  const logsOpened: [string, string | undefined][] = [];
  const all: Record<string, unknown>[] = [];
  const files = new Map<string, string>();
  const drain = new AbortController();
  const unread = new AbortController();
  const records = new Map<string, PromiseWithResolvers<Record<string, unknown>>>();
  const recordOf = (message: string) => {
    let record = records.get(message);
    if (record === undefined) records.set(message, record = Promise.withResolvers());
    return record;
  };
  return {
    args,
    env: (name) => variables[name],
    print: (line) => void printed.push(line),
    printRows: (rows) => void printed.push(...rows),
    unread: unread.signal,
    results,
    interactive: false,
    complain: (line) => void complaints.push(line),
    readInput: () => ReadableStream.from([new TextEncoder().encode(input)]),
    readFile: (path) => Deno.readTextFile(path),
    reserveFile: (path) => Promise.resolve(void files.set(path, "")),
    mayWrite: () => true,
    writeFile: (path, text) => Promise.resolve(void files.set(path, text)),
    openLog: (level, format) => {
      logsOpened.push([level, format]);
      return openLog({
        level,
        format: "json",
        write: (line) => {
          const record = JSON.parse(line) as Record<string, unknown>;
          all.push(record);
          recordOf(String(record.msg)).resolve(record);
        },
      });
    },
    terminal: new Terminal({ write: (text) => void noted.push(...text.trimEnd().split("\n")), live: false }),
    drain: drain.signal,
    abort: new AbortController().signal,
    program: "lms",
    version: "1.2.3",
    date: "2026-11-24",
    build: "lms 1.2.3 (from a test)",
    printed,
    complaints,
    noted,
    logsOpened,
    records: all,
    files,
    stop: () => drain.abort(),
    leave: () => unread.abort(),
    logged: (message) => recordOf(message).promise,
  };
}
