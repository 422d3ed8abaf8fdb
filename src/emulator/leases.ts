/**
 * Who holds which message until when.
 *
 * @module
 */

/** A group's number and an index in it make a token: 4,096 messages a group, 2^36 groups. */
export const GROUP_MESSAGES_MAX = 4096;

/**
 * Deadlines are looked at in steps of this many milliseconds: a lease lapses at its deadline or up to one step later.
 * A timer per message would cost more than the message.
 */
export const LEASE_STEP_MS = 100;

/** Marks a message of a group that nobody holds any more. */
const SETTLED = 0;

/** What receives messages, and is told when it no longer holds some. */
export interface LeaseHolder {
  /** It holds one message less, of this size in bytes. */
  released(bytes: number): void;
}

/** Messages handed over together. */
export interface LeaseGroup<H extends LeaseHolder> {
  readonly id: number;
  readonly holder: H;
  /** Positions in the topic's log. */
  readonly positions: readonly number[];
  /** Milliseconds since 1970 at which each lease lapses. */
  readonly deadlines: Float64Array;
  /** How many are still held. */
  held: number;
  /** The step in which the group is looked at next. */
  step: number;
}

/** A held message. */
export interface Lease<H extends LeaseHolder> {
  readonly group: LeaseGroup<H>;
  readonly index: number;
}

/**
 * All leases of one subscription. A group sits in the step of its earliest deadline and moves only when that step
 * comes, so that prolonging a lease is one write. One timer runs while anything is held.
 */
export class Leases<H extends LeaseHolder> implements Disposable {
  readonly #groups = new Map<number, LeaseGroup<H>>();
  readonly #steps = new Map<number, Set<LeaseGroup<H>>>();
  readonly #lapsed: (leases: readonly Lease<H>[]) => void;
  #nextId = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerStep = Infinity;

  /** @param lapsed Told which leases lapsed, after they were ended. */
  constructor(lapsed: (leases: readonly Lease<H>[]) => void) {
    this.#lapsed = lapsed;
  }

  /** The id that the next group gets. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Leases the messages at these positions, at most {@linkcode GROUP_MESSAGES_MAX}, to a holder from now on. */
  add(holder: H, { positions, leaseMs }: { readonly positions: readonly number[]; readonly leaseMs: number }): void {
    const deadline = Date.now() + leaseMs;
    const id = this.#nextId++;
    const deadlines = new Float64Array(positions.length).fill(deadline);
    const group = { id, holder, positions, deadlines, held: positions.length, step: stepOf(deadline) };
    this.#groups.set(id, group);
    this.#place(group);
  }

  /** The lease that a token names; `undefined` when it ended or never was. */
  find(token: number): Lease<H> | undefined {
    const group = this.#groups.get(Math.floor(token / GROUP_MESSAGES_MAX));
    if (group === undefined) return undefined;
    const index = token % GROUP_MESSAGES_MAX;
    return (group.deadlines[index] ?? SETTLED) === SETTLED ? undefined : { group, index };
  }

  /** Ends a lease. */
  end({ group, index }: Lease<H>): void {
    group.deadlines[index] = SETTLED;
    if (--group.held === 0) this.#forget(group);
  }

  /** Sets a lease's deadline to this many milliseconds from now. */
  extend({ group, index }: Lease<H>, ms: number): void {
    const deadline = Date.now() + ms;
    group.deadlines[index] = deadline;
    const step = stepOf(deadline);
    if (step >= group.step) return;
    this.#unplace(group);
    group.step = step;
    this.#place(group);
  }

  /** Whether a lease that was found is still held. */
  holds({ group, index }: Lease<H>): boolean {
    return group.deadlines[index] !== SETTLED;
  }

  /** Everything held. */
  *all(): Iterable<Lease<H>> {
    for (const group of this.#groups.values()) {
      for (let index = 0; index < group.positions.length; index++) {
        if (this.holds({ group, index })) yield { group, index };
      }
    }
  }

  /** Stops the clock and forgets everything. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#groups.clear();
    this.#steps.clear();
  }

  #place(group: LeaseGroup<H>): void {
    const inStep = this.#steps.get(group.step);
    if (inStep === undefined) this.#steps.set(group.step, new Set([group]));
    else inStep.add(group);
    if (group.step < this.#timerStep) this.#arm(group.step);
  }

  #unplace(group: LeaseGroup<H>): void {
    const inStep = this.#steps.get(group.step);
    inStep?.delete(group);
    if (inStep?.size === 0) this.#steps.delete(group.step);
  }

  #forget(group: LeaseGroup<H>): void {
    this.#groups.delete(group.id);
    this.#unplace(group);
    if (this.#groups.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerStep = Infinity;
  }

  #arm(step: number): void {
    clearTimeout(this.#timer);
    this.#timerStep = step;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, step * LEASE_STEP_MS - Date.now()));
  }

  #tick(): void {
    const now = Date.now();
    this.#timer = undefined;
    this.#timerStep = Infinity;
    const due: LeaseGroup<H>[] = [];
    for (const [step, groups] of this.#steps) {
      if (step * LEASE_STEP_MS > now) continue;
      this.#steps.delete(step);
      due.push(...groups);
    }
    const lapsed: Lease<H>[] = [];
    for (const group of due) this.#lapse(group, { now, lapsed });
    let next = Infinity;
    for (const step of this.#steps.keys()) next = Math.min(next, step);
    if (next < this.#timerStep) this.#arm(next);
    if (lapsed.length > 0) this.#lapsed(lapsed);
  }

  /** Ends what is over in a group that sits in no step, and puts it where the earliest of the rest belongs. */
  #lapse(group: LeaseGroup<H>, { now, lapsed }: { readonly now: number; readonly lapsed: Lease<H>[] }): void {
    let earliest = Infinity;
    for (let index = 0; index < group.deadlines.length; index++) {
      const deadline = group.deadlines[index]!;
      if (deadline === SETTLED) continue;
      if (deadline > now) {
        earliest = Math.min(earliest, deadline);
        continue;
      }
      group.deadlines[index] = SETTLED;
      group.held--;
      lapsed.push({ group, index });
    }
    if (group.held === 0) {
      this.#groups.delete(group.id);
      return;
    }
    group.step = stepOf(earliest);
    this.#place(group);
  }
}

function stepOf(deadline: number): number {
  return Math.ceil(deadline / LEASE_STEP_MS);
}
