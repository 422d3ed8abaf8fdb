/**
 * `lms dead-letters`: what could not be stored as an entry, and what becomes of it.
 *
 * @module
 */
import type { Config } from "../config.ts";
import type { LogEntry } from "../entry/entry.ts";
import { rfc3339Of } from "../entry/instant.ts";
import { nearest } from "../ops/nearest.ts";
import { oneLine, safeJson } from "../ops/safe_text.ts";
import {
  DEAD_LETTER_STATUSES,
  type DeadLetterSummary,
  type MaintainedStore,
  type StoredDeadLetter,
} from "../store/maintenance.ts";
import { type Context, EXIT, UsageError } from "./command.ts";
import { openStore } from "./database.ts";
import { findDeadLetters, fullId } from "./dead_letter_ids.ts";
import { redecode } from "./redecode.ts";
import type { DEAD_LETTER_ACTIONS, DEAD_LETTERS_SETTINGS } from "./settings.ts";
import { alignedRows } from "./table.ts";

type Settings = Config<typeof DEAD_LETTERS_SETTINGS[number]>;

/** An action at work. */
interface Work {
  readonly store: MaintainedStore;
  readonly config: Settings;
  readonly context: Context;
  /** Names of dead letters. */
  readonly ids: readonly string[];
}

const ACTIONS: Readonly<Record<typeof DEAD_LETTER_ACTIONS[number], (work: Work) => Promise<number>>> = {
  list,
  show,
  replay,
  drop,
};

/** A person reads so much of a detail in a list. */
const DETAIL_SHOWN = 80;
/** Dead letters that are held in memory at once, in number and in bytes of data. */
const PAGE = { letters: 500, bytes: 16 * 1024 * 1024 };
/** Letters that could not be replayed and are told one by one. */
const FAILURES_TOLD = 20;

/** Runs the command. */
export async function run(
  config: Settings,
  context: Context,
  [name, ...ids]: readonly string[],
): Promise<number> {
  if (name === undefined) throw new UsageError("Cannot choose an action: say list, show, replay or drop");
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name as keyof typeof ACTIONS] : undefined;
  if (action === undefined) {
    const close = nearest(name, Object.keys(ACTIONS));
    const hint = close === undefined ? "" : `; did you mean ${close}?`;
    throw new UsageError(`Unknown action "${name}"${hint}`);
  }
  if (action === list && ids.length > 0) throw new UsageError(`Cannot use "${ids[0]}": list takes no ids`);
  if ((action === show || action === drop) && ids.length === 0) {
    throw new UsageError(`Cannot ${name} dead letters: say which; list prints their ids`);
  }
  await using store = await openStore(config, { real: false, writers: 1, context });
  return await action({ store, config, context, ids });
}

async function list({ store, config, context }: Work): Promise<number> {
  const filter = {
    statuses: config.status === "all" ? DEAD_LETTER_STATUSES : [config.status],
    ...(config.reason === undefined ? {} : { reason: config.reason }),
  };
  const letters = await store.listDeadLetters({ ...filter, limit: config.limit });
  if (config.json) {
    for (const letter of letters) context.print(safeJson(summaryJson(letter)));
    return EXIT.ok;
  }
  const total = await store.countDeadLetters(filter);
  if (letters.length > 0) {
    const rows = letters.map((letter) =>
      [fullId(letter), letter.reason, letter.status, letter.bytes, shortened(oneLine(letter.detail))] as const
    );
    alignedRows([["id", "reason", "status", "bytes", "detail"], ...rows]).forEach(context.print);
    context.print("");
  }
  const more = total > letters.length ? `, of which ${letters.length} are listed; --limit lists more` : "";
  context.print(`${total} dead letter(s)${more}`);
  return EXIT.ok;
}

async function show({ store, config, context, ids }: Work): Promise<number> {
  const found = await findDeadLetters(store, ids);
  if ("problem" in found) return refuse(context, found.problem);
  for (const page of pages(found.letters)) {
    for (const letter of await store.deadLettersByKey(page)) {
      if (config.json) context.print(safeJson(letterJson(letter)));
      else letterLines(letter).forEach(context.print);
    }
  }
  return EXIT.ok;
}

