/**
 * Tokens in files that may change while the server runs.
 *
 * @module
 */
import { failure, type Result, success } from "../../ops/result.ts";
import { type Access, parseTokens, type Token } from "./tokens.ts";

/** A file with tokens. */
export interface TokenFile {
  readonly access: Access;
  /** What it holds now. */
  readonly read: () => Promise<string>;
}

/** What is told of files. */
export interface TokenFilesOptions {
  readonly files: readonly TokenFile[];
  /** Told once when a file cannot be used any more, and what held before goes on; reads on after the file's name. */
  readonly onProblem?: (access: Access, problem: string) => void;
  /** Told when other tokens count than before. */
  readonly onChange?: (access: Access) => void;
}

/** How long what was read is believed, in milliseconds. */
const BELIEVED_MS = 1_000;

interface Known extends TokenFile {
  text: string;
  tokens: readonly Token[];
  problem?: string;
}

/** The tokens that count now. A file is looked at again at most once a second, when somebody asks. */
export class TokenFiles {
  readonly #options: TokenFilesOptions;
  readonly #files: readonly Known[];
  #readAtMs = performance.now();
  #reading: Promise<void> | undefined;

  private constructor(options: TokenFilesOptions, files: readonly Known[]) {
    this.#options = options;
    this.#files = files;
  }

  /** Reads the files. @returns The tokens, or which file cannot be used, and why, reading on after its name. */
  static async open(
    options: TokenFilesOptions,
  ): Promise<Result<TokenFiles, { readonly access: Access; readonly problem: string }>> {
    const files: Known[] = [];
    for (const file of options.files) {
      const text = await file.read();
      const tokens = parseTokens(text, file.access);
      if (!tokens.ok) return failure({ access: file.access, problem: tokens.problem });
      files.push({ ...file, text, tokens: tokens.value });
    }
    return success(new TokenFiles(options, files));
  }

  /** Whether there is a file of it. */
  has(access: Access): boolean {
    return this.#files.some((file) => file.access === access);
  }

  /** Those that count now. */
  async tokens(): Promise<readonly Token[]> {
    if (performance.now() - this.#readAtMs >= BELIEVED_MS) {
      this.#reading ??= this.#readAgain().finally(() => this.#reading = undefined);
    }
    await this.#reading;
    return this.#files.flatMap(({ tokens }) => tokens);
  }

  async #readAgain(): Promise<void> {
    this.#readAtMs = performance.now();
    for (const file of this.#files) {
      const read = await file.read().then(success, (error) => failure(`cannot be read: ${error}`));
      if (read.ok && read.value === file.text) {
        delete file.problem;
        continue;
      }
      const tokens = read.ok ? parseTokens(read.value, file.access) : read;
      if (!tokens.ok) {
        // Who replaces a file may have it half written, or away for a moment.
        if (file.problem !== tokens.problem) this.#options.onProblem?.(file.access, tokens.problem);
        file.problem = tokens.problem;
        continue;
      }
      file.tokens = tokens.value;
      if (read.ok) file.text = read.value;
      delete file.problem;
      this.#options.onChange?.(file.access);
    }
  }
}
