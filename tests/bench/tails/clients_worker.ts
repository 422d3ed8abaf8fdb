/**
 * The thread of {@linkcode TailClients}.
 *
 * @module
 */
import { TailAccount } from "./account.ts";
import type { ClientsAnswer, ClientsRequest } from "./clients.ts";

const thread = globalThis as unknown as {
  onmessage: (event: MessageEvent<ClientsRequest>) => void;
  postMessage(answer: ClientsAnswer): void;
};
/** Between two looks at whether all have come. */
const LOOK_MS = 50;

const accounts: TailAccount[] = [];
const over = new AbortController();

async function follow(account: TailAccount, address: string): Promise<void> {
  const response = await fetch(address, { headers: { accept: "text/event-stream" }, signal: over.signal });
  if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    account.take(text, performance.timeOrigin + performance.now());
  }
  throw new Error(`${address}: the tail ended`);
}

async function followAll({ url, queries }: { readonly url: string; readonly queries: readonly string[] }) {
  for (const query of queries) {
    const account = new TailAccount();
    accounts.push(account);
    follow(account, `${url}/v1/tail?${new URLSearchParams({ query })}`).catch(fail);
  }
  await until(() => accounts.every(({ placed }) => placed));
  thread.postMessage("placed");
}

async function end(counts: readonly number[], patienceMs: number): Promise<void> {
  const patientUntil = performance.now() + patienceMs;
  const all = () => accounts.every(({ entries, dropped }, index) => entries + dropped >= counts[index]!);
  await until(() => all() || performance.now() > patientUntil);
  const followed = accounts.map(({ arrivals, entries, idSum, gaps, dropped }) => (
    { arrivals, entries, idSum, gaps, dropped }
  ));
  thread.postMessage({ followed });
  over.abort();
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

function fail(error: unknown): void {
  if (!over.signal.aborted) thread.postMessage({ failed: error instanceof Error ? error.message : String(error) });
}

thread.onmessage = ({ data }) => {
  ("url" in data ? followAll(data) : end(data.until, data.patienceMs)).catch(fail);
};
