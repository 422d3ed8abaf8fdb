import { assertEquals, assertMatch } from "@std/assert";
import { misleadingVariables, nearMissesOf, variablesOf } from "../../../src/config/variables.ts";

const SIZE = { flag: "batch-size", env: ["BATCHSIZE"] };
const PROJECT = { flag: "project", env: ["PUBSUB_PROJECT_ID", "GOOGLE_CLOUD_PROJECT"], mistaken: ["GCP_PROJECT"] };

/** What is told of variables and flags. */
function told(variables: Readonly<Record<string, string>>, flags: Readonly<Record<string, string>> = {}): string[] {
  return misleadingVariables([SIZE, PROJECT], { flags, env: (name) => variables[name] });
}

Deno.test("variablesOf() has every variable with LMS_ before those without", () => {
  assertEquals(variablesOf(SIZE), ["LMS_BATCHSIZE", "BATCHSIZE"]);
  assertEquals(variablesOf(PROJECT), [
    "LMS_PUBSUB_PROJECT_ID",
    "LMS_GOOGLE_CLOUD_PROJECT",
    "PUBSUB_PROJECT_ID",
    "GOOGLE_CLOUD_PROJECT",
  ]);
  assertEquals(variablesOf({ flag: "seed" }), []);
});

Deno.test("nearMissesOf() spells the flag as a variable, and has a single word with LMS_ only", () => {
  assertEquals(nearMissesOf(SIZE), ["LMS_BATCH_SIZE", "BATCH_SIZE"]);
  assertEquals(nearMissesOf(PROJECT), ["LMS_PROJECT", "LMS_GCP_PROJECT", "GCP_PROJECT"]);
  // Where the flag's name is the variable's, and where there is no variable to mean.
  assertEquals(nearMissesOf({ flag: "lease", env: ["LEASE"] }), []);
  assertEquals(nearMissesOf({ flag: "print-log" }), []);
});

Deno.test("misleadingVariables() has nothing to say of what counts, of what is empty and of two that are equal", () => {
  assertEquals(told({}), []);
  assertEquals(told({ LMS_BATCHSIZE: "5", PUBSUB_PROJECT_ID: "one", GOOGLE_CLOUD_PROJECT: "other" }), []);
  assertEquals(told({ LMS_BATCHSIZE: "5", BATCHSIZE: "5", BATCH_SIZE: "", LMS_PROJECT: "" }), []);
  assertEquals(told({ LMS_BATCHSIZE: "", BATCHSIZE: "5" }), []);
});

Deno.test("misleadingVariables() tells of a variable and the same with LMS_ that differ, and repeats neither value", () => {
  assertEquals(told({ LMS_BATCHSIZE: "s3cr3t", BATCHSIZE: "5" }), [
    "LMS_BATCHSIZE and BATCHSIZE are set to different values; BATCHSIZE is not looked at",
  ]);
  // A flag counts before both.
  assertEquals(told({ LMS_BATCHSIZE: "6", BATCHSIZE: "5" }, { "batch-size": "7" }), []);
});

Deno.test("misleadingVariables() tells of a near miss, with the right name and without the value", () => {
  assertEquals(told({ BATCH_SIZE: "s3cr3t" }), [
    "BATCH_SIZE is set, and is no setting of LMS; did you mean BATCHSIZE?",
  ]);
  assertMatch(told({ LMS_GCP_PROJECT: "p" }).join(), /^LMS_GCP_PROJECT is .* did you mean PUBSUB_PROJECT_ID\?$/);
});

Deno.test("misleadingVariables() leaves another program's variable alone where the setting is given", () => {
  assertEquals(told({ BATCH_SIZE: "7", BATCHSIZE: "5" }), []);
  assertEquals(told({ BATCH_SIZE: "7" }, { "batch-size": "5" }), []);
  // Nobody but LMS is meant by this one.
  assertEquals(told({ LMS_BATCH_SIZE: "7", BATCHSIZE: "5" }).length, 1);
});

Deno.test("misleadingVariables() takes no address of a Kubernetes service for a near miss", () => {
  const port = { flag: "health-port", env: ["HEALTHPORT"] };
  const told = (value: string) =>
    misleadingVariables([port], { flags: {}, env: (name) => name === "LMS_HEALTH_PORT" ? value : undefined }).length;
  assertEquals([told("tcp://10.0.0.7:8080"), told("8080")], [0, 1]);
});
