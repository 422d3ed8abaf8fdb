/**
 * The messages that a bench publishes, made once and published over and over. Pure.
 *
 * Every message is well-formed and written the plain way, so that a reference that checks nothing stores the same.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { SEVERITIES, type Severity } from "../../src/entry/entry.ts";
import { Random } from "../../src/ops/random.ts";
import { payloadsOfSize } from "../../src/sim/payloads.ts";
import { serviceNames } from "../../src/sim/service_names.ts";

/** Which messages. */
export interface MessageOptions {
  /** Size of every payload in bytes. */
  readonly payloadBytes: number;
  /** How many services send, each as often as any other. */
  readonly services: number;
  /** Whether each message has two attributes, as publishers with traces send. Default: none. */
  readonly attributes?: boolean;
}

/** A message, and what it says. */
export interface BenchMessage {
  readonly data: Uint8Array;
  readonly serviceName: string;
  readonly severity: Severity;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** At most so many different messages, and so many bytes of them: after that they come again. */
const MESSAGES_MAX = 100_000;
const BYTES_MAX = 64 * 1024 * 1024;
/** What a message has beside its payload, about. */
const FRAME_BYTES = 80;
/** Of a hundred messages: most of a log is routine. */
const SEVERITY_WHEEL: readonly Severity[] = SEVERITIES.flatMap((severity) =>
  Array<Severity>({ debug: 30, info: 50, warn: 12, error: 7, fatal: 1 }[severity]).fill(severity)
);
const SEED = 20_261_124;
/** A prime above the number of services: neighbours are of services that are far apart, and each gets its turn. */
const STRIDE = 999_983;

const UTF8 = new TextEncoder();

/**
 * An endless stream of messages, the same for the same options. They lie in one piece of memory, so that a hundred
 * thousand of them cost the garbage collector of the process that serves them nothing.
 */
export class MessageSource {
  readonly payloadBytes: number;
  readonly #bytes: Uint8Array;
  readonly #ends: Uint32Array;
  readonly #said: readonly Omit<BenchMessage, "data">[];
  #at = 0;

  constructor({ payloadBytes, services, attributes = false }: MessageOptions) {
    this.payloadBytes = payloadBytes;
    const count = Math.min(MESSAGES_MAX, Math.max(16, Math.floor(BYTES_MAX / (payloadBytes + FRAME_BYTES))));
    const random = new Random(SEED);
    const payload = payloadsOfSize(payloadBytes, random);
    const names = serviceNames(services);
    const said = Array.from({ length: count }, (_, index) => ({
      serviceName: names[index * STRIDE % services]!,
      severity: random.pick(SEVERITY_WHEEL),
      ...(attributes ? { attributes: attributesOf(index) } : {}),
    }));
    const texts = said.map(({ serviceName, severity }) =>
      UTF8.encode(JSON.stringify({ service_name: serviceName, payload: payload(), severity }))
    );
    this.#said = said;
    this.#ends = new Uint32Array(count);
    this.#bytes = new Uint8Array(texts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const [index, text] of texts.entries()) {
      this.#bytes.set(text, at);
      at += text.length;
      this.#ends[index] = at;
    }
  }

  /** The next message. Its data is a view. */
  next(): BenchMessage {
    const index = this.#at;
    this.#at = (index + 1) % this.#ends.length;
    const data = this.#bytes.subarray(index === 0 ? 0 : this.#ends[index - 1]!, this.#ends[index]!);
    return { data, ...this.#said[index]! };
  }
}

/** A trace that a few messages share, and where they come from. */
function attributesOf(index: number): Readonly<Record<string, string>> {
  const trace = crc32(`trace ${Math.floor(index / MESSAGES_PER_TRACE)}`).toString(16).padStart(8, "0").repeat(4);
  return { region: `region-${index % 4}`, trace };
}

const MESSAGES_PER_TRACE = 8;

/** What the tables have to hold of the messages of one service and severity. */
export interface Expected {
  count: number;
  /** Sum of the CRC-32 of their ids: two ids that are swapped for others show. */
  idSum: number;
  payloadBytes: number;
}

/** The account of what was published, by service and severity. */
export class Account {
  readonly groups = new Map<string, Expected>();
  #count = 0;

  /** Messages so far. */
  get count(): number {
    return this.#count;
  }

  /** A message was accepted under this id. */
  add(
    { serviceName, severity }: Omit<BenchMessage, "data">,
    { id, payloadBytes }: { id: string; payloadBytes: number },
  ) {
    const key = groupKey(serviceName, severity);
    let group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, group = { count: 0, idSum: 0, payloadBytes: 0 });
    group.count++;
    group.idSum += crc32(id);
    group.payloadBytes += payloadBytes;
    this.#count++;
  }
}

/** One text for a service and a severity. */
export function groupKey(serviceName: string, severity: string): string {
  return `${severity} ${serviceName}`;
}

/** The `index`th of the ids of a run that began then: 19 digits, in no particular order, none twice. */
export function shuffledId(startMs: number, index: number): string {
  const block = Math.floor(index / 1_000_000);
  // Has no factor in common with a million.
  const digits = (index % 1_000_000) * 387_420_489 % 1_000_000;
  return String(startMs + block) + String(digits).padStart(6, "0");
}
