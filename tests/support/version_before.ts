/**
 * The program as it was before the tables of this one: its sources from the repository's history, as a writer.
 *
 * @module
 */

/** The last commit that knew version 1 of the schema only. */
const COMMIT = "46bdf1adcbae3755fb864c59f646ce4f710d46d0";

const root = new URL("../../", import.meta.url).pathname;

/** Writes batches of ten until its input ends, each again after a lost race; then says how many entries it wrote. */
const WRITER = `
import { parseDatabaseUrl } from "./src/store/database_url.ts";
import { openStore } from "./src/store/open_store.ts";
const [url, first, amount] = Deno.args;
const parsed = parseDatabaseUrl(url!);
if (!parsed.ok) throw new Error(parsed.problem);
await using store = openStore(parsed.value, { writers: 1, onWarning: (warning) => console.error(warning) });
await store.migrate({ dryRun: false });
await store.rehearse();
const signal = new AbortController().signal;
const at = (n: number, second = "07") => ({
  publishTime: \`2026-01-02 03:05:\${second}.\${String(n).padStart(6, "0")}\`,
  messageId: second + String(1_000_000 + n),
});
let ended = false;
if (amount === "endless") (async () => { for await (const _ of Deno.stdin.readable); ended = true; })();
let n = Number(first);
for (let batch = 0; amount === "endless" ? !ended : batch < Number(amount); batch++) {
  const entries = Array.from({ length: 10 }, (_, i) => ({
    ...at(n + i), serviceName: "old-" + (n + i) % 3, payload: "the version before", severity: "warn" as const,
    timestamp: at(n + i).publishTime,
  }));
  const letter = { ...at(n, "08"), reason: "not_json" as const, detail: "d", data: new Uint8Array([1]), attributes: {} };
  for (let tries = 0;; tries++) {
    try {
      await store.write({ entries, deadLetters: [letter] }, { signal });
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  n += 10;
  if (batch === 0) console.log("writing");
}
console.log(n);
Deno.exit(0);
`;

/** A process of it. */
export interface WriterBefore {
  /** Resolves when its first batch is stored. */
  readonly writing: Promise<void>;
  /** Tells it to stop; resolves to the number after its last entry. */
  stop(): Promise<number>;
}

/** Its sources, in a folder of their own; disposing removes them. */
export class VersionBefore implements AsyncDisposable {
  /** Where they are. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws {Error} Where the history is not there, as in a shallow clone. */
  static async checkOut(): Promise<VersionBefore> {
    const folder = await Deno.makeTempDir({ prefix: "lms-before-" });
    const archive = await new Deno.Command("git", { args: ["archive", "--format=tar", COMMIT], cwd: root }).output();
    if (!archive.success) {
      throw new Error(
        `Cannot have the version before: ${new TextDecoder().decode(archive.stderr)}fetch the whole history`,
      );
    }
    await Deno.writeFile(`${folder}/before.tar`, archive.stdout);
    const unpacked = await new Deno.Command("tar", { args: ["xf", "before.tar"], cwd: folder }).output();
    if (!unpacked.success) throw new Error(`Cannot unpack: ${new TextDecoder().decode(unpacked.stderr)}`);
    await Deno.writeTextFile(`${folder}/writer.ts`, WRITER);
    return new VersionBefore(folder);
  }

  /**
   * Starts a writer: it brings the schema up to date as far as it knows, tries what a monitor does, and writes.
   *
   * @param options.first The number of its first entry.
   * @param options.batches How many; default: until it is told to stop.
   */
  start(url: string, { first, batches }: { readonly first: number; readonly batches?: number }): WriterBefore {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "-A", "writer.ts", url, String(first), String(batches ?? "endless")],
      cwd: this.folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const errors = new Response(process.stderr).text();
    const started = Promise.withResolvers<void>();
    const output = (async () => {
      let text = "";
      for await (const piece of process.stdout.pipeThrough(new TextDecoderStream())) {
        text += piece;
        if (text.includes("writing")) started.resolve();
      }
      const { success } = await process.status;
      if (!success) throw new Error(`the version before ended: ${text}${await errors}`);
      return Number(text.trim().split("\n").at(-1));
    })();
    output.catch((error) => started.reject(error));
    return {
      writing: started.promise,
      stop: async () => {
        await process.stdin.close().catch(() => {});
        return await output;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
