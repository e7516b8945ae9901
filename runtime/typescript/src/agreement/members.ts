/**
 * Methods, events and callbacks: what both sides have, and what they exchange.
 *
 * @module
 */

import type { ResponseKind } from "../constants.js";
import { bounded, Comparer, otherWriter, unbounded, type Writer } from "./compare.js";
import type { Callback, Event, Interface, Method, Payload, Type } from "./interface.js";
import { isUnknown, takesNil } from "./scalars.js";
import { durationText, removed } from "./spelling.js";
import { ALIKE, breaks, type Change, type Effect, FINE, type Outcome, type Outcomes } from "./verdict.js";

/**
 * Compares two versions of an interface. The changes stand in the order of the old one's methods and events, those that
 * are new behind them.
 */
export function compare(old: Interface, after: Interface): readonly Change[] {
  const members = new MemberComparer(new Comparer(old, after, unbounded()));
  members.all();
  return members.changes;
}

/** Names of members on the wire. */
export interface Members {
  readonly methods: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
  readonly callbacks: ReadonlySet<string>;
}

/**
 * Compares the members of these names that both interfaces have, whatever their services are called. Whether a callback
 * is required is not compared.
 *
 * @throws {Entangled} where their types are nested too deeply
 */
export function compareMembers(old: Interface, after: Interface, members: Members): readonly Change[] {
  const comparer = new MemberComparer(new Comparer(old, after, bounded()));
  comparer.only(members);
  return comparer.changes;
}

/**
 * What a parent of one interface cannot do with a worker of the other: a line for each change of these members that some
 * payload is refused for.
 *
 * @throws {Entangled} where their types are nested too deeply
 */
export function clashes(parent: Interface, worker: Interface, members: Members): readonly string[] {
  const lines: string[] = [];
  for (const { place, message, oldParentNewWorker } of compareMembers(parent, worker, members)) {
    if (oldParentNewWorker.effect === "wire" || oldParentNewWorker.effect === "handshake") {
      lines.push(`${place}: ${message}: ${oldParentNewWorker.why}`);
    }
  }
  return lines;
}

/** A method or an event: the service, which is not on the wire, and the name, which is. */
type Member = Pick<Method, "service" | "name" | "since">;

/**
 * The member that takes the place of one in the other version. Several services may have one of the same name; where a
 * service was renamed, its members are those of a service that was not there before.
 */
function partner<M extends Member>(member: Member, own: readonly Member[], others: readonly M[]): M | undefined {
  const has = (members: readonly Member[], service: string): boolean =>
    members.some((other) => other.service === service);
  const isGone = !has(others, member.service);
  return others.find(
    ({ service, name }) => name === member.name && (service === member.service || (isGone && !has(own, service))),
  );
}

/** The members of these names that both sides have. */
function pairs<M extends { readonly name: string }>(
  old: readonly M[],
  after: readonly M[],
  names: ReadonlySet<string>,
): readonly (readonly [M, M])[] {
  return old.flatMap((before) => {
    const now = names.has(before.name) ? after.find(({ name }) => name === before.name) : undefined;
    return now === undefined ? [] : [[before, now] as const];
  });
}

/** What a parent does that finds no such member. */
function missing(since: boolean, what: string): Effect {
  return since
    ? { effect: "behaviour", why: `the parent starts, and the ${what} is \`unsupported\`` }
    : { effect: "handshake", why: `the parent refuses a worker without this ${what}` };
}

const ANSWERED: Record<ResponseKind, string> = {
  result: "a result",
  stream: "a stream",
  ack: "an ack",
  none: "nothing",
};

/** Compares two interfaces member for member. */
class MemberComparer {
  readonly #old: Interface;
  readonly #after: Interface;
  readonly #comparer: Comparer;

  constructor(comparer: Comparer) {
    this.#old = comparer.old;
    this.#after = comparer.after;
    this.#comparer = comparer;
  }

  get changes(): readonly Change[] {
    return this.#comparer.changes;
  }

  all(): void {
    const [old, after] = [this.#old, this.#after];
    for (const before of old.methods) {
      const now = partner(before, old.methods, after.methods);
      if (now === undefined) {
        this.#gone("method", before);
      } else {
        this.#methods(before, now, "parent");
      }
    }
    for (const before of old.events) {
      const now = partner(before, old.events, after.events);
      if (now === undefined) {
        this.#gone("event", before);
      } else {
        this.#events(before, now);
      }
    }
    this.#added("method", after.methods, old.methods);
    this.#added("event", after.events, old.events);
    for (const before of old.callbacks) {
      this.#callbacks(
        before,
        after.callbacks.find(({ name }) => name === before.name),
      );
    }
    for (const now of after.callbacks) {
      if (old.callbacks.every(({ name }) => name !== now.name)) {
        this.#callbacks(undefined, now);
      }
    }
  }

