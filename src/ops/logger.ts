/**
 * LMS's own log: what it says about itself, on stderr. The only file that knows `@std/log`.
 *
 * @module
 */
import { BaseHandler, type LevelName, Logger, type LogRecord as StdRecord } from "@std/log";
import { cloudLine, jsonLine, type LogFields, type LogLevel, type LogRecord, textBlock, textLine } from "./log_line.ts";

export type { LogFields, LogLevel } from "./log_line.ts";

/** `text` for people, `json` for machines, `gcp` for Cloud Logging: one line per record in all of them. */
export type LogFormat = "text" | "json" | "gcp";

const LINES: Readonly<Record<LogFormat, (record: LogRecord, colour: boolean) => string>> = {
  text: textLine,
  json: jsonLine,
  gcp: cloudLine,
};

/** Writes records. A record never throws, whatever its fields hold and wherever it goes. */
export interface Log {
  /** What helps who looks for a fault in LMS. */
  debug(message: string, fields?: LogFields): void;
  /** What an operator wants to know when all is well. */
  info(message: string, fields?: LogFields): void;
  /** The same, where there is much of it: a line per field for people, one record for machines. */
  block(message: string, fields: LogFields): void;
  /** What needs attention, while LMS goes on by itself. */
  warn(message: string, fields?: LogFields): void;
  /** What LMS could not do. */
  error(message: string, fields?: LogFields): void;
  /** A log that adds these fields to every record; a record's own fields of the same name win. */
  child(fields: LogFields): Log;
}

/** Where the log goes, and what of it. */
export interface LogOptions {
  /** Records below it are left out. */
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Whether levels are coloured, in text; default `false`. */
  readonly colour?: boolean;
  /** Takes each line, without its end; default: stderr. */
  readonly write?: (line: string) => void;
}

/**
 * Opens a log. Passwords of URLs and fields that are named like one are written as `***`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openLog } from "./logger.ts";
 *
 * const lines: string[] = [];
 * const log = openLog({ level: "info", format: "text", write: (line) => lines.push(line) });
 * log.child({ batch: 7 }).info("flushed", { size: 10, trigger: "count" });
 * log.debug("left out");
 * assertEquals(lines.map((line) => line.slice(25)), ["INFO  flushed batch=7 size=10 trigger=count"]);
 * ```
 */
export function openLog(options: LogOptions): Log {
  const handler = new LineHandler(options);
  return new FieldLog(new Logger("lms", STD_LEVELS[options.level], { handlers: [handler] }), {});
}

const STD_LEVELS: Readonly<Record<LogLevel, LevelName>> = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
};

class FieldLog implements Log {
  readonly #logger: Logger;
  readonly #bound: LogFields;

  constructor(logger: Logger, bound: LogFields) {
    this.#logger = logger;
    this.#bound = bound;
  }

  debug(message: string, fields?: LogFields): void {
    this.#logger.debug(message, this.#bound, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#logger.info(message, this.#bound, fields);
  }

  block(message: string, fields: LogFields): void {
    this.#logger.info(message, this.#bound, fields, BLOCK);
  }

  warn(message: string, fields?: LogFields): void {
    this.#logger.warn(message, this.#bound, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#logger.error(message, this.#bound, fields);
  }

  child(fields: LogFields): Log {
    return new FieldLog(this.#logger, { ...this.#bound, ...fields });
  }
}

/** Goes with a record that is written as a block. */
const BLOCK = Symbol("block");

/** Turns the library's records into lines; the arguments of each are its bound and its own fields. */
class LineHandler extends BaseHandler {
  readonly #write: (line: string) => void;

  constructor({ format, colour = false, write = writeToStderr }: LogOptions) {
    super("DEBUG", {
      formatter: (record: StdRecord) => {
        const line = format === "text" && record.args.includes(BLOCK) ? textBlock : LINES[format];
        return line({
          time: record.datetime,
          level: record.levelName.toLowerCase() as LogLevel,
          message: record.msg,
          fields: Object.assign({}, ...record.args) as LogFields,
        }, colour);
      },
    });
    this.#write = write;
  }

  override log(line: string): void {
    try {
      this.#write(line);
    } catch {
      // Nobody reads the log any more (a closed pipe, a full disk). What LMS does matters more than what it says.
    }
  }
}

const UTF8 = new TextEncoder();

function writeToStderr(line: string): void {
  const bytes = UTF8.encode(`${line}\n`);
  for (let written = 0; written < bytes.length;) written += Deno.stderr.writeSync(bytes.subarray(written));
}
