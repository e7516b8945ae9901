/**
 * The interchange form of a schema: what `$schema` answers, and what generated code carries as JSON.
 *
 * @module
 */

import { RESPONSES, type ResponseKind } from "../constants.js";
import type {
  Bound,
  Callback,
  Constraints,
  Event,
  Field,
  Form,
  Interface,
  Kind,
  Method,
  Named,
  Payload,
  Plain,
  Range,
  Retry,
  Type,
  Variant,
} from "./interface.js";
import { Node, type Parts } from "./node.js";

/** The version of the form. */
const VERSION = 1n;
/** Declared types. */
const TYPES = 65_536;
/** Methods, events and callbacks together. */
const MEMBERS = 65_536;
/** Types inside of one another at one place. */
const NESTING = 64;
/** Newtypes, extensions and constraints one behind the other. */
const CHAIN = 64;

const PLAIN: ReadonlySet<string> = new Set<Plain>([
  "bool",
  "string",
  "f32",
  "f64",
  "bytes",
  "timestamp",
  "timestamp_precise",
  "duration",
  "uuid",
  "any",
  "unit",
  "unknown",
]);

/** An integer type by its name. */
const INT = /^([iu])(8|16|32|64)$/;

const UNIT: Type = { kind: "unit" };
const NOTHING: Payload = { kind: "fields", fields: [] };

/**
 * Reads a form, which may come from another process: nothing in it is believed.
 *
 * @param form The value as JSON or MsgPack gave it.
 * @throws {FormError} where it is none
 */
export function readForm(form: unknown): Interface {
  const parts: Parts = { left: 1_000_000 };
  const root = new Node(form, "", parts).map();
  const version = root.need("ipc");
  if (version.int() !== VERSION) {
    throw version.error(`expected the version ${VERSION}`);
  }
  const types = root.list("types", TYPES);
  const reader = new FormReader(types.length);
  const named = types.map((type) => reader.named(type));
  reader.chains(types, named);
  let members = MEMBERS;
  const listed = (key: string): readonly Node[] => {
    const list = root.list(key, members);
    members -= list.length;
    return list;
  };
  const methods = listed("methods");
  const events = listed("events");
  const callbacks = listed("callbacks");
  return {
    package: root.get("package")?.text(),
    types: named,
    methods: methods.map((method) => reader.method(method, named)),
    events: events.map((event) => reader.event(event)),
    callbacks: callbacks.map((callback) => reader.callback(callback, named)),
    reserved: texts(root, "reserved"),
  };
}

function texts(node: Node, key: string): readonly string[] {
  return node.list(key).map((text) => text.text());
}

class FormReader {
  readonly #types: number;

  constructor(types: number) {
    this.#types = types;
  }

