/**
 * Types: what a reader of one version makes of a writer of the other.
 *
 * @module
 */

import { Held, held } from "./held.js";
import { type Field, type Interface, isNeeded, type Named, type Type } from "./interface.js";
import { scalars } from "./scalars.js";
import { removed, typeText } from "./spelling.js";
import { compareForms, compareVariants } from "./variants.js";
import {
  ALIKE,
  behaviour,
  breaks,
  type Change,
  type Effect,
  FINE,
  isGraver,
  type Outcome,
  type Outcomes,
  type Rule,
} from "./verdict.js";

/**
 * Who writes what is compared: the parent a request, the worker an answer, an error, an event. Callbacks turn the two
 * round.
 */
export type Writer = "parent" | "worker";

/** The one who answers. */
export function otherWriter(writer: Writer): Writer {
  return writer === "parent" ? "worker" : "parent";
}

/** Whether the old and the new reader refuse what they do not know. */
export type Strict = readonly [old: boolean, after: boolean];

/** What may be compared of a form of another process, and how deep: it may name types that double at each level. */
const COMPARISONS = 100_000;
const LEVELS = 256;

/** What a comparison may still do. */
export interface Budget {
  comparisons: number;
  levels: number;
}

/** For a schema that another process sent. */
export function bounded(): Budget {
  return { comparisons: COMPARISONS, levels: LEVELS };
}

/** For a schema that its user compares. */
export function unbounded(): Budget {
  return { comparisons: Number.POSITIVE_INFINITY, levels: Number.POSITIVE_INFINITY };
}

/** Two declared types that are still to be compared. */
interface Pair {
  readonly old: Named;
  readonly after: Named;
  readonly place: string;
  readonly writer: Writer;
}

/** Two schemas whose types are nested so deeply, or share so much, that a comparison would take too long. */
export class Entangled extends Error {
  constructor() {
    super("the schemas are too entangled to compare");
  }
}

/** Compares types, and keeps what it found. */
export class Comparer {
  readonly old: Interface;
  readonly after: Interface;
  readonly changes: Change[] = [];
  /** The changes: the same type may travel in several positions. */
  readonly #found = new Map<string, Change>();
  /** Pairs of declared types that were met, by who writes them. */
  readonly #seen = new Set<string>();
  /** Those of them that were not compared yet. */
  #waiting: Pair[] = [];
  /** Pairs of types that are being compared, since a newtype may lead back to itself. */
  readonly #active = { parent: new Map<Type, Set<Type>>(), worker: new Map<Type, Set<Type>>() };
  readonly #budget: Budget;

  constructor(old: Interface, after: Interface, budget: Budget) {
    this.old = old;
    this.after = after;
    this.#budget = budget;
  }

