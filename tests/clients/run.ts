/**
 * `deno task test:clients`: official clients in other languages against the embedded Pub/Sub. They come from their
 * languages' package indexes, so this is no part of the gate; what they send is, in `tests/contract`.
 *
 * @module
 */
import { FakeServer } from "../../src/emulator/fake_server.ts";

async function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<boolean> {
  const { success } = await new Deno.Command(command, { args: [...args], env, stdout: "inherit", stderr: "inherit" })
    .output();
  return success;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

async function runPython(): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "lms-clients-" });
  try {
    const made = await run("python3", ["-m", "venv", folder]) &&
      await run(`${folder}/bin/pip`, ["install", "--quiet", "google-cloud-pubsub"]);
    if (!made) {
      print(
        "Cannot try Python's client: python3 with venv, or the package google-cloud-pubsub, is not to be had",
      );
      return false;
    }
    await using server = await FakeServer.start();
    const script = new URL("python_ordered.py", import.meta.url).pathname;
    return await run(`${folder}/bin/python`, [script], { PUBSUB_EMULATOR_HOST: server.address });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const passed = await runPython();
print(passed ? "1 passed, 0 failed" : "0 passed, 1 failed");
if (!passed) Deno.exit(1);
