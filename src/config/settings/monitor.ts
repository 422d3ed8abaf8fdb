/**
 * How the monitor works.
 *
 * @module
 */
import { DAY_MS } from "../../ops/durations.ts";
import { LEASE_SECONDS } from "../../wire/lease_limits.ts";
import { setting } from "../setting.ts";
import { byteSize, duration, RUN_MS_MAX, wholeNumber } from "../values.ts";

/** The settings of the monitor itself. */
export const MONITOR_SETTINGS = {
  batchSize: setting({
    flag: "batch-size",
    env: ["BATCHSIZE"],
    value: "N",
    help: "messages per batch",
    default: "5000",
    read: wholeNumber(1, 1_000_000),
  }),
  batchBytes: setting({
    flag: "batch-bytes",
    env: ["BATCHBYTES"],
    value: "BYTES",
    help: "bytes per batch",
    default: "16MiB",
    read: byteSize(1_024, 2 ** 30),
  }),
  flushIntervalMs: setting({
    flag: "flush-interval",
    env: ["FLUSHINTERVAL"],
    value: "SECONDS",
    help: "longest wait from a batch's first message to its flush",
    default: "60",
    read: duration(1, DAY_MS),
  }),
  maxInFlight: setting({
    flag: "max-in-flight",
    env: ["MAXINFLIGHT"],
    mistaken: ["MAX_INFLIGHT", "MAX_OUTSTANDING_MESSAGES"],
    value: "N",
    help: "messages received and not yet settled, at most; at least batch size x (writers + 1)",
    defaultNote: "4 x batch size, or more where more writers ask for it",
    read: wholeNumber(1, 100_000_000),
  }),
  maxInFlightBytes: setting({
    flag: "max-in-flight-bytes",
    env: ["MAXINFLIGHTBYTES"],
    mistaken: ["MAX_INFLIGHT_BYTES", "MAX_OUTSTANDING_BYTES"],
    value: "BYTES",
    help: "their bytes, at most; at least batch bytes x (writers + 1)",
    default: "96MiB",
    read: byteSize(1_024, 2 ** 40),
  }),
  streams: setting({
    flag: "streams",
    env: ["STREAMS"],
    value: "N",
    help: "streaming pulls at once; the two caps are divided among them",
    default: "4",
    read: wholeNumber(1, 256),
  }),
  leaseMs: setting({
    flag: "lease",
    env: ["LEASE"],
    mistaken: ["ACK_DEADLINE", "ACK_DEADLINE_SECONDS"],
    value: "SECONDS",
    help: "ack deadline to ask for; extended while a message is held",
    default: "60",
    read: duration(LEASE_SECONDS.min * 1_000, LEASE_SECONDS.max * 1_000),
  }),
  writers: setting({
    flag: "writers",
    env: ["WRITERS"],
    value: "N",
    help: "batches written at once",
    default: "2",
    read: wholeNumber(1, 64),
  }),
  graceMs: setting({
    flag: "grace",
    env: ["GRACE"],
    mistaken: ["GRACE_PERIOD", "SHUTDOWN_TIMEOUT"],
    value: "SECONDS",
    help: "how long a drain may take, with giving back what is left at its end",
    default: "30",
    read: duration(0, DAY_MS),
  }),
  heartbeatMs: setting({
    env: ["LOG_HEARTBEAT"],
    value: "SECONDS",
    help: "log a sign of life after so long without a flush; 0: none",
    default: "300",
    read: duration(0, RUN_MS_MAX),
  }),
};
