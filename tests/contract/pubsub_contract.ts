/**
 * What LMS relies on in a Pub/Sub server, as cases that run against the embedded server and against Google's emulator.
 * Where the two differ, {@linkcode Behaviour} says so and the case checks that too.
 *
 * @module
 */
import { DEADLINE_CASES } from "./pubsub_deadline_cases.ts";
import { type Behaviour, type PubSubCase, PubSubFixture } from "./pubsub_fixture.ts";
import { JSON_CASES, JsonClient } from "./pubsub_json_cases.ts";
import { LEASE_CASES } from "./pubsub_lease_cases.ts";
import { MESSAGE_CASES } from "./pubsub_message_cases.ts";
import { OPTION_CASES } from "./pubsub_option_cases.ts";
import { ORDERING_CASES, ORDERING_LEASE_CASE } from "./pubsub_ordering_cases.ts";
import { RESOURCE_CASES } from "./pubsub_resource_cases.ts";
import { SETTING_CASES } from "./pubsub_setting_cases.ts";
import { STREAM_CASES } from "./pubsub_stream_cases.ts";

/** A server that a case may use. Disposing ends it, if it is the case's own. */
export interface PubSubServer extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

/** What the cases run against. */
export interface PubSubUnderTest {
  /** Begins the names of the tests. */
  readonly name: string;
  readonly behaviour: Behaviour;
  /** Called once per case. */
  readonly open: () => Promise<PubSubServer>;
}

const CASES: readonly PubSubCase[] = [
  ...RESOURCE_CASES,
  ...SETTING_CASES,
  ...MESSAGE_CASES,
  ...STREAM_CASES,
  ...OPTION_CASES,
  ...ORDERING_CASES,
  ...DEADLINE_CASES,
];

/** Registers the cases. */
export function exercisePubSub({ name, behaviour, open }: PubSubUnderTest): void {
  const exercise = async ({ run }: PubSubCase) => {
    await using server = await open();
    await using fixture = await PubSubFixture.create(server.address, behaviour);
    await run(fixture);
  };
  for (const case_ of CASES) {
    Deno.test(`${name}: ${case_.name}`, () => exercise(case_));
  }
  for (const case_ of JSON_CASES) {
    Deno.test(`${name} over HTTP ${case_.name}`, async () => {
      await using server = await open();
      await using fixture = await PubSubFixture.create(server.address, behaviour);
      using api = new JsonClient(server.address);
      await case_.run(fixture, api);
    });
  }
  Deno.test(`${name}: leases`, async (t) => {
    // The leaks of steps that run at once cannot be told apart; those of the test as a whole can.
    const sanitize = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
    const cases = [...LEASE_CASES, ORDERING_LEASE_CASE];
    await Promise.all(cases.map((case_) => t.step({ name: case_.name, ...sanitize, fn: () => exercise(case_) })));
  });
}
