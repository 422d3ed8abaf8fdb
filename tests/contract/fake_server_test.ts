import { FakeServer } from "../../src/emulator/fake_server.ts";
import { AS_GOOGLES_SERVICE } from "./pubsub_fixture.ts";
import { exercisePubSub } from "./pubsub_contract.ts";

exercisePubSub({
  name: "FakeServer",
  open: () => FakeServer.start(),
  behaviour: AS_GOOGLES_SERVICE,
});
