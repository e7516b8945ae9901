/**
 * Fingerprints: the hash of a text that is equal for all schemas that read and write the same, whatever their order, docs
 * and names of types.
 *
 * @module
 */

import { byBytes, digest, quote } from "../fingerprint.js";
import type { Constraints, Event, Field, Form, Interface, Method, Payload, Range, Type } from "./interface.js";
import { boundText, intText } from "./spelling.js";

/** The longest text. It is ASCII, so that this is bytes too. */
const LENGTH = 2 ** 20;
/** How deep types may nest, newtypes looked through. */
const DEPTH = 100;

/** The fingerprint of a method or a callback; `undefined` where it reaches what no schema knows. */
export function methodFingerprint(of: Interface, method: Method): string | undefined {
  return hashOf(methodText(of, method));
}

/** The fingerprint of an event; `undefined` as for a method. */
export function eventFingerprint(of: Interface, event: Event): string | undefined {
  return hashOf(eventText(of, event));
}

/** The canonical text of a method or a callback; `undefined` where it has none. */
export function methodText(of: Interface, { response, raw, request, answer, throws }: Method): string | undefined {
  return new Text(of).whole((text) => {
    const errors = throws
      .map((index) => [of.types[index]?.name ?? "", index] as const)
      .sort(([one], [other]) => byBytes(one, other));
    text.add(`["call",${quote(response)},${raw},`);
    text.payload(request);
    text.add(",");
    text.type(answer);
    text.add(",[");
    for (const [at, [name, index]] of errors.entries()) {
      text.add(`${at === 0 ? "" : ","}[${quote(name)},${text.reference(index)}]`);
    }
    text.add("]");
  });
}

/** The canonical text of an event; `undefined` where it has none. */
export function eventText(of: Interface, { raw, payload }: Event): string | undefined {
  return new Text(of).whole((text) => {
    text.add(`["event",${raw},`);
    text.payload(payload);
  });
}

function hashOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : digest(text);
}

/** Ends a text that there is none of. */
class NoText extends Error {}

class Text {
  readonly #of: Interface;
  #out = "";
  /** The records and enums that were named, in this order, each with its number; their bodies follow in it. */
  readonly #numbers = new Map<number, number>();
  /** The newtypes around this place, with the depth at which each began. */
  readonly #around = new Map<number, number>();
  #depth = 0;

  constructor(of: Interface) {
    this.#of = of;
  }

  /** The text that `begin` begins, with the bodies of all that was named, those included that are named in them. */
  whole(begin: (text: Text) => void): string | undefined {
    try {
      begin(this);
      this.add(",[");
      // It grows meanwhile.
      for (const [index, number] of this.#numbers) {
        this.add(number === 0 ? "" : ",");
        this.#body(index);
      }
      this.add("]]");
    } catch (error) {
      if (error instanceof NoText) {
        return undefined;
      }
      throw error;
    }
    return this.#out.length <= LENGTH ? this.#out : undefined;
  }

  add(text: string): void {
    this.#out += text;
  }

  /** The number of a record or an enum. */
  reference(index: number): number {
    const number = this.#numbers.get(index) ?? this.#numbers.size;
    this.#numbers.set(index, number);
    return number;
  }

  #body(index: number): void {
    const kind = this.#of.types[index]?.kind;
    if (kind?.kind === "record") {
      this.add(`["record",${kind.strict}`);
      this.#fields(kind.fields);
    } else if (kind?.kind === "enum") {
      this.add(`["enum",${kind.strict},${formText(kind.form)}`);
      for (const { name, number, data } of [...kind.variants].sort(byName)) {
        this.add(`,[${quote(name)},${number ?? null},`);
        this.payload(data);
        this.add("]");
      }
    } else {
      // Only records and enums are named by number.
      throw new NoText();
    }
    this.add("]");
  }

  payload(payload: Payload): void {
    if (payload.kind === "fields") {
      this.add('["fields"');
      this.#fields(payload.fields);
    } else {
      this.add('["values"');
      for (const type of payload.types) {
        this.add(",");
        this.type(type);
      }
    }
    this.add("]");
  }

  #fields(fields: readonly Field[]): void {
    for (const field of [...fields].sort(byName)) {
      this.add(`,[${quote(field.name)},`);
      this.type(field.type);
      this.add(`,${field.mayBeLeftOut},${field.default !== undefined}]`);
    }
  }

  type(type: Type): void {
    if (type.kind === "unknown" || this.#out.length > LENGTH || this.#depth > DEPTH) {
      throw new NoText();
    }
    switch (type.kind) {
      case "list":
      case "nullable":
        this.#inside(type.kind, [type.of]);
        break;
      case "map":
        this.#inside("map", [type.key, type.value]);
        break;
      case "tuple":
        this.#inside("tuple", type.types);
        break;
      case "constrained":
        this.add('["of",');
        this.#deeper(type.of);
        this.add(`${constraintsText(type.constraints)}]`);
        break;
      case "named":
        this.#named(type.index);
        break;
      case "int":
        this.add(quote(intText(type.least, type.most)));
        break;
      default:
        this.add(quote(type.kind));
    }
  }

  #inside(kind: string, types: readonly Type[]): void {
    this.add(`[${quote(kind)}`);
    for (const type of types) {
      this.add(",");
      this.#deeper(type);
    }
    this.add("]");
  }

  #deeper(type: Type): void {
    this.#depth += 1;
    this.type(type);
    this.#depth -= 1;
  }

  /** A newtype is what it stands for; one that is inside itself says how far up it began. */
  #named(index: number): void {
    const kind = this.#of.types[index]?.kind;
    if (kind?.kind !== "transparent" && kind?.kind !== "ext") {
      this.add(String(this.reference(index)));
      return;
    }
    const began = this.#around.get(index);
    if (began !== undefined) {
      this.add(`["up",${this.#depth - began}]`);
      return;
    }
    this.#around.set(index, this.#depth);
    if (kind.kind === "transparent") {
      this.type(kind.target);
    } else {
      this.add(`["ext",${kind.code},${kind.write},`);
      this.#deeper(kind.target);
      this.add("]");
    }
    this.#around.delete(index);
  }
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return byBytes(one.name, other.name);
}

function formText(form: Form): string {
  switch (form.kind) {
    case "number":
      return quote(intText(form.least, form.most));
    case "tagged":
      return `["tag",${quote(form.tag)}]`;
    default:
      return quote(form.kind);
  }
}

function constraintsText({ length, range, pattern }: Constraints): string {
  const lengthText = length === undefined ? "null" : `[${length.least},${length.most ?? null}]`;
  return `,${lengthText},${rangeText(range)},${pattern === undefined ? "null" : quote(pattern)}`;
}

function rangeText(range: Range | undefined): string {
  if (range === undefined) {
    return "null";
  }
  const [least, most] = [range.least, range.most].map((bound) =>
    bound === undefined ? "null" : quote(boundText(bound)),
  );
  return `[${least},${most},${range.exclusive}]`;
}
