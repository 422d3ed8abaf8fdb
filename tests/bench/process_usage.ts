/**
 * What a process used, as Linux accounts for it.
 *
 * @module
 */

/** Clock ticks a second in /proc, the same on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** Processor time and memory of a process. */
export interface Usage {
  /** User and system time since its start, in seconds. */
  readonly cpuSeconds: number;
  /** The most memory it ever had resident, in bytes. */
  readonly peakBytes: number;
  /** What it has resident now, in bytes. */
  readonly residentBytes: number;
}

/** @throws When the process is gone, or this is not Linux. */
export async function usageOf(pid: number): Promise<Usage> {
  const stat = await read(`/proc/${pid}/stat`);
  // The second field is the name in parentheses, which may hold anything; the fields after it are plain.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = await read(`/proc/${pid}/status`);
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    peakBytes: kib("VmHWM") * 1024,
    residentBytes: kib("VmRSS") * 1024,
  };
}

/** Through `cat`: Deno itself opens /proc only to programs that may do everything. */
async function read(path: string): Promise<string> {
  const { success, stdout } = await new Deno.Command("cat", { args: [path], stderr: "null" }).output();
  if (!success) throw new Error(`Cannot read ${path}`);
  return new TextDecoder().decode(stdout);
}
