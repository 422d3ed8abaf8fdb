import { startEmulator } from "../support/emulator.ts";
import { exercisePubSub } from "./pubsub_contract.ts";

const emulator = await startEmulator();
Deno.test.afterAll(async () => {
  await emulator[Symbol.asyncDispose]();
});

exercisePubSub({
  name: "Google's emulator",
  // Every case has a topic of its own, so that all can share the emulator.
  open: () => Promise.resolve({ address: emulator.address, [Symbol.asyncDispose]: () => Promise.resolve() }),
  behaviour: {
    keepsToLimits: false,
    answersPings: false,
    confirmsOnStream: false,
    countsLateAcks: true,
    shortestLease: 1,
    pullsWithinDeadline: true,
    ordersRedelivery: false,
    strict: false,
  },
});