  only({ methods, events, callbacks }: Members): void {
    const [old, after] = [this.#old, this.#after];
    for (const [before, now] of pairs(old.methods, after.methods, methods)) {
      this.#methods(before, now, "parent");
    }
    for (const [before, now] of pairs(old.events, after.events, events)) {
      this.#events(before, now);
    }
    for (const [before, now] of pairs(old.callbacks, after.callbacks, callbacks)) {
      this.#methods(before, now, "worker");
    }
  }

  #gone(what: "method" | "event", { service, name, since }: Member): void {
    const message = removed(name, this.#after.reserved);
    this.#comparer.effect(`${what}-removed`, `${service}.${name}`, message, missing(since, what), FINE);
  }

  #added(what: "method" | "event", own: readonly Member[], others: readonly Member[]): void {
    for (const member of own.filter((one) => partner(one, own, others) === undefined)) {
      const { service, name, since } = member;
      this.#comparer.effect(`${what}-added`, `${service}.${name}`, "was added", FINE, missing(since, what));
    }
  }

  /** A callback in both versions or in one of them. Here the child calls, and it is the parent that refuses. */
  #callbacks(before: Callback | undefined, now: Callback | undefined): void {
    const comparer = this.#comparer;
    const refused: Effect = {
      effect: "handshake",
      why: "the parent does not start a worker whose callback it does not answer",
    };
    const absent: Effect = { effect: "behaviour", why: "the call is answered `not_found`" };
    const needs = ({ required }: Callback): Effect => (required ? refused : absent);
    if (before === undefined) {
      if (now !== undefined) {
        comparer.effect("callback-added", now.name, "was added", needs(now), FINE);
      }
      return;
    }
    if (now === undefined) {
      comparer.effect("callback-removed", before.name, "was removed", FINE, needs(before));
      return;
    }
    if (before.required !== now.required) {
      const message = now.required ? "is required now" : "is no longer required";
      // Whether a parent has a handler for what it need not answer is not in its schema.
      const [oldParent, newParent] = now.required ? [refused, FINE] : [FINE, refused];
      comparer.effect("requirement-changed", now.name, message, oldParent, newParent);
    }
    this.#methods(before, now, "worker");
  }

  #methods(before: Method, now: Method, caller: Writer): void {
    const comparer = this.#comparer;
    const place = caller === "parent" ? `${now.service}.${now.name}` : now.name;
    if (before.response !== now.response) {
      const message = `answered ${ANSWERED[before.response]}, and ${ANSWERED[now.response]} now`;
      const refused: Effect = { effect: "handshake", why: "the parent refuses a method of another response kind" };
      comparer.effect("response-changed", place, message, refused, refused);
      return;
    }
    if (before.raw !== now.raw) {
      // A worker says which of its methods are raw; what it does not say may be a published one's.
      const effect = (workerIsRaw: boolean): Effect =>
        workerIsRaw
          ? { effect: "handshake", why: "the parent refuses a method of another codec" }
          : { effect: "wire", why: "the payload looks different on the wire" };
      comparer.effect("codec-changed", place, rawText(now.raw), effect(now.raw), effect(before.raw));
      return;
    }
    this.#payloads(before.request, now.request, now.reserved, place, caller);
    this.#answers(before.answer, now.answer, place, otherWriter(caller));
    comparer.finish();
    this.#throws(before, now, place, otherWriter(caller));
    if (before.timeout !== now.timeout) {
      const text = (timeout: bigint | undefined): string => (timeout === undefined ? "none" : durationText(timeout));
      const message = `the timeout ${text(before.timeout)} became ${text(now.timeout)}`;
      const other: Effect = { effect: "behaviour", why: "the caller gives up at another time" };
      comparer.effect("timeout-changed", place, message, other, other);
    }
    if (before.idempotent !== now.idempotent) {
      const message = now.idempotent ? "is idempotent now" : "is no longer idempotent";
      const again: Effect = { effect: "behaviour", why: "it may be sent again to a side that does not expect it" };
      const [oldParent, newParent] = before.idempotent ? [again, FINE] : [FINE, again];
      comparer.effect("idempotent-changed", place, message, oldParent, newParent);
    }
  }

  /** Compares what a method declares to throw; `writer` is who throws. */
  #throws(before: Method, now: Method, place: string, writer: Writer): void {
    const comparer = this.#comparer;
    const name = (of: Interface, index: number): string => of.types[index]?.name ?? "";
    const find = (of: Interface, indices: readonly number[], wanted: string): number | undefined =>
      indices.find((index) => name(of, index) === wanted);
    const failed: Outcome = { outcome: "behaviour", why: "its errors arrive as `failed`" };
    for (const old of before.throws) {
      const wanted = name(this.#old, old);
      const after = find(this.#after, now.throws, wanted);
      if (after !== undefined) {
        this.#errors(old, after, place, writer);
      } else {
        comparer.note("throws-changed", place, `no longer throws \`${wanted}\``, writer, [failed, ALIKE]);
      }
    }
    for (const after of now.throws) {
      const wanted = name(this.#after, after);
      if (find(this.#old, before.throws, wanted) === undefined) {
        comparer.note("throws-changed", place, `throws \`${wanted}\` now`, writer, [ALIKE, failed]);
      }
    }
  }

  /** A declared error that does not decode arrives as `failed`, so nothing here breaks the wire. */
  #errors(old: number, after: number, place: string, writer: Writer): void {
    const own = this.#comparer.fork();
    own.named(old, after, place, writer);
    own.finish();
    const soften = (effect: Effect): Effect =>
      effect.effect === "wire" ? { effect: "behaviour", why: `${effect.why}, and it arrives as \`failed\`` } : effect;
    for (const change of own.changes) {
      const { rule, oldParentNewWorker, newParentOldWorker } = change;
      const [oldParent, newParent] = [soften(oldParentNewWorker), soften(newParentOldWorker)];
      this.#comparer.effect(rule, change.place, change.message, oldParent, newParent);
    }
  }

  #events(before: Event, now: Event): void {
    const place = `${now.service}.${now.name}`;
    if (before.raw === now.raw) {
      this.#payloads(before.payload, now.payload, now.reserved, place, "worker");
      this.#comparer.finish();
      return;
    }
    const other: Effect = { effect: "wire", why: "the payload looks different on the wire" };
    this.#comparer.effect("codec-changed", place, rawText(now.raw), other, other);
  }

  #payloads(old: Payload, after: Payload, reserved: readonly string[], place: string, writer: Writer): void {
    if (old.kind === "fields" && after.kind === "fields") {
      this.#comparer.fields(old.fields, after.fields, reserved, place, [false, false], writer);
    } else if (old.kind === "values" && after.kind === "values" && old.types.length === after.types.length) {
      for (const [at, type] of old.types.entries()) {
        this.#comparer.types(type, after.types[at] as Type, place, writer);
      }
    } else if (!isAnything(this.#old, old) && !isAnything(this.#after, after)) {
      const message = "its parameters have names now, or no longer";
      const other = breaks("the payload looks different on the wire");
      this.#comparer.note("parameters-changed", place, message, writer, [other, other]);
    }
  }

  #answers(old: Type, after: Type, place: string, writer: Writer): void {
    const refused = (takes: boolean): Outcome => (takes ? ALIKE : breaks("nil is refused"));
    const isSame = old.kind === "unit" && after.kind === "unit";
    if (isSame || isUnknown(this.#old, old) || isUnknown(this.#after, after)) {
      return;
    }
    if (old.kind === "unit") {
      const outcomes: Outcomes = [refused(takesNil(this.#after, after)), ALIKE];
      this.#comparer.note("answer-changed", place, "answers a value now", writer, outcomes);
    } else if (after.kind === "unit") {
      const outcomes: Outcomes = [ALIKE, refused(takesNil(this.#old, old))];
      this.#comparer.note("answer-changed", place, "no longer answers a value", writer, outcomes);
    } else {
      this.#comparer.types(old, after, `${place} answer`, writer);
    }
  }
}

/** Whether only a program knows what its request holds: it may be a map as well. */
function isAnything(of: Interface, payload: Payload): boolean {
  return payload.kind === "values" && payload.types.every((type) => isUnknown(of, type));
}

function rawText(isRaw: boolean): string {
  return isRaw ? "is raw now" : "is no longer raw";
}
