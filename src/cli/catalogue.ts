/**
 * Every command with what it runs. That is loaded when it runs, so that a help text, or a typing mistake, is answered at
 * once.
 *
 * @module
 */
import { API } from "../commands/api/command.ts";
import { BATCHES } from "../commands/batches/command.ts";
import { type Command, runnable } from "../commands/command.ts";
import { DEAD_LETTERS } from "../commands/dead_letters/command.ts";
import { DEMO } from "../commands/demo/command.ts";
import { EMU } from "../commands/emu/command.ts";
import { EMULATOR } from "../commands/emulator/command.ts";
import { HEALTH } from "../commands/health/command.ts";
import { LOGS } from "../commands/logs/command.ts";
import { MCP } from "../commands/mcp/command.ts";
import { MIGRATE } from "../commands/migrate/command.ts";
import { MOCK } from "../commands/mock/command.ts";
import { MON } from "../commands/mon/command.ts";
import { PUB } from "../commands/pub/command.ts";
import { SIM } from "../commands/sim/command.ts";
import { STATS } from "../commands/stats/command.ts";
import { VERIFY } from "../commands/verify/command.ts";
import { VERSION } from "../commands/version/command.ts";
import { COMPLETION } from "./completion/command.ts";
import { MAN } from "./man/command.ts";

/** Every command, in the order in which they are listed. */
export const COMMANDS: readonly Command[] = [
  runnable(MOCK, async () => (await import("../commands/mock/run.ts")).run),
  runnable(EMU, async () => (await import("../commands/emu/run.ts")).run),
  runnable(PUB, async () => (await import("../commands/pub/run.ts")).run),
  runnable(MON, async () => (await import("../commands/mon/run.ts")).run),
  runnable(API, async () => (await import("../commands/api/run.ts")).run),
  runnable(HEALTH, async () => (await import("../commands/health/run.ts")).run),
  runnable(SIM, async () => (await import("../commands/sim/run.ts")).run),
  runnable(DEMO, async () => (await import("../commands/demo/run.ts")).run),
  runnable(EMULATOR, async () => (await import("../commands/emulator/run.ts")).run),
  runnable(LOGS, async () => (await import("../commands/logs/run.ts")).run),
  runnable(STATS, async () => (await import("../commands/stats/run.ts")).run),
  runnable(BATCHES, async () => (await import("../commands/batches/run.ts")).run),
  runnable(MCP, async () => (await import("../commands/mcp/run.ts")).run),
  runnable(MIGRATE, async () => (await import("../commands/migrate/run.ts")).run),
  runnable(VERIFY, async () => (await import("../commands/verify/run.ts")).run),
  runnable(DEAD_LETTERS, async () => (await import("../commands/dead_letters/run.ts")).run),
  runnable(COMPLETION, async () => (await import("./completion/run.ts")).run),
  runnable(MAN, async () => (await import("./man/run.ts")).run),
  runnable(VERSION, async () => (await import("../commands/version/run.ts")).run),
];
