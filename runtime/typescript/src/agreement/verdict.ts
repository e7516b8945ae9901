/**
 * What a comparison says.
 *
 * @module
 */

/** The kinds of change. */
export type Rule =
  | "field-added"
  | "field-removed"
  | "field-renamed"
  | "presence-changed"
  | "nullability-changed"
  | "default-changed"
  | "type-changed"
  | "strictness-changed"
  | "form-changed"
  | "variant-added"
  | "variant-removed"
  | "variant-changed"
  | "number-changed"
  | "method-added"
  | "method-removed"
  | "event-added"
  | "event-removed"
  | "response-changed"
  | "codec-changed"
  | "parameters-changed"
  | "answer-changed"
  | "throws-changed"
  | "constraint-changed"
  | "retry-changed"
  | "timeout-changed"
  | "idempotent-changed"
  | "callback-added"
  | "callback-removed"
  | "requirement-changed";

/** One change. */
export interface Change {
  /** What kind of change it is. */
  readonly rule: Rule;
  /** Where: `Order.note`, `OrderType.Limit.price`, `Trading.place(order)`. */
  readonly place: string;
  /** What was changed, in a sentence. */
  readonly message: string;
  /** What it does to an old parent with a new worker. */
  oldParentNewWorker: Effect;
  /** What it does to a new parent with an old worker. */
  newParentOldWorker: Effect;
}

/** What a change does to a pair of programs, and why. */
export type Effect =
  /** Nothing that anybody notices. */
  | { readonly effect: "fine" }
  /** Everything is read, but something means or does something else. */
  | { readonly effect: "behaviour"; readonly why: string }
  /** Some payloads are refused. */
  | { readonly effect: "wire"; readonly why: string }
  /** The parent refuses to start the worker. */
  | { readonly effect: "handshake"; readonly why: string };

/** Nothing that anybody notices. */
export const FINE: Effect = { effect: "fine" };

const GRAVITY = { fine: 0, behaviour: 1, wire: 2, handshake: 3 } as const;

/** Whether one effect counts more than another; of two that are alike, one has to. */
export function isGraver(one: Effect, other: Effect): boolean {
  if (one.effect !== other.effect) {
    return GRAVITY[one.effect] > GRAVITY[other.effect];
  }
  return "why" in one && "why" in other && one.why > other.why;
}

/** Whether something fails. */
export function isBreak({ effect }: Effect): boolean {
  return effect === "wire" || effect === "handshake";
}

/** What the reader of one version makes of what the writer of the other wrote. */
export type Outcome =
  /** It reads the same. */
  | { readonly outcome: "fine" }
  /** It reads something else. */
  | { readonly outcome: "behaviour"; readonly why: string }
  /** It refuses some values. */
  | { readonly outcome: "breaks"; readonly why: string };

/** The two outcomes of a change: old writer and new reader, new writer and old reader. */
export type Outcomes = readonly [Outcome, Outcome];

/** It reads the same. */
export const ALIKE: Outcome = { outcome: "fine" };

/** It refuses some values. */
export function breaks(why: string): Outcome {
  return { outcome: "breaks", why };
}

/** It reads something else. */
export function behaviour(why: string): Outcome {
  return { outcome: "behaviour", why };
}
