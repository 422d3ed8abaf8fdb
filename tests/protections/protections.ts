/**
 * Every protection that the program has against losing, doubling or changing a message.
 *
 * @module
 */
import { OF_HTTP } from "./of_http.ts";
import { OF_MAINTENANCE } from "./of_maintenance.ts";
import { OF_PIPELINE } from "./of_pipeline.ts";
import { OF_PROGRAM } from "./of_program.ts";
import { OF_PUBSUB } from "./of_pubsub.ts";
import { OF_READING } from "./of_reading.ts";
import { OF_READING_COMMANDS } from "./of_reading_commands.ts";
import { OF_STORE } from "./of_store.ts";
import type { Protection } from "./protection.ts";

/** All of them, from what is pulled to what is stored. */
export const PROTECTIONS: readonly Protection[] = [
  ...OF_PUBSUB,
  ...OF_PIPELINE,
  ...OF_STORE,
  ...OF_READING,
  ...OF_MAINTENANCE,
  ...OF_PROGRAM,
  ...OF_HTTP,
  ...OF_READING_COMMANDS,
];
