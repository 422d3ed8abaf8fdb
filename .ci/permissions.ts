/**
 * Writes the environment variables that the programs may read into their tasks in deno.json: `deno task permissions`.
 *
 * Those of the settings come from the settings themselves, with the names that are taken for them. Never a pattern such as
 * `LMS_*`: Kubernetes and the tests have variables that begin so, and are none of the programs' business.
 *
 * @module
 */
import type { Setting } from "../src/config/setting.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { nearMissesOf, variablesOf } from "../src/config/variables.ts";

/** What the libraries read; .github/docs/permissions.md says what for. */
const LIBRARIES = [
  "GOOGLE_*",
  "GCE_METADATA_*",
  "GRPC_*",
  "CLOUDSDK_CONFIG",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "grpc_proxy",
  "no_grpc_proxy",
  "METADATA_SERVER_DETECTION",
  "DETECT_GCP_RETRIES",
  "K_SERVICE",
  "CLOUD_RUN_JOB",
  "FUNCTION_NAME",
];

/** What says whether a terminal takes colours. */
const TERMINALS = ["NO_COLOR", "FORCE_COLOR", "TERM"];

/** Where somebody's home folder is, below which only `lms` may read. */
export const HOMES = ["HOME", "APPDATA"];

const settings: readonly Setting<unknown>[] = Object.values(SETTINGS);

/** Every variable that a setting is read from, or that is taken for one. */
export const SETTING_VARIABLES: readonly string[] = [
  ...settings.flatMap(variablesOf),
  ...settings.flatMap(nearMissesOf),
];

/** What each program may read, as its task says it. */
export const ALLOW_ENV = {
  lms: `--allow-env=${[...SETTING_VARIABLES, ...LIBRARIES, ...TERMINALS, ...HOMES].join(",")}`,
  "lms-mon": `--allow-env=${[...SETTING_VARIABLES, ...LIBRARIES, ...TERMINALS].join(",")}`,
};

if (import.meta.main) {
  const file = new URL("../deno.json", import.meta.url);
  let text = await Deno.readTextFile(file);
  for (const [program, flag] of Object.entries(ALLOW_ENV)) {
    const task = new RegExp(`("${program}": \\{[^}]*) --allow-env=[^ ]+`);
    if (!task.test(text)) throw new Error(`Cannot find the task ${program} in deno.json`);
    text = text.replace(task, `$1 ${flag}`);
  }
  await Deno.writeTextFile(file, text);
}
