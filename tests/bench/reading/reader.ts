/**
 * A reader that asks one question after the other, and how long each answer took.
 *
 * @module
 */

/** What the thread is told: what to do, and then that it is over. */
export type ReaderRequest = ReaderTask | "end";

/** How to ask. */
export interface ReaderTask {
  /** Of the database. */
  readonly url: string;
  /** Rows that it held before anything else came. */
  readonly rows: number;
  /** Turns, in each of which every question has its turn; ends before where it is told to. */
  readonly turns: number;
  /** Milliseconds from one question to the next, or as soon as it is answered where that takes longer. */
  readonly everyMs: number;
}

/** What the answers to a question took. */
export interface Answers {
  readonly ms: readonly number[];
  /** How many of them were not whole. */
  readonly partial: number;
}

/** What the thread answers: by the question's name, or what failed. */
export type ReaderAnswer = { readonly answers: ReadonlyMap<string, Answers> } | { readonly failed: string };

/** Asks until its turns are over, or it is told to end. */
export class Reader implements Disposable {
  /** A thread of its own: this one is busy with being the Pub/Sub server. */
  readonly #worker = new Worker(new URL("./reader_worker.ts", import.meta.url), { type: "module" });
  readonly #answer: Promise<ReadonlyMap<string, Answers>>;

  constructor(task: ReaderTask) {
    this.#answer = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<ReaderAnswer>) =>
        "answers" in data ? resolve(data.answers) : reject(new Error(data.failed));
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    this.#answer.catch(() => {});
    this.#worker.postMessage(task satisfies ReaderRequest);
  }

  /** Resolves when its turns are over. @throws {Error} When an answer was wrong or failed. */
  async answers(): Promise<ReadonlyMap<string, Answers>> {
    return await this.#answer;
  }

  /** Has it end after the question that it is at. */
  end(): void {
    this.#worker.postMessage("end" satisfies ReaderRequest);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
