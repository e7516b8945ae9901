/**
 * Enums and errors: which variants both sides know, and what each carries.
 *
 * @module
 */

import type { Comparer, Strict, Writer } from "./compare.js";
import type { EnumKind, Form, Payload, Variant } from "./interface.js";
import { ranges } from "./scalars.js";
import { durationText, removed } from "./spelling.js";
import { ALIKE, behaviour, breaks, type Outcome, type Outcomes } from "./verdict.js";

/** Compares how values of two enums look. Says whether their variants can be compared. */
export function compareForms(comparer: Comparer, old: Form, after: Form, place: string, writer: Writer): boolean {
  if (old.kind === "number" && after.kind === "number") {
    const outcomes = ranges(old, after);
    if (outcomes !== undefined) {
      comparer.note("form-changed", place, "its numbers have another range", writer, outcomes);
    }
    return true;
  }
  if (old.kind === after.kind && (old.kind !== "tagged" || after.kind !== "tagged" || old.tag === after.tag)) {
    return true;
  }
  const other = breaks("it looks different on the wire");
  comparer.note("form-changed", place, `${formText(old)} became ${formText(after)}`, writer, [other, other]);
  return false;
}

/** Compares the variants of two enums of one form. */
export function compareVariants(
  comparer: Comparer,
  old: EnumKind,
  after: EnumKind,
  place: string,
  writer: Writer,
): void {
  const strict: Strict = [old.strict, after.strict];
  const byNumber = after.form.kind === "number";
  const partner = (variants: readonly Variant[], wanted: Variant): Variant | undefined =>
    variants.find((variant) => (byNumber ? variant.number === wanted.number : variant.name === wanted.name));
  const hasName = (name: string): boolean => after.variants.some((variant) => variant.name === name);
  for (const before of old.variants) {
    const path = `${place}.${before.name}`;
    const now = partner(after.variants, before);
    if (now === undefined) {
      if (!byNumber || !hasName(before.name)) {
        const message = removed(before.name, after.reserved);
        comparer.note("variant-removed", path, message, writer, [unknown(strict[1]), ALIKE]);
      }
      continue;
    }
    if (byNumber && now.name !== before.name && hasName(before.name)) {
      continue;
    }
    compareRetries(comparer, before, now, path, writer);
    compareData(comparer, before, now, path, strict, after.form, writer);
  }
  for (const now of after.variants) {
    const path = `${place}.${now.name}`;
    const before = old.variants.find((variant) => variant.name === now.name);
    if (before !== undefined) {
      if (byNumber) {
        compareNumbers(comparer, [old, before], [after, now], path, writer);
      }
    } else if (partner(old.variants, now) === undefined) {
      comparer.note("variant-added", path, "was added", writer, [ALIKE, unknown(strict[0])]);
    }
  }
}

function unknown(isStrict: boolean): Outcome {
  return isStrict
    ? breaks("a variant that it does not know is refused")
    : behaviour("it arrives as an unknown variant");
}

function compareNumbers(
  comparer: Comparer,
  [old, before]: readonly [EnumKind, Variant],
  [after, now]: readonly [EnumKind, Variant],
  path: string,
  writer: Writer,
): void {
  const [was, is] = [before.number, now.number];
  if (was === undefined || is === undefined || was === is) {
    return;
  }
  const has = ({ variants }: EnumKind, number: bigint): boolean =>
    variants.some((variant) => variant.number === number);
  const other = (isTaken: boolean, isStrict: boolean): Outcome =>
    isTaken ? breaks("it arrives as another variant") : unknown(isStrict);
  const outcomes: Outcomes = [other(has(after, was), after.strict), other(has(old, is), old.strict)];
  comparer.note("number-changed", path, `had the number ${was}, and has ${is} now`, writer, outcomes);
}

function compareRetries(comparer: Comparer, before: Variant, now: Variant, path: string, writer: Writer): void {
  const [was, is] = [before.retry, now.retry];
  if ((was === undefined) !== (is === undefined) || was?.after !== is?.after) {
    const message = `${retryText(before, "was")}, and ${retryText(now, "is")} now`;
    const tries = behaviour("it is tried again otherwise");
    comparer.note("retry-changed", path, message, writer, [tries, tries]);
  }
}

function compareData(
  comparer: Comparer,
  before: Variant,
  now: Variant,
  path: string,
  strict: Strict,
  form: Form,
  writer: Writer,
): void {
  const [old, after]: [Payload, Payload] = [before.data, now.data];
  const other = breaks("it looks different on the wire");
  if (old.kind === "fields" && after.kind === "fields") {
    // Without fields, the external form is a string, and a map is none.
    if (form.kind === "external" && (old.fields.length === 0) !== (after.fields.length === 0)) {
      comparer.note("variant-changed", path, "carries data now, or no longer", writer, [other, other]);
    } else {
      comparer.fields(old.fields, after.fields, now.reserved, path, strict, writer);
    }
  } else if (old.kind === "values" && after.kind === "values" && old.types.length === after.types.length) {
    comparer.each(old.types, after.types, path, writer);
  } else {
    comparer.note("variant-changed", path, "carries something else", writer, [other, other]);
  }
}

function formText(form: Form): string {
  switch (form.kind) {
    case "name":
      return "a string";
    case "number":
      return "an integer";
    case "tagged":
      return `a map with the key \`${form.tag}\``;
    case "external":
      return "serde's default shape";
  }
}

function retryText({ retry }: Variant, verb: string): string {
  if (retry === undefined) {
    return `${verb} not worth another try`;
  }
  const after = retry.after === undefined ? "" : ` after ${durationText(retry.after)}`;
  return `${verb} worth another try${after}`;
}
