/**
 * How a subscription may be.
 *
 * @module
 */

/** How a subscription behaves. */
export interface SubscriptionTraits {
  /** `projects/PROJECT/subscriptions/NAME`. */
  readonly name: string;
  /** The lease of a unary pull: 10 to 600. */
  readonly ackDeadlineSeconds: number;
  readonly exactlyOnce: boolean;
  /** Messages with the same ordering key are handed over in order. Never changes. */
  readonly ordering: boolean;
  /** How long acknowledged messages are kept for a seek, in milliseconds from their publishing; absent: not at all. */
  readonly retainAckedMs?: number | undefined;
  /** Where a message goes that was handed over this often; absent: attempts are not counted. */
  readonly deadLetter?: { readonly topic: string; readonly attemptsMax: number } | undefined;
}