  named(node: Node): Named {
    node.map();
    return { name: node.need("name").text(), kind: this.#kind(node) };
  }

  /** Refuses newtypes and extensions that lead to nothing, or to it too slowly. */
  chains(nodes: readonly Node[], types: readonly Named[]): void {
    for (const [at, { kind }] of types.entries()) {
      let type = "target" in kind ? kind.target : undefined;
      for (let steps = 1; type !== undefined; steps++) {
        if (steps > CHAIN) {
          const error = `expected a type within ${CHAIN} steps`;
          throw nodes[at]?.need("is").error(error) ?? new Error(error);
        }
        if (type.kind === "constrained") {
          type = type.of;
          continue;
        }
        const next: Kind | undefined = type.kind === "named" ? types[type.index]?.kind : undefined;
        type = next !== undefined && "target" in next ? next.target : undefined;
      }
    }
  }

  #kind(node: Node): Kind {
    const record = node.get("record");
    if (record !== undefined) {
      const fields = record.items().map((field) => this.#field(field));
      return { kind: "record", strict: node.flag("strict"), fields, reserved: texts(node, "reserved") };
    }
    const variants = node.get("enum");
    if (variants !== undefined) {
      const form = readEnumForm(node.need("form"));
      return {
        kind: "enum",
        strict: node.flag("strict"),
        form,
        variants: variants.items().map((variant) => this.#variant(variant, form)),
        reserved: texts(node, "reserved"),
      };
    }
    const code = node.get("ext");
    const target = node.get("is");
    if (target === undefined) {
      throw node.error("expected one of the keys `record`, `enum`, `is` and `ext`");
    }
    const type = this.#type(target);
    return code === undefined
      ? { kind: "transparent", target: type }
      : { kind: "ext", code: code.small(0xff), write: node.flag("write"), target: type };
  }

  #field(node: Node): Field {
    node.map();
    const given = node.get("default");
    return {
      name: node.need("name").text(),
      type: this.#type(node.need("type")),
      mayBeLeftOut: node.flag("optional"),
      default: given === undefined ? undefined : given.isTrue() ? true : given.text(),
    };
  }

  #variant(node: Node, form: Form): Variant {
    node.map();
    return {
      name: node.need("name").text(),
      number: form.kind === "number" ? node.need("number").int() : undefined,
      data: this.#payload(node),
      reserved: texts(node, "reserved"),
      retry: readRetry(node.get("retry")),
    };
  }

