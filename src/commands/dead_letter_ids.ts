/**
 * How people name dead letters.
 *
 * @module
 */
import type { MessageKey } from "../entry/entry.ts";
import { parseRfc3339, rfc3339Of } from "../entry/instant.ts";
import type { DeadLetterSummary, Maintenance } from "../store/maintenance.ts";

/** More dead letters of one message id than a restarted emulator can make. */
const MATCHES_MAX = 100_000;

/** The full name: message id, `@`, publish time. */
export function fullId({ messageId, publishTime }: MessageKey): string {
  return `${messageId}@${rfc3339Of(publishTime)}`;
}

/**
 * The dead letters that are named, each by its full name or by its message id alone where that fits one only.
 *
 * @returns In key order, each once; or, when a name fits none or several, a line that says so.
 */
export async function findDeadLetters(
  store: Maintenance,
  names: readonly string[],
): Promise<{ readonly letters: readonly DeadLetterSummary[] } | { readonly problem: string }> {
  const ids = names.flatMap((name) => [name, parts(name)?.messageId ?? name]);
  const candidates = await store.listDeadLetters({ messageIds: [...new Set(ids)], limit: MATCHES_MAX });
  const chosen = new Set<DeadLetterSummary>();
  for (const name of names) {
    const key = parts(name);
    const fitting = candidates.filter(({ messageId, publishTime }) =>
      messageId === name || (messageId === key?.messageId && publishTime === key.publishTime)
    );
    if (fitting.length === 0) return { problem: `there is no dead letter ${name}` };
    if (fitting.length > 1) {
      return { problem: `${name} fits ${fitting.length} dead letters; name one: ${fitting.map(fullId).join(", ")}` };
    }
    chosen.add(fitting[0]!);
  }
  return { letters: candidates.filter((letter) => chosen.has(letter)) };
}

function parts(name: string): MessageKey | undefined {
  const at = name.lastIndexOf("@");
  const publishTime = at < 1 ? undefined : parseRfc3339(name.slice(at + 1));
  return typeof publishTime === "string" ? { messageId: name.slice(0, at), publishTime } : undefined;
}
