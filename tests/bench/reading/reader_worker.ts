/**
 * The thread of a {@linkcode Reader}.
 *
 * @module
 */
import { StoredLogQueries } from "../../../src/reading/stored_log_queries.ts";
import { parseDatabaseUrl } from "../../../src/store/database_url.ts";
import { openLogReader } from "../../../src/store/open_log_reader.ts";
import { asked, QUESTIONS } from "./questions.ts";
import type { ReaderAnswer, ReaderRequest, ReaderTask } from "./reader.ts";

const thread = globalThis as unknown as {
  onmessage: (event: MessageEvent<ReaderRequest>) => void;
  postMessage(answer: ReaderAnswer): void;
};
let over = false;

async function read({ url, rows, turns, everyMs }: ReaderTask): Promise<ReaderAnswer> {
  const parsed = parseDatabaseUrl(url);
  if (!parsed.ok) throw new Error(`the database's address ${parsed.problem}`);
  await using queries = new StoredLogQueries(openLogReader(parsed.value, { onWarning: () => {} }));
  const answers = new Map(QUESTIONS.map(({ name }) => [name, { ms: [] as number[], partial: 0 }]));
  // The first turn is not measured: connections come up and code is compiled in it.
  for (let turn = 0; turn <= turns && !over; turn++) {
    for (const question of QUESTIONS) {
      if (over) break;
      if (turn % question.everyTurns !== 0) continue;
      const askedAt = performance.now();
      const whole = await asked(question, queries, rows);
      const took = performance.now() - askedAt;
      if (turn > 0 || question.everyTurns > 1) {
        const answer = answers.get(question.name)!;
        answer.ms.push(took);
        if (!whole) answer.partial++;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - took)));
    }
  }
  return { answers };
}

thread.onmessage = async ({ data }) => {
  if (data === "end") {
    over = true;
    return;
  }
  try {
    thread.postMessage(await read(data));
  } catch (error) {
    thread.postMessage({ failed: error instanceof Error ? error.message : String(error) });
  }
};