  #payload(node: Node | undefined): Payload {
    const fields = node?.get("fields");
    if (fields !== undefined) {
      return { kind: "fields", fields: fields.items().map((field) => this.#field(field)) };
    }
    const values = node?.get("values");
    return values === undefined ? NOTHING : { kind: "values", types: values.items().map((value) => this.#type(value)) };
  }

  method(node: Node, types: readonly Named[]): Method {
    node.map();
    const answer = node.get("answer");
    return {
      service: node.get("service")?.text() ?? "",
      name: node.need("name").text(),
      response: readResponse(node.need("response")),
      request: this.#payload(node.get("request")?.map()),
      answer: answer === undefined ? UNIT : this.#type(answer),
      throws: node.list("throws").map((thrown) => {
        const index = this.#index(thrown);
        if (types[index]?.kind.kind !== "enum") {
          throw thrown.error("expected an enum");
        }
        return index;
      }),
      reserved: texts(node, "reserved"),
      timeout: node.get("timeout")?.natural(),
      idempotent: node.flag("idempotent"),
      since: node.flag("since"),
      raw: node.flag("raw"),
    };
  }

  event(node: Node): Event {
    node.map();
    return {
      service: node.get("service")?.text() ?? "",
      name: node.need("name").text(),
      payload: this.#payload(node.get("payload")?.map()),
      reserved: texts(node, "reserved"),
      since: node.flag("since"),
      raw: node.flag("raw"),
    };
  }

  callback(node: Node, types: readonly Named[]): Callback {
    return { ...this.method(node, types), required: node.flag("required") };
  }

  #index(node: Node): number {
    const index = node.small(Number.MAX_SAFE_INTEGER);
    if (index >= this.#types) {
      throw node.error(`expected the index of a type, below ${this.#types}`);
    }
    return index;
  }

  #type(node: Node, level = 0): Type {
    if (level > NESTING) {
      throw node.error(`expected at most ${NESTING} types inside of one another`);
    }
    node.take();
    if (node.isInt()) {
      return { kind: "named", index: this.#index(node) };
    }
    if (node.isText()) {
      return readPlain(node);
    }
    node.map();
    const list = node.get("list");
    if (list !== undefined) {
      return { kind: "list", of: this.#type(list, level + 1) };
    }
    const tuple = node.get("tuple");
    if (tuple !== undefined) {
      return { kind: "tuple", types: tuple.items().map((element) => this.#type(element, level + 1)) };
    }
    const map = node.get("map");
    if (map !== undefined) {
      const [key, value, ...more] = map.items();
      if (key === undefined || value === undefined || more.length > 0) {
        throw map.error("expected the types of the keys and the values");
      }
      return { kind: "map", key: this.#type(key, level + 1), value: this.#type(value, level + 1) };
    }
    const nullable = node.get("nullable");
    if (nullable !== undefined) {
      return { kind: "nullable", of: this.#type(nullable, level + 1) };
    }
    const of = node.get("of");
    if (of !== undefined) {
      return { kind: "constrained", of: this.#type(of, level + 1), constraints: readConstraints(node) };
    }
    throw node.error("expected a type: one of the keys `list`, `tuple`, `map`, `nullable` and `of`");
  }
}

function readPlain(node: Node): Type {
  const name = node.text();
  if (PLAIN.has(name)) {
    return { kind: name as Plain };
  }
  const int = readInt(name);
  if (int === undefined) {
    throw node.error("expected the name of a type");
  }
  return { kind: "int", ...int };
}

function readInt(name: string): { readonly least: bigint; readonly most: bigint } | undefined {
  const [, sign, bits] = INT.exec(name) ?? [];
  if (bits === undefined) {
    return undefined;
  }
  return sign === "u"
    ? { least: 0n, most: 2n ** BigInt(bits) - 1n }
    : { least: -(2n ** (BigInt(bits) - 1n)), most: 2n ** (BigInt(bits) - 1n) - 1n };
}

function readEnumForm(node: Node): Form {
  if (!node.isText()) {
    return { kind: "tagged", tag: node.map().need("tag").text() };
  }
  const name = node.text();
  if (name === "name" || name === "external") {
    return { kind: name };
  }
  const int = readInt(name);
  if (int === undefined) {
    throw node.error("expected the form of an enum: `name`, `external`, an integer type or a tag");
  }
  return { kind: "number", ...int };
}

function readRetry(node: Node | undefined): Retry | undefined {
  if (node === undefined || node.isFalse()) {
    return undefined;
  }
  return { after: node.isTrue() ? undefined : node.natural() };
}

function readResponse(node: Node): ResponseKind {
  const name = node.text();
  const kind = RESPONSES.find((known) => known === name);
  if (kind === undefined) {
    throw node.error("expected result, stream, ack or none");
  }
  return kind;
}

function readConstraints(node: Node): Constraints {
  const [length, range] = [node.get("len"), node.get("range")];
  return {
    length: length === undefined ? undefined : readLength(length),
    range: range === undefined ? undefined : readRange(range, node.flag("below")),
    pattern: node.get("pattern")?.text(),
  };
}

/** Two values of a list. */
function two(node: Node): readonly [Node, Node] {
  const [least, most, ...more] = node.items();
  if (least === undefined || most === undefined || more.length > 0) {
    throw node.error("expected the least and the greatest value");
  }
  return [least, most];
}

function readLength(node: Node): NonNullable<Constraints["length"]> {
  const [least, most] = two(node);
  return {
    least: least.isNil() ? 0n : least.natural(),
    most: most.isNil() ? undefined : most.natural(),
  };
}

function readRange(node: Node, exclusive: boolean): Range {
  const [least, most] = two(node);
  return { least: readBound(least), most: readBound(most), exclusive };
}

const UNITS: Readonly<Record<string, bigint>> = { h: 3_600_000_000n, m: 60_000_000n, s: 1_000_000n, ms: 1000n, us: 1n };

function readBound(node: Node): Bound | undefined {
  if (node.isNil()) {
    return undefined;
  }
  const text = node.text();
  if (text.length <= 40 && /^-?\d+$/.test(text)) {
    return { kind: "int", value: BigInt(text) };
  }
  const [, count, unit] = /^(\d{1,19})(h|m|s|ms|us)$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) {
    return { kind: "duration", value: BigInt(count) * (UNITS[unit] ?? 1n) };
  }
  const value = /^-?\d+(?:\.\d+)?(?:e-?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) {
    throw node.error("expected a bound as a schema writes it");
  }
  return { kind: "float", value };
}