  /** One that keeps what it finds to itself. */
  fork(): Comparer {
    return new Comparer(this.old, this.after, this.#budget);
  }

  /** Notes a change at a place in a type that `writer` writes. */
  note(rule: Rule, place: string, message: string, writer: Writer, [oldToNew, newToOld]: Outcomes): void {
    // The old parent writes for the new worker, and reads what the new worker wrote.
    if (writer === "parent") {
      this.effect(rule, place, message, effectOf(oldToNew), effectOf(newToOld));
    } else {
      this.effect(rule, place, message, effectOf(newToOld), effectOf(oldToNew));
    }
  }

  /** Notes a change with what it does to an old parent and to a new one. */
  effect(rule: Rule, place: string, message: string, oldParent: Effect, newParent: Effect): void {
    const key = JSON.stringify([rule, place, message]);
    let change = this.#found.get(key);
    if (change === undefined) {
      change = { rule, place, message, oldParentNewWorker: FINE, newParentOldWorker: FINE };
      this.#found.set(key, change);
      this.changes.push(change);
    }
    if (isGraver(oldParent, change.oldParentNewWorker)) {
      change.oldParentNewWorker = oldParent;
    }
    if (isGraver(newParent, change.newParentOldWorker)) {
      change.newParentOldWorker = newParent;
    }
  }

  /** Compares two types at a place. */
  types(old: Type, after: Type, place: string, writer: Writer): void {
    const [before, now] = [new Held(this.old, old), new Held(this.after, after)];
    if (before.type.kind === "unknown" || now.type.kind === "unknown") {
      return;
    }
    const budget = this.#budget;
    if (budget.comparisons === 0 || budget.levels === 0) {
      throw new Entangled();
    }
    budget.comparisons -= 1;
    const active = this.#active[writer];
    const partners = active.get(before.type) ?? new Set();
    if (!partners.has(now.type)) {
      budget.levels -= 1;
      active.set(before.type, partners.add(now.type));
      this.#held(before, now, place, writer);
      partners.delete(now.type);
      budget.levels += 1;
    }
  }

  #held(before: Held, now: Held, place: string, writer: Writer): void {
    const constraints = before.bounds.compare(now.bounds);
    if (constraints !== undefined) {
      this.note("constraint-changed", place, constraints[0], writer, constraints[1]);
    }
    const extension = before.extension(now);
    if (extension !== undefined) {
      this.note("type-changed", place, extension[0], writer, extension[1]);
    }
    const [old, after] = [before.type, now.type];
    if (old.kind === "nullable" && after.kind === "nullable") {
      this.types(old.of, after.of, place, writer);
    } else if (old.kind === "nullable" && after.kind !== "any" && after.kind !== "unit") {
      const outcomes: Outcomes = [breaks("nil is refused"), ALIKE];
      this.note("nullability-changed", place, "nil is no longer taken", writer, outcomes);
      this.types(old.of, after, place, writer);
    } else if (after.kind === "nullable" && old.kind !== "any" && old.kind !== "unit") {
      const outcomes: Outcomes = [ALIKE, breaks("nil is refused")];
      this.note("nullability-changed", place, "nil is taken now", writer, outcomes);
      this.types(old, after.of, place, writer);
    } else if (old.kind === "list" && after.kind === "list") {
      this.types(old.of, after.of, `${place}[]`, writer);
    } else if (old.kind === "map" && after.kind === "map") {
      this.types(old.key, after.key, `${place}{key}`, writer);
      this.types(old.value, after.value, `${place}{}`, writer);
    } else if (old.kind === "tuple" && after.kind === "tuple" && old.types.length === after.types.length) {
      this.each(old.types, after.types, place, writer);
    } else if (old.kind === "named" && after.kind === "named") {
      this.named(old.index, after.index, place, writer);
    } else {
      const outcomes = scalars(this.old, old, this.after, after);
      if (outcomes !== undefined) {
        const message = `${typeText(this.old, old)} became ${typeText(this.after, after)}`;
        this.note("type-changed", place, message, writer, outcomes);
      }
    }
  }

  /** Compares as many types with as many, each at its place. */
  each(old: readonly Type[], after: readonly Type[], place: string, writer: Writer): void {
    for (const [at, type] of old.entries()) {
      this.types(type, after[at] as Type, `${place}.${at}`, writer);
    }
  }

  /** Notes two declared types, which {@link finish} compares: they may lead back to themselves. */
  named(old: number, after: number, place: string, writer: Writer): void {
    const pair = `${old} ${after} ${writer}`;
    const [before, now] = [this.old.types[old], this.after.types[after]];
    if (!this.#seen.has(pair) && before !== undefined && now !== undefined) {
      this.#seen.add(pair);
      this.#waiting.push({ old: before, after: now, place, writer });
    }
  }

  /** Compares the declared types that were met, and those that they lead to. */
  finish(): void {
    while (this.#waiting.length > 0) {
      const pairs = this.#waiting;
      this.#waiting = [];
      for (const pair of pairs) {
        this.#declared(pair);
      }
    }
  }

