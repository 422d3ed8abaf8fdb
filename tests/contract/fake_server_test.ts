import { FakeServer } from "../../src/emulator/fake_server.ts";
import { exercisePubSub } from "./pubsub_contract.ts";

exercisePubSub({
  name: "FakeServer",
  open: () => FakeServer.start(),
  behaviour: {
    keepsToLimits: true,
    answersPings: true,
    confirmsOnStream: true,
    countsLateAcks: false,
    shortestLease: 10,
    pullsWithinDeadline: true,
    ordersRedelivery: true,
    strict: true,
  },
});
