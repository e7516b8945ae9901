/** The comparison of schemas and their fingerprints, held to what every language says. */

import { expect, test } from "vitest";

import { eventText, methodText } from "../../src/agreement/canonical.js";
import {
  clashes,
  compare,
  compareMembers,
  Entangled,
  eventFingerprint,
  FormError,
  type Interface,
  type Members,
  methodFingerprint,
  readForm,
} from "../../src/agreement/index.js";
import { mergeForms } from "../../src/agreement/merge.js";
import { fingerprintOf } from "../../src/fingerprint.js";
import { any, Reader, Writer } from "../../src/stub_v1.js";
import { vectors } from "../support/vectors.js";

interface Vectors {
  readonly pairs: readonly {
    readonly name: string;
    readonly old: unknown;
    readonly new: unknown;
    readonly fingerprints: readonly [string, string];
    readonly changes: readonly {
      readonly rule: string;
      readonly place: string;
      readonly message: string;
      readonly old_parent_new_worker: unknown;
      readonly new_parent_old_worker: unknown;
    }[];
    readonly members: Readonly<Record<keyof Members, readonly string[]>>;
    readonly clashes: readonly string[];
  }[];
  readonly entangled: readonly { readonly name: string; readonly form: unknown }[];
  readonly fingerprints: readonly {
    readonly pair: string;
    readonly members: readonly Member[];
  }[];
  readonly malformed: readonly {
    readonly name: string;
    readonly path: string;
    readonly message: string;
    readonly form: unknown;
  }[];
}

interface Member {
  readonly kind: string;
  readonly name: string;
  readonly text: string | null;
  readonly fingerprint: string | null;
}

const { pairs, entangled, fingerprints, malformed } = vectors<Vectors>("agreement.json");

/** The form as a parent gets it: over the wire. */
function received(form: unknown): unknown {
  const writer = new Writer();
  writer.reset();
  writer.begin();
  any.encode(writer, form as never);
  const bytes = Buffer.from(writer.take());
  const reader = new Reader();
  reader.begin(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, true);
  return any.decode(reader);
}

/** The fingerprint of everything that an interface says. */
function whole(of: Interface): string {
  const method = of.methods.map((one) => ({ wire: one.name, fp: methodFingerprint(of, one) }));
  const event = of.events.map((one) => ({ wire: one.name, fp: eventFingerprint(of, one) }));
  const callback = of.callbacks.map((one) => ({ wire: one.name, fp: methodFingerprint(of, one) }));
  return fingerprintOf({ method, event, callback });
}

function everyMember(of: Interface): Members {
  const names = (members: readonly { readonly name: string }[]): ReadonlySet<string> =>
    new Set(members.map(({ name }) => name));
  return { methods: names(of.methods), events: names(of.events), callbacks: names(of.callbacks) };
}

test("there is something to compare", () => {
  expect(pairs.length).toBeGreaterThanOrEqual(200);
  expect(malformed.length).toBeGreaterThan(50);
  expect(entangled.length).toBeGreaterThan(0);
});

test.each(pairs)("$name", ({ old, new: after, changes, members, clashes: lines, ...pair }) => {
  const [before, now] = [readForm(old), readForm(received(after))];
  expect([whole(before), whole(now)]).toEqual(pair.fingerprints);
  const found = compare(before, now).map(({ rule, place, message, oldParentNewWorker, newParentOldWorker }) => ({
    rule,
    place,
    message,
    old_parent_new_worker: oldParentNewWorker,
    new_parent_old_worker: newParentOldWorker,
  }));
  expect(found).toEqual(changes);
  const named = {
    methods: new Set(members.methods),
    events: new Set(members.events),
    callbacks: new Set(members.callbacks),
  };
  expect(clashes(before, now, named)).toEqual(lines);
});

test.each(fingerprints)("the texts of $pair", ({ pair, members }) => {
  const of = readForm(pairs.find(({ name }) => name === pair)?.new);
  const found: Member[] = [];
  for (const [kind, calls] of [
    ["callback", of.callbacks],
    ["method", of.methods],
  ] as const) {
    for (const call of calls) {
      const text = methodText(of, call) ?? null;
      found.push({ kind, name: call.name, text, fingerprint: methodFingerprint(of, call) ?? null });
    }
  }
  for (const event of of.events) {
    const text = eventText(of, event) ?? null;
    found.push({ kind: "event", name: event.name, text, fingerprint: eventFingerprint(of, event) ?? null });
  }
  const sorted = (list: readonly Member[]): readonly Member[] =>
    [...list].sort((one, other) => (`${one.kind} ${one.name}` < `${other.kind} ${other.name}` ? -1 : 1));
  expect(sorted(found)).toEqual(sorted(members));
});

test.each(malformed)("is refused: $name", ({ form, path, message }) => {
  expect(() => readForm(form)).toThrow(expect.objectContaining({ path, reason: message }));
  expect(() => readForm(form)).toThrow(FormError);
});

test.each(entangled)("is given up: $name", ({ form }) => {
  const of = readForm(form);
  expect(() => compareMembers(of, readForm(form), everyMember(of))).toThrow(Entangled);
});

test.each<[string, unknown]>([
  ["a map with keys that are no texts", new Map([[1, 2]])],
  ["bytes", new Uint8Array(3)],
  ["a point in time", new Date(0)],
  ["nothing", undefined],
])("what JSON cannot say is refused as well: %s", (_, value) => {
  expect(() => readForm(value)).toThrow(FormError);
  expect(() => readForm({ ipc: 1, types: [{ name: "A", is: value }] })).toThrow(
    expect.objectContaining({ path: "types[0].is", reason: "expected a type" }),
  );
});

test("a form may have so many parts and no more", () => {
  const variants = (count: number): unknown => ({
    ipc: 1,
    types: [{ name: "E", form: "name", enum: Array.from({ length: count }, () => ({ name: "A" })) }],
  });
  expect(readForm(variants(1_000_000)).types).toHaveLength(1);
  expect(() => readForm(variants(1_000_001))).toThrow("expected at most 1000000 fields, variants and types");
  const types = Array.from({ length: 65_537 }, () => ({ name: "A", is: "u8" }));
  expect(() => readForm({ ipc: 1, types })).toThrow("types: expected at most 65536 types");
  const methods = Array.from({ length: 65_537 }, () => ({ service: "S", name: "a", response: "ack" }));
  expect(() => readForm({ ipc: 1, methods })).toThrow("methods[65536]: expected at most 65536 methods");
  const package_ = "é".repeat(32_769);
  expect(() => readForm({ ipc: 1, package: package_ })).toThrow("package: expected at most 65536 bytes");
});

test("several forms become one that says what each of them says", () => {
  for (const { old, new: after } of pairs) {
    const [one, other] = [readForm(old), readForm(after)];
    const merged = readForm(mergeForms([old, after]));
    expect(merged.package).toBe(one.package);
    expect(merged.methods.map((method) => methodFingerprint(merged, method))).toEqual([
      ...one.methods.map((method) => methodFingerprint(one, method)),
      ...other.methods.map((method) => methodFingerprint(other, method)),
    ]);
    expect(merged.events.map((event) => eventFingerprint(merged, event))).toEqual([
      ...one.events.map((event) => eventFingerprint(one, event)),
      ...other.events.map((event) => eventFingerprint(other, event)),
    ]);
    expect(merged.reserved).toEqual([...one.reserved, ...other.reserved]);
  }
});
