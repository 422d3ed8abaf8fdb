/**
 * What a subscription keeps its waiting messages in.
 *
 * @module
 */

/**
 * The waiting messages of one subscription, known by their positions in the topic's log.
 *
 * A message's way: waiting, taken, then either {@linkcode MessageQueue.settle settled} or
 * {@linkcode MessageQueue.giveBack given back} and waiting again.
 */
export interface MessageQueue {
  /** Whether {@linkcode MessageQueue.attempt} is asked for; counting costs memory. */
  countAttempts: boolean;
  /** Messages that wait, also those whose turn depends on another. */
  readonly waiting: number;
  /** The position of the message that `take` would take, or -1 when none may be taken now. */
  peek(): number;
  /**
   * Takes the message that `peek` told of.
   *
   * @returns Whether it was handed over before.
   */
  take(): boolean;
  /** What was taken since the last call goes out together; what is taken from here on goes into another response. */
  endResponse(): void;
  /** How often the message was taken, where attempts are counted. */
  attempt(position: number): number;
  /** Puts a second copy of a taken message in the queue, where the order of messages allows that. */
  duplicate(position: number): void;
  /** A taken message is to be handed over again. */
  giveBack(position: number): void;
  /** A message that does not wait is done with. */
  settle(position: number): void;
  /** Whether a taken message has to come again after another that is given back. */
  follows(later: number, position: number): boolean;
  /**
   * Takes out everything that waits; nothing may be taken at that time.
   *
   * @returns Positions in ascending order, each once.
   */
  drain(): number[];
  /** Lets messages wait that do not: positions in ascending order, each once. */
  refill(positions: Iterable<number>): void;
}

/** What a queue works with. */
export interface QueueParts {
  /** A message is settled, with its last copy. */
  readonly done: (position: number) => void;
}
