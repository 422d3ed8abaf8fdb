/**
 * What LMS costs before and between messages.
 *
 * @module
 */
import { LmsProcess } from "../../support/lms_process.ts";
import { alternate } from "../alternate.ts";
import { Broker } from "../broker.ts";
import { MessageSource } from "../messages.ts";
import { usageOf } from "../process_usage.ts";
import { figure } from "../result.ts";
import { type Bench, databaseOf, pause, type Scenario, targetOf } from "../scenario.ts";
import { failure, stop, whereabouts } from "../subject.ts";
import { checkTables, migratedDatabase } from "../tables.ts";

/** How long a process gets to come to rest before its idling is measured, in milliseconds. */
const REST_MS = 1_000;

/** Start to first stored message, `--help`, the size of the program, and an idle minute. */
export const start: Scenario = {
  name: "start",
  summary: "start to the first stored message, --help, size, an idle process",
  async run(bench) {
    const { options: { rounds, seconds }, say } = bench;
    const sides = [() => coldStart(bench), () => help(bench)];
    const [starts, helps] = await alternate({ sides, rounds }, async (side) => await side());
    say(`    idle for ${seconds} s`);
    const idle = await idling(bench);
    const binary = Deno.env.get("LMS_BIN");
    const size = binary ? [(await Deno.stat(binary)).size / 1e6] : undefined;
    return {
      scenario: "start",
      setting: { database: databaseOf(bench), program: binary ? "compiled" : "from source", "idle seconds": seconds },
      rows: [],
      ratios: [
        figure("start to first stored", { unit: "s", rounds: starts!, target: targetOf(bench, { atMost: 1 }) }),
        figure("--help", { unit: "ms", rounds: helps!, target: targetOf(bench, { atMost: 100 }) }),
        ...(size ? [figure("size", { unit: "MB", rounds: size, target: targetOf(bench, { atMost: 115 }) })] : []),
        figure("idle memory", { unit: "MB", rounds: [idle.megabytes], target: targetOf(bench, { atMost: 130 }) }),
        figure("idle CPU", { unit: "ms a second", rounds: [idle.cpuMsPerSecond] }),
      ],
    };
  },
};

/**
 * Seconds from starting the process to the acknowledgement of the one message that waits, which follows its commit. The
 * tables are there, as on every start but the first.
 */
async function coldStart(bench: Bench): Promise<number> {
  await using database = await migratedDatabase(bench.server);
  await using broker = await Broker.start(new MessageSource({ payloadBytes: 100, services: 3 }));
  broker.publish(1);
  broker.release();
  const startedAt = performance.now();
  await using process = new LmsProcess(["mon"], {
    ...whereabouts(broker.server.address, database.url),
    FLUSHINTERVAL: "100ms",
  });
  await Promise.race([
    broker.server.waitFor(({ acknowledged }) => acknowledged === 1, { signal: bench.signal }),
    failure("LMS", process),
  ]);
  const seconds = (performance.now() - startedAt) / 1000;
  await stop("LMS", process);
  await checkTables(database, { account: broker.account, since: broker.startedAt, before: new Map() });
  bench.say(`    first message stored after ${seconds.toFixed(2)} s`);
  return seconds;
}

/** Milliseconds from starting `lms --help` to its end. */
async function help({ signal, say }: Bench): Promise<number> {
  signal.throwIfAborted();
  const startedAt = performance.now();
  await using process = new LmsProcess(["--help"], {});
  const { code } = await process.ended();
  const ms = performance.now() - startedAt;
  if (code !== 0) throw new Error(`lms --help ended with ${code}`);
  say(`    --help took ${Math.round(ms)} ms`);
  return ms;
}

/** What a monitor without messages takes. */
async function idling({ server, options, signal }: Bench): Promise<{ megabytes: number; cpuMsPerSecond: number }> {
  await using database = await migratedDatabase(server);
  await using broker = await Broker.start(new MessageSource({ payloadBytes: 100, services: 3 }));
  broker.release();
  await using process = new LmsProcess(["mon"], whereabouts(broker.server.address, database.url));
  const failed = failure("LMS", process);
  await Promise.race([broker.server.waitFor(({ openStreams }) => openStreams > 0, { signal }), failed]);
  await Promise.race([pause(REST_MS, signal), failed]);
  const before = await usageOf(process.pid);
  await Promise.race([pause(options.seconds * 1000, signal), failed]);
  const after = await usageOf(process.pid);
  await stop("LMS", process);
  return {
    megabytes: after.residentBytes / 1e6,
    cpuMsPerSecond: (after.cpuSeconds - before.cpuSeconds) * 1000 / options.seconds,
  };
}