async function replay({ store, config, context, ids }: Work): Promise<number> {
  const sums = { replayed: 0, invalid: 0, settled: 0, refused: 0 };
  let told = 0;
  const tell = (letter: DeadLetterSummary, outcome: string, detail?: string) => {
    if (config.json) {
      context.print(safeJson({ id: fullId(letter), outcome, ...(detail === undefined ? {} : { detail }) }));
    } else if (detail !== undefined && ++told <= FAILURES_TOLD) {
      context.print(oneLine(`${fullId(letter)}: ${outcome}: ${detail}`));
    }
  };
  const overrides = config.as;
  for await (const page of chosen({ store, config, context, ids })) {
    if ("problem" in page) return refuse(context, page.problem);
    const entries: LogEntry[] = [];
    const byId = new Map(page.letters.map((letter) => [fullId(letter), letter]));
    for (const letter of await store.deadLettersByKey(page.letters)) {
      const decoded = redecode(letter, overrides);
      if (decoded.state === "valid") entries.push(decoded.entry);
      else {
        sums.invalid++;
        tell(letter, "still invalid", `${decoded.reason}: ${decoded.detail}`);
      }
    }
    if (config.dryRun) {
      sums.replayed += entries.length;
      for (const entry of entries) tell(byId.get(fullId(entry))!, "would be replayed");
      continue;
    }
    const { replayed, settled, refused } = await store.replay(entries);
    sums.replayed += replayed.length;
    sums.settled += settled.length;
    sums.refused += refused.length;
    for (const key of replayed) tell(byId.get(fullId(key))!, "replayed");
    for (const key of settled) tell(byId.get(fullId(key))!, "settled before");
    for (const { key, detail } of refused) tell(byId.get(fullId(key))!, "refused by the database", detail);
  }
  const left = sums.invalid + sums.refused;
  if (!config.json) {
    if (told > FAILURES_TOLD) context.print(`and ${told - FAILURES_TOLD} more; --json tells all`);
    context.print(
      `${sums.replayed} ${config.dryRun ? "would be replayed" : "replayed"}, ${sums.invalid} still invalid, ` +
        `${sums.settled} settled before, ${sums.refused} refused by the database`,
    );
  }
  return left === 0 ? EXIT.ok : EXIT.failed;
}

async function drop({ store, config, context, ids }: Work): Promise<number> {
  const found = await findDeadLetters(store, ids);
  if ("problem" in found) return refuse(context, found.problem);
  const open = found.letters.filter(({ status }) => status === "open");
  const dropped = config.dryRun ? open : await store.drop(open);
  if (config.json) {
    for (const key of dropped) context.print(safeJson({ id: fullId(key), outcome: "dropped" }));
  } else {
    for (const letter of found.letters) {
      if (letter.status !== "open") context.print(oneLine(`${fullId(letter)}: is ${letter.status} already`));
    }
    context.print(`${dropped.length} ${config.dryRun ? "would be dropped" : "dropped"}`);
  }
  return found.letters.some(({ status }) => status === "replayed") ? EXIT.failed : EXIT.ok;
}

/** The letters to replay, a page at a time; what is replayed meanwhile is not seen again. */
async function* chosen(
  { store, config, ids }: Work,
): AsyncGenerator<{ readonly letters: readonly DeadLetterSummary[] } | { readonly problem: string }> {
  if (ids.length > 0) {
    const found = await findDeadLetters(store, ids);
    if ("problem" in found) return yield found;
    for (const letters of pages(found.letters)) yield { letters };
    return;
  }
  const filter = { statuses: ["open"], ...(config.reason === undefined ? {} : { reason: config.reason }) } as const;
  let letters = await store.listDeadLetters({ ...filter, limit: PAGE.letters });
  while (letters.length > 0) {
    for (const page of pages(letters)) yield { letters: page };
    letters = await store.listDeadLetters({ ...filter, after: letters.at(-1)!, limit: PAGE.letters });
  }
}

/** Cuts a list so that the data of each part fits into memory. */
function* pages(letters: readonly DeadLetterSummary[]): Generator<readonly DeadLetterSummary[]> {
  let page: DeadLetterSummary[] = [];
  let bytes = 0;
  for (const letter of letters) {
    if (page.length > 0 && (page.length >= PAGE.letters || bytes + letter.bytes > PAGE.bytes)) {
      yield page;
      [page, bytes] = [[], 0];
    }
    page.push(letter);
    bytes += letter.bytes;
  }
  if (page.length > 0) yield page;
}

function refuse({ log }: Context, problem: string): number {
  log.error(`Cannot go on: ${problem}`);
  return EXIT.failed;
}

function shortened(text: string): string {
  // Cut between code points; two units each at most, so that a long text is not walked through.
  const start = Array.from(text.slice(0, 2 * DETAIL_SHOWN)).slice(0, DETAIL_SHOWN - 1).join("");
  return text.length <= DETAIL_SHOWN ? text : `${start}…`;
}

function summaryJson(letter: DeadLetterSummary): Record<string, unknown> {
  return {
    id: fullId(letter),
    message_id: letter.messageId,
    publish_time: rfc3339Of(letter.publishTime),
    reason: letter.reason,
    detail: letter.detail,
    status: letter.status,
    bytes: letter.bytes,
    created_at: rfc3339Of(letter.createdAt),
    updated_at: rfc3339Of(letter.updatedAt),
  };
}

function letterJson(letter: StoredDeadLetter): Record<string, unknown> {
  const text = textOf(letter.data);
  return {
    ...summaryJson(letter),
    attributes: letter.attributes,
    data_base64: letter.data.toBase64(),
    ...(text === undefined ? {} : { data_text: text }),
  };
}

function letterLines(letter: StoredDeadLetter): string[] {
  const text = textOf(letter.data);
  const fields: readonly (readonly [string, string])[] = [
    ["id", fullId(letter)],
    ["reason", letter.reason],
    ["detail", letter.detail],
    ["status", letter.status],
    ["stored", rfc3339Of(letter.createdAt)],
    ["changed", rfc3339Of(letter.updatedAt)],
    ...Object.entries(letter.attributes).map(([name, value]) => [`attribute ${name}`, value] as const),
    [`data (${letter.bytes} bytes)`, text === undefined ? `base64 ${letter.data.toBase64()}` : text],
  ];
  return [...alignedRows(fields), ""];
}

function textOf(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}
