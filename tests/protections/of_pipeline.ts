/**
 * The protections of the main job: acknowledging, batching, and what a failure of the database comes to.
 *
 * @module
 */
import { type Protection, protectionsOf } from "./protection.ts";

/** See {@linkcode Protection}. */
export const OF_PIPELINE: readonly Protection[] = [
  ...protectionsOf({ file: "src/pipeline.ts", test: "tests/unit/pipeline_test.ts" }, [
    {
      name: "A message is acknowledged after its transaction committed, never before",
      find: "    const { heldBack, ...result } = await writer.write(writables, trigger);",
      replace: `    for (const delivery of items) delivery.ack();
    const { heldBack, ...result } = await writer.write(writables, trigger);`,
      filter: "ingest() acknowledges a batch after its commit, and nothing before",
    },
    {
      name: "While the database is away the source is told to close its streams at the cap",
      find: "source.suspend();",
      replace: "",
      filter: "ingest() suspends its source while the database is away, and loses nothing",
    },
    {
      name: "Once the database is back the source is told to pull again",
      find: "        source.resume();",
      replace: "",
      filter: "ingest() suspends its source while the database is away, and loses nothing",
    },
    {
      name: "No more batches are written at once than there are writers, so that what is held stays bounded",
      find: "      await writing.room();",
      replace: "",
      filter: "ingest() writes at most as many batches at once as it has writers",
    },
    {
      name: "No write begins after an abort",
      find: "      if (abort.aborted) break;",
      replace: "",
      filter: "ingest() starts no write after an abort, though its writer became free",
    },
    {
      name: "An abort ends a wait for messages at once",
      find: `  abort.addEventListener("abort", leave);`,
      replace: "",
      filter: "ingest() returns at once at an abort while it waits for a first message",
    },
    {
      name: "A failure of a write ends the run, though the source has nothing more to say",
      find: "new InFlight(writers, leave)",
      replace: "new InFlight(writers)",
      filter: "ingest() throws a fatal error of the store, though its source has nothing more to say",
    },
    {
      name: "A fatal error is not hidden behind an abort",
      find: "if (!abort.aborted || error !== abort.reason) throw error;",
      replace: "if (!abort.aborted) throw error;",
      filter: "ingest() does not hide a fatal error behind an abort that follows it",
    },
    {
      name: "Writes under way are finished, and their messages acknowledged, before a failed run ends",
      find: "    await writing.settled();",
      replace: "",
      filter: "ingest() throws its source's error after the writes under way are stored and acknowledged",
    },
    {
      name: "What does not decode is kept whole, as a dead letter",
      find: "reason, detail, data, attributes };",
      replace: "reason, detail, data: new Uint8Array(), attributes };",
      filter: "ingest() parks what does not decode in its batch's transaction, whole, and acknowledges it",
    },
    {
      name: "What the database takes in no form is not acknowledged",
      find: "    for (const delivery of settled) delivery.ack();",
      replace: "    for (const delivery of items) delivery.ack();",
      filter: "ingest() holds what the database takes in no form, acknowledges the rest",
    },
    {
      name: "What the database takes in no form is tried again by itself",
      find: "sleep(HELD_BACK_MS, ended.signal).then(again, () => {});",
      replace: "void again;",
      filter: "ingest() holds what the database takes in no form, acknowledges the rest",
    },
    {
      name: "After a drain nothing is tried again of what the database takes in no form: it was given back",
      find: "    ended.abort();",
      replace: "",
      filter: "ingest() leaves what the database does not take unsettled at a drain",
    },
    {
      name: "Messages that take long to parse do not keep the leases of others from being extended",
      find: "    await sleep(0, abort);",
      replace: "",
      filter: "ingest() lets others have a turn while it decodes what takes long to parse",
    },
  ]),
  ...protectionsOf({ file: "src/batch/batcher.ts", test: "tests/unit/batch/batcher_test.ts" }, [
    {
      name: "The last partial batch is flushed when the source ends, as a drain makes it",
      find: `if (this.#items.length > 0) return this.#flush("end");`,
      replace: "",
      filter: "batches() flushes at countMax items, across and within groups",
    },
    {
      name: "A jump of the wall clock neither flushes a batch nor delays it",
      find: "/** Items flushed together, in arrival order; never empty. */",
      replace: "const performance = Date;",
      filter: "batches() keeps to its interval though the wall clock jumps",
    },
    {
      name: "A source that always has more cannot postpone the interval",
      find: `if (remainingMs <= 0) return this.#flush("interval");`,
      replace: `if (remainingMs <= 0 && this.#group === undefined && this.#reading) return this.#flush("interval");`,
      filter: "batches() keeps its deadline while the source always has more",
    },
    {
      name: "A batch's age counts from its first message, and later ones do not prolong it",
      find: "if (this.#items.length === 0) this.#dueAt",
      replace: "this.#dueAt",
      filter: "batches() flushes intervalMs after its first item, not a millisecond before",
    },
    {
      name: "A batch is flushed before a message that would take it over its bytes",
      find: `bytes, limits)) return "bytes";`,
      replace: `bytes, limits)) bytes;`,
      filter: "batches() flushes as soon as the bytes are reached, and before an item that would take them over",
    },
    {
      name: "The read that is under way outlives a flush: another one beside it would lose messages",
      find: "if (this.#reading || this.#group !== undefined) return;",
      replace: "if (this.#group !== undefined) return;",
      filter: "batches() starts no second read beside the one that outlived a flush",
    },
    {
      name: "A source's failure is thrown and not taken for its end",
      find: "        throw this.#error;",
      replace: "",
      filter: "batches() throws the source's error at once, not at the interval",
    },
  ]),
  ...protectionsOf({ file: "src/batch/policy.ts", test: "tests/unit/batch/batcher_test.ts" }, [
    {
      name: "A batch holds no more messages than its limit",
      find: "open.count >= limits.countMax",
      replace: "open.count > limits.countMax",
      filter: "batches() of 10 makes 10, 10 of 25 waiting items, and 5 at the interval",
    },
  ]),
  ...protectionsOf({ file: "src/store/batch_writer.ts", test: "tests/unit/store/batch_writer_test.ts" }, [
    {
      name: "A transaction that lost a race (deadlock, lock timeout) is run again",
      find: "            await sleep(retryBackoff.next(), this.#options.abort);",
      replace: "            throw error;",
      filter: "BatchWriter runs a transaction again that lost a race, after a growing wait with jitter",
    },
    {
      name: "An outage is waited out, holding the messages",
      find: "await this.#waitOut(error);",
      replace: "throw error;",
      filter: "BatchWriter waits out an outage with probes, and tells of it",
    },
    {
      name: "A write is tried again only after a probe of the database succeeded",
      find: "return await abortable(this.#options.store.probe(), this.#options.abort);",
      replace: "return;",
      filter: "BatchWriter waits out an outage with probes, and tells of it",
    },
    {
      name: "In an outage one writer probes for all of them",
      find: "await (this.#probing ??= this.#probe().finally(() => this.#probing = undefined));",
      replace: "await this.#probe();",
      filter: "BatchWriter has one prober for all writes in an outage",
    },
    {
      name: "Probes come at growing distances",
      find: "await sleep(this.#probeBackoff.next(), this.#options.abort);",
      replace: "await sleep(500, this.#options.abort);",
      filter: "BatchWriter goes on waiting, longer each time, when a probe succeeds and the write still fails",
    },
    {
      name: "The operator is told every 30 s that the database is away, and not oftener",
      find: "if (this.#outage === undefined || now - this.#outage.told < TOLD_EVERY_MS) return;",
      replace: "if (this.#outage === undefined) return;",
      filter: "BatchWriter waits out an outage with probes",
    },
    {
      name: "A write that fails late, of a connection lost before another write succeeded, is no outage",
      find: "if (outages > 0 || begunAt >= this.#wroteAt) await",
      replace: "await",
      filter: "BatchWriter tells of no outage when what fails late",
    },
    {
      name: "The operator is told once that the database is back",
      find: "    this.#outage = undefined;",
      replace: "",
      filter: "BatchWriter has one prober for all writes in an outage",
    },
    {
      name: "A batch that the database refuses is not lost, nor does it stop the program",
      find: "return items.length > 1 ? await this.#halve(items) : await this.#alone(items[0]!, error);",
      replace: "throw error;",
      filter: "BatchWriter parks a refused entry whole and stores its neighbours in the same pass",
    },
    {
      name: "Of a refused batch the poison alone is parked, and its neighbours are stored in the same pass",
      find: "    const middle = items.length >> 1;",
      replace: "    const middle = 1;",
      filter: "BatchWriter parks a refused entry whole and stores its neighbours in the same pass",
    },
    {
      name: "A refused entry is parked with its bytes and attributes as they were received",
      find: "      data: raw.data,",
      replace: "      data: new TextEncoder().encode(JSON.stringify(record)),",
      filter: "BatchWriter parks a refused entry whole and stores its neighbours in the same pass",
    },
    {
      name: "The database's words are cut to what their column holds",
      find: "detailOf(error.message)",
      replace: "error.message",
      filter: "BatchWriter keeps 1,000 characters of the database's words, and no half of one",
    },
    {
      name: "A dead letter that the database refuses is held back instead of being lost",
      find: "landed: [], heldBack: [item] };",
      replace: "landed: [], heldBack: [] };",
      filter: "BatchWriter holds back a dead letter that the database refuses, and stores its neighbours",
    },
    {
      name: "An entry that is only too large for a transaction is not parked",
      find: `isDeadLetter(record) || error.disposition === "oversized"`,
      replace: "isDeadLetter(record)",
      filter: "BatchWriter holds back a single entry above the server's limit, and parks it not",
    },
    {
      name: "A batch above a limit that the server has no own word for is written in parts",
      find: "++outages >= WRITES_OF_ONE_SIZE_MAX && items.length > 1",
      replace: "++outages < 0",
      filter: "BatchWriter tries fewer rows at once when a batch fails again and again though probes succeed",
    },
    {
      name: "An abort does not wait for a database that is mute",
      find: "abortable(this.#options.store.probe(), this.#options.abort)",
      replace: "this.#options.store.probe()",
      filter: "BatchWriter gives up at an abort during a probe that does not answer",
    },
  ]),
];