  #declared({ old: before, after: now, place, writer }: Pair): void {
    const [was, is] = [before.kind, now.kind];
    if (was.kind === "record" && is.kind === "record") {
      this.#strictness(was.strict, is.strict, "field", now.name, writer);
      this.fields(was.fields, is.fields, is.reserved, now.name, [was.strict, is.strict], writer);
    } else if (was.kind === "enum" && is.kind === "enum") {
      if (compareForms(this, was.form, is.form, now.name, writer)) {
        this.#strictness(was.strict, is.strict, "variant", now.name, writer);
        compareVariants(this, was, is, now.name, writer);
      }
    } else {
      const message = `\`${before.name}\` became \`${now.name}\`, which looks different on the wire`;
      const other = breaks("a value of another type is refused");
      this.note("type-changed", place, message, writer, [other, other]);
    }
  }

  /**
   * A writer writes only what it knows, so what it adds or drops tells of refusals; here it is what an open type sends on
   * without knowing it.
   */
  #strictness(was: boolean, is: boolean, what: "field" | "variant", place: string, writer: Writer): void {
    if (was !== is) {
      const refused = behaviour("a variant that was received unknown, and is sent on, is refused");
      const outcome = is && what === "variant" ? refused : ALIKE;
      const message = is ? "is strict now" : "is no longer strict";
      this.note("strictness-changed", place, message, writer, [outcome, ALIKE]);
    }
  }

  /** Compares the entries of a map. */
  fields(
    old: readonly Field[],
    after: readonly Field[],
    reserved: readonly string[],
    place: string,
    strict: Strict,
    writer: Writer,
  ): void {
    const [before, now] = [byName(old), byName(after)];
    const gone = old.filter(({ name }) => !now.has(name));
    const added = after.filter(({ name }) => !before.has(name));
    const renamed = this.#renamed(gone, added);
    const unknown = (isStrict: boolean, otherwise: Outcome): Outcome =>
      isStrict ? breaks("a field that it does not know is refused") : otherwise;
    for (const field of old) {
      const path = `${place}.${field.name}`;
      const partner = now.get(field.name);
      if (partner !== undefined) {
        this.#presence(field, partner, path, writer);
      } else if (renamed !== undefined) {
        const message = `was renamed to \`${renamed.name}\`; \`@wire("${field.name}")\` keeps the name`;
        const lost = behaviour("what was written under the other name is passed over");
        const outcomes: Outcomes = [unknown(strict[1], lost), unknown(strict[0], lost)];
        this.note("field-renamed", path, message, writer, outcomes);
      } else {
        const lost = behaviour("what the other side writes is passed over");
        const absent = isNeeded(field) ? breaks("it is missing") : ALIKE;
        const message = removed(field.name, reserved);
        this.note("field-removed", path, message, writer, [unknown(strict[1], lost), absent]);
      }
    }
    for (const field of renamed === undefined ? added : []) {
      const path = `${place}.${field.name}`;
      const absent = isNeeded(field) ? breaks("it is missing") : ALIKE;
      const message = `was added, and ${isNeeded(field) ? "must be there" : "may be absent"}`;
      this.note("field-added", path, message, writer, [absent, unknown(strict[0], ALIKE)]);
    }
  }

  /** The one new field that took the place of the one that is gone. */
  #renamed(gone: readonly Field[], added: readonly Field[]): Field | undefined {
    const [before, now] = [gone[0], added[0]];
    const isRenamed =
      gone.length === 1 &&
      added.length === 1 &&
      before !== undefined &&
      now !== undefined &&
      !isNeeded(before) &&
      !isNeeded(now) &&
      typeText(this.old, before.type) === typeText(this.after, now.type);
    return isRenamed ? now : undefined;
  }

  #presence(before: Field, now: Field, path: string, writer: Writer): void {
    const hadDefault = before.default !== undefined;
    const hasDefault = now.default !== undefined;
    if (before.mayBeLeftOut !== now.mayBeLeftOut || hadDefault !== hasDefault) {
      const leftOut = (wrote: Field, reads: Field): Outcome =>
        wrote.mayBeLeftOut && isNeeded(reads) ? breaks("it is missing where it is left out") : ALIKE;
      const message = `${presenceText(before, "was")}, and ${presenceText(now, "is")} now`;
      this.note("presence-changed", path, message, writer, [leftOut(before, now), leftOut(now, before)]);
    } else if (
      typeof before.default === "string" &&
      typeof now.default === "string" &&
      before.default !== now.default
    ) {
      const other = behaviour("where it is absent the reader takes its own default");
      const message = `the default ${before.default} became ${now.default}`;
      this.note("default-changed", path, message, writer, [other, other]);
    }
    const [old, after] = [held(this.old, before.type), held(this.after, now.type)];
    // A field that takes absence takes nil, too.
    if (old.kind === "nullable" && !isNeeded(now) && after.kind !== "nullable") {
      this.types(old.of, after, path, writer);
    } else if (after.kind === "nullable" && !isNeeded(before) && old.kind !== "nullable") {
      this.types(old, after.of, path, writer);
    } else {
      this.types(before.type, now.type, path, writer);
    }
  }
}

function effectOf(outcome: Outcome): Effect {
  switch (outcome.outcome) {
    case "fine":
      return FINE;
    case "behaviour":
      return { effect: "behaviour", why: outcome.why };
    case "breaks":
      return { effect: "wire", why: outcome.why };
  }
}

function byName(fields: readonly Field[]): ReadonlyMap<string, Field> {
  // The first of a name counts, as a form of another process may repeat one.
  return new Map(fields.map((field) => [field.name, field] as const).reverse());
}

function presenceText(field: Field, verb: string): string {
  if (field.mayBeLeftOut) {
    return `${verb} optional`;
  }
  switch (field.default) {
    case undefined:
      return `${verb} required`;
    case true:
      return `${verb} its default where absent`;
    default:
      return `${verb} ${field.default} where absent`;
  }
}
