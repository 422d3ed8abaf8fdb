/**
 * Scenario `outage`: the database is stopped for minutes while publishing goes on at the same rate.
 *
 * @module
 */
import { subscriptionName, topicName } from "../../src/pubsub/admin.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { ManifestRecorder } from "../../src/sim/manifest.ts";
import { traffic } from "../../src/sim/traffic.ts";
import { startDatabase } from "../support/database.ts";
import { Instance } from "./instance.ts";
import { Ledger } from "./ledger.ts";
import { clock, mib, problemsOf, type SoakOptions, type SoakResult } from "./result.ts";

const PROJECT = "lms";
const TOPIC = topicName(PROJECT, "log-topic");
const SUBSCRIPTION = subscriptionName(PROJECT, "log-sub");

const WARM_UP_MS = 20_000;
/** How often messages are published. */
const TICK_MS = 100;
/** The default cap of messages held: 4 batches of 5,000. One response per stream may come on top. */
const HELD_MAX = 20_000 + 4 * 1_000;
/** How much more memory an outage may take: the garbage of a heap that was not full before. */
const MEMORY_GROWTH_MAX = 100 * 1024 * 1024;
/** How long everything may take to be stored once the database is back. */
const CATCH_UP_WITHIN_MS = 60_000;

interface Sample {
  readonly atMs: number;
  readonly residentBytes: number;
  readonly held: number;
  readonly waiting: number;
}

/** Runs the scenario. */
export async function outage({ database: kind, minutes, seed, rate, signal, say }: SoakOptions): Promise<SoakResult> {
  await using server = await startDatabase(kind, { own: true });
  const control = server.control;
  if (control === undefined) throw new Error("Cannot stop the database: it is not this program's own");
  await using database = await server.freshDatabase();
  await using pubsub = await FakeServer.start({ port: 0, seed, shuffleIds: true });
  pubsub.createTopic(TOPIC);
  pubsub.createSubscription({ name: SUBSCRIPTION, topic: TOPIC });
  await using monitor = new Instance("lms", {
    env: { PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url, FLUSHINTERVAL: "1" },
  });
  const ledger = new Ledger();
  const recorder = new ManifestRecorder(seed, { listMessages: true });
  const messages = traffic({ seed, services: 20, malformedShare: 0.01 });
  const problems: string[] = [];
  const startedAt = performance.now();
  let due = 0;
  // What a tick is late is made up by the next one.
  const publishing = setInterval(() => {
    const wanted = Math.floor((performance.now() - startedAt) / 1000 * rate);
    const batch = messages.take(wanted - due);
    due = wanted;
    const ids = pubsub.publish(TOPIC, batch);
    for (const [i, { expected }] of batch.entries()) recorder.add(ids[i]!, expected);
  }, TICK_MS);
  const samples: Sample[] = [];
  const watching = setInterval(async () => {
    const residentBytes = await monitor.sample();
    const { outstanding, waiting } = pubsub.stats();
    const sample = { atMs: performance.now() - startedAt, residentBytes, held: outstanding, waiting };
    samples.push(sample);
    if (samples.length % 10 === 0) {
      say(
        `${clock(sample.atMs)} ${recorder.published} published, ${waiting} waiting, ${outstanding} held, ${
          mib(residentBytes)
        }`,
      );
    }
  }, 1_000);
  try {
    monitor.start();
    await wait(WARM_UP_MS, signal);
    say(`${clock(performance.now() - startedAt)} stopping the database for ${minutes} minute(s)`);
    const stoppedAt = performance.now() - startedAt;
    await control.stop();
    // Until the cap is reached, what is held grows as it should.
    await wait(10_000, signal);
    const before = pubsub.stats();
    await wait(minutes * 60_000 - 10_000, signal);
    const after = pubsub.stats();
    const backAt = performance.now() - startedAt;
    const publishedByThen = recorder.published;
    await control.start();
    say(`${clock(performance.now() - startedAt)} the database is back; ${publishedByThen} published by now`);
    const since = performance.now();
    let behind = true;
    while (performance.now() - since < 3 * CATCH_UP_WITHIN_MS && !signal.aborted) {
      await wait(250, signal);
      const { acknowledged, waiting } = pubsub.stats();
      // Caught up: what waits is no more than a flush interval and a batch explain.
      behind = acknowledged < publishedByThen || waiting > rate;
      if (!behind) break;
    }
    const caughtUpMs = performance.now() - since;
    clearInterval(publishing);
    while (pubsub.stats().acknowledged < recorder.published && performance.now() - since < 300_000) {
      await wait(250, signal);
    }
    clearInterval(watching);
    await monitor.terminate([0]);
    ledger.add(recorder.manifest());
    const findings = await ledger.compare(database.url);
    const { account } = monitor;

    const during = samples.filter(({ atMs }) => atMs > stoppedAt + 10_000 && atMs < backAt);
    const [first, last] = [during[0]!, during.at(-1)!];
    const peak = Math.max(...during.map(({ residentBytes }) => residentBytes));
    const held = Math.max(...during.map(({ held }) => held));
    const perMinute = (count: number) => Math.round(count / (minutes - 10 / 60) * 10) / 10;
    const extends_ = after.requests.modifyAckDeadline - before.requests.modifyAckDeadline;
    const nacked = after.nacked - before.nacked;
    if (behind || caughtUpMs > CATCH_UP_WITHIN_MS) problems.push(`catching up took ${Math.round(caughtUpMs / 1000)} s`);
    if (held > HELD_MAX) problems.push(`${held} messages were held`);
    if (peak - first.residentBytes > MEMORY_GROWTH_MAX) {
      problems.push(`memory grew from ${mib(first.residentBytes)} to ${mib(peak)}`);
    }
    if (nacked > 0) problems.push(`${nacked} messages were given back`);
    if (after.redelivered > before.redelivered) {
      problems.push(`${after.redelivered - before.redelivered} messages were delivered again: a lease was lost`);
    }
    if (account.outages !== 1) problems.push(`it said ${account.outages} times that it waits for the database`);
    return {
      scenario: "outage",
      setting: { database: server.version, "minutes without a database": minutes, "messages a second": rate, seed },
      figures: {
        published: findings.published,
        "published when the database came back": publishedByThen,
        "stored and acknowledged all of it after": `${(caughtUpMs / 1000).toFixed(1)} s`,
        lost: findings.lost,
        "stored twice": findings.twice,
        "counters that differ from their rows": findings.countersWrong,
        "held at the begin, at the end, at most": `${first.held}, ${last.held}, ${held}`,
        "memory at the begin, at the end, at most": `${mib(first.residentBytes)}, ${mib(last.residentBytes)}, ${
          mib(peak)
        }`,
        "most memory of the run": mib(account.peakBytes),
        "lease extensions a minute (requests)": perMinute(extends_),
        "messages given back during the outage": nacked,
        "times told: waiting for the database": account.outages,
      },
      tables: [{
        title: "Every ten seconds",
        columns: ["at", "held", "waiting", "memory"],
        rows: samples.filter((_, i) => i % 10 === 0).map((
          s,
        ) => [clock(s.atMs), s.held, s.waiting, mib(s.residentBytes)]),
      }],
      problems: [...problems, ...account.problems, ...problemsOf(findings)],
    };
  } finally {
    clearInterval(publishing);
    clearInterval(watching);
  }
}

/** Returns early when the signal is aborted. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
