/**
 * How people name dead letters.
 *
 * @module
 */
import { compareKeys, type MessageKey } from "../../entry/entry.ts";
import { parseRfc3339, rfc3339Of } from "../../entry/instant.ts";
import type { DeadLetterSummary, Maintenance } from "../../store/maintenance.ts";

/** More dead letters of one message id than a restarted emulator can make. */
const MATCHES_MAX = 100_000;
/** A database finds so many keys at once by its primary key. */
const KEYS_AT_ONCE = 500;

/** The full name: message id, `@`, publish time. */
export function fullId({ messageId, publishTime }: MessageKey): string {
  return `${messageId}@${rfc3339Of(publishTime)}`;
}

/** The dead letters that are named, and a line for each name that fits none or several. */
export interface Found {
  /** In key order, each once. */
  readonly letters: readonly DeadLetterSummary[];
  readonly problems: readonly string[];
}

/**
 * Finds dead letters by name, each by its full name or by its message id alone where that fits one only. Full names are
 * found at once; for message ids alone every dead letter is looked at.
 */
export async function findDeadLetters(store: Maintenance, names: readonly string[]): Promise<Found> {
  const byKey = new Map<string, DeadLetterSummary>();
  const keys = names.flatMap((name) => parts(name) ?? []);
  for (let i = 0; i < keys.length; i += KEYS_AT_ONCE) {
    const page = { keys: keys.slice(i, i + KEYS_AT_ONCE), limit: KEYS_AT_ONCE };
    for (const letter of await store.listDeadLetters(page)) byKey.set(fullId(letter), letter);
  }
  const named = (name: string) => {
    const key = parts(name);
    return key === undefined ? undefined : byKey.get(fullId(key));
  };
  const messageIds = names.filter((name) => named(name) === undefined);
  const others = messageIds.length === 0 ? [] : await store.listDeadLetters({ messageIds, limit: MATCHES_MAX });
  const byMessageId = Map.groupBy(others, ({ messageId }) => messageId);
  const letters = new Map<string, DeadLetterSummary>();
  const problems: string[] = [];
  for (const name of names) {
    const letter = named(name);
    const fitting = letter === undefined ? byMessageId.get(name) ?? [] : [letter];
    if (fitting.length === 1) letters.set(fullId(fitting[0]!), fitting[0]!);
    else if (fitting.length === 0) problems.push(`there is no dead letter ${name}`);
    else problems.push(`${name} fits ${fitting.length} dead letters; name one: ${fitting.map(fullId).join(", ")}`);
  }
  return { letters: [...letters.values()].sort(compareKeys), problems };
}

function parts(name: string): MessageKey | undefined {
  const at = name.lastIndexOf("@");
  const publishTime = at < 1 ? undefined : parseRfc3339(name.slice(at + 1));
  return publishTime?.ok ? { messageId: name.slice(0, at), publishTime: publishTime.value } : undefined;
}

/**
 * Names as they come in, one a line, or a line of JSON with the name as its `id`, as `list --json` prints it.
 *
 * @param stop Ends it, also while nothing comes.
 */
export async function* readNames(input: ReadableStream<Uint8Array>, stop: AbortSignal): AsyncGenerator<string> {
  const reader = input.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  stop.addEventListener("abort", cancel);
  try {
    let rest = "";
    while (!stop.aborted) {
      const { done, value } = await reader.read();
      const lines = (rest + (value ?? "")).split("\n");
      rest = done ? "" : lines.pop()!;
      yield* lines.map(nameIn).filter((name) => name !== "");
      if (done) return;
    }
  } finally {
    stop.removeEventListener("abort", cancel);
    cancel();
  }
}

function nameIn(line: string): string {
  const text = line.trim();
  if (!text.startsWith("{")) return text;
  try {
    const { id } = JSON.parse(text) as { readonly id?: unknown };
    if (typeof id === "string") return id;
  } catch {
    // What it is instead is told as a name that fits nothing.
  }
  return text;
}
