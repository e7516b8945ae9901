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
  Default,
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
import { FormError, isDigits, Node, U64_MAX } from "./node.js";

/** The version of the form. */
const VERSION = 1n;
/** Declared types. */
const TYPES = 65_536;
/** Methods, events and callbacks together. */
const MEMBERS = 65_536;
/** Fields, variants and types of all places. */
const PARTS = 1_000_000;
/** The last code of an extension. */
const LAST_CODE = 127n;
/** Types inside of one another at one place. */
const NESTING = 64;
/** Newtypes and extensions that are only another name for the next. */
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
  const root = new Node(form, "").map();
  const version = root.need("ipc");
  if (version.int() !== VERSION) {
    throw version.error(`expected ${VERSION}`);
  }
  const types = root.list("types");
  if (types.length > TYPES) {
    throw root.need("types").error(`expected at most ${TYPES} types`);
  }
  const reader = new FormReader(types.length);
  const read: Interface = {
    package: root.get("package")?.text(),
    types: types.map((type) => reader.named(type)),
    methods: root.list("methods").map((method) => reader.method(method)),
    events: root.list("events").map((event) => reader.event(event)),
    callbacks: root.list("callbacks").map((callback) => reader.callback(callback)),
    reserved: texts(root, "reserved"),
  };
  checkChains(read.types);
  checkThrows(read, "methods");
  checkThrows(read, "callbacks");
  return read;
}

/** Refuses types that are only another name for themselves, at any length. */
function checkChains(types: readonly Named[]): void {
  for (const at of types.keys()) {
    let length = 0;
    for (let next: number | undefined = at; next !== undefined; next = targetOf(types[next]?.kind)) {
      if (length > CHAIN) {
        throw new FormError(`types[${at}].is`, `expected at most ${CHAIN} types that stand for each other`);
      }
      length += 1;
    }
  }
}

function targetOf(kind: Kind | undefined): number | undefined {
  let type = kind !== undefined && "target" in kind ? kind.target : undefined;
  while (type?.kind === "constrained") {
    type = type.of;
  }
  return type?.kind === "named" ? type.index : undefined;
}

function checkThrows(read: Interface, list: "methods" | "callbacks"): void {
  for (const [at, { throws }] of read[list].entries()) {
    const wrong = throws.findIndex((index) => read.types[index]?.kind.kind !== "enum");
    if (wrong !== -1) {
      throw new FormError(`${list}[${at}].throws[${wrong}]`, "expected an enum");
    }
  }
}

function texts(node: Node, key: string): readonly string[] {
  return node.list(key).map((text) => text.text());
}

class FormReader {
  readonly #types: number;
  #members = 0;
  #parts = 0;

  constructor(types: number) {
    this.#types = types;
  }

  #part(node: Node): void {
    this.#parts += 1;
    if (this.#parts > PARTS) {
      throw node.error(`expected at most ${PARTS} fields, variants and types`);
    }
  }

  #member(node: Node): void {
    this.#members += 1;
    if (this.#members > MEMBERS) {
      throw node.error(`expected at most ${MEMBERS} methods, events and callbacks`);
    }
    node.map();
  }

  named(node: Node): Named {
    node.map();
    const name = node.need("name").text();
    const strict = node.flag("strict");
    const reserved = texts(node, "reserved");
    const [record, variants, target] = [node.get("record"), node.get("enum"), node.get("is")];
    if (record !== undefined) {
      return { name, kind: { kind: "record", strict, fields: this.#fields(record), reserved } };
    }
    if (variants !== undefined) {
      const form = readEnumForm(node.need("form"));
      const read = variants.items().map((variant) => this.#variant(variant, form));
      return { name, kind: { kind: "enum", strict, form, variants: read, reserved } };
    }
    if (target === undefined) {
      throw node.error("expected `record`, `enum` or `is`");
    }
    const type = this.#type(target);
    const code = node.get("ext");
    if (code === undefined) {
      return { name, kind: { kind: "transparent", target: type } };
    }
    const number = code.int();
    if (number < 0n || number > LAST_CODE) {
      throw code.error(`expected a code from 0 to ${LAST_CODE}`);
    }
    return { name, kind: { kind: "ext", code: Number(number), write: node.flag("write"), target: type } };
  }

  #fields(node: Node): readonly Field[] {
    return node.items().map((field) => this.#field(field));
  }

  #field(node: Node): Field {
    this.#part(node);
    node.map();
    const given = readDefault(node.get("default"));
    return {
      name: node.need("name").text(),
      type: this.#type(node.need("type")),
      mayBeLeftOut: node.flag("optional"),
      default: given,
    };
  }

  #variant(node: Node, form: Form): Variant {
    this.#part(node);
    node.map();
    const name = node.need("name").text();
    const number = form.kind === "number" ? node.need("number") : node.get("number");
    return {
      name,
      number: number?.int(),
      retry: readRetry(node.get("retry")),
      data: this.#payload(node),
      reserved: texts(node, "reserved"),
    };
  }

  /** What stands under `fields` or `values`; no fields where neither does. */
  #payload(node: Node | undefined): Payload {
    const fields = node?.map().get("fields");
    if (fields !== undefined) {
      return { kind: "fields", fields: this.#fields(fields) };
    }
    const values = node?.get("values");
    return values === undefined ? NOTHING : { kind: "values", types: this.#all(values, 0) };
  }

  method(node: Node): Method {
    this.#member(node);
    const response = node.need("response");
    const throws = node.list("throws");
    const answer = node.get("answer");
    return {
      service: node.need("service").text(),
      name: node.need("name").text(),
      response: readResponse(response),
      request: this.#payload(node.get("request")),
      answer: answer === undefined ? UNIT : this.#type(answer),
      throws: throws.map((thrown) => this.#index(thrown)),
      reserved: texts(node, "reserved"),
      timeout: node.get("timeout")?.natural(),
      idempotent: node.flag("idempotent"),
      since: node.flag("since"),
      raw: node.flag("raw"),
    };
  }

  event(node: Node): Event {
    this.#member(node);
    return {
      service: node.need("service").text(),
      name: node.need("name").text(),
      payload: this.#payload(node.get("payload")),
      reserved: texts(node, "reserved"),
      since: node.flag("since"),
      raw: node.flag("raw"),
    };
  }

  callback(node: Node): Callback {
    return { ...this.method(node), required: node.flag("required") };
  }

  #index(node: Node): number {
    const index = node.int();
    if (index < 0n || index >= BigInt(this.#types)) {
      throw node.error(`there is no type ${index}`);
    }
    return Number(index);
  }

  #all(node: Node, depth: number): readonly Type[] {
    return node.items().map((type) => this.#type(type, depth));
  }

  #type(node: Node, depth = 0): Type {
    this.#part(node);
    if (depth > NESTING) {
      throw node.error(`expected a type that nests at most ${NESTING} deep`);
    }
    if (node.isInt()) {
      return { kind: "named", index: this.#index(node) };
    }
    if (node.isMap()) {
      return this.#composite(node, depth + 1);
    }
    const name = node.string();
    if (name === undefined) {
      throw node.error("expected a type");
    }
    if (isDigits(name)) {
      return { kind: "named", index: this.#index(node) };
    }
    const plain = readPlain(name);
    if (plain === undefined) {
      throw node.error("expected the name of a type");
    }
    return plain;
  }

  #composite(node: Node, depth: number): Type {
    const list = node.get("list");
    if (list !== undefined) {
      return { kind: "list", of: this.#type(list, depth) };
    }
    const tuple = node.get("tuple");
    if (tuple !== undefined) {
      return { kind: "tuple", types: this.#all(tuple, depth) };
    }
    const nullable = node.get("nullable");
    if (nullable !== undefined) {
      return { kind: "nullable", of: this.#type(nullable, depth) };
    }
    const map = node.get("map");
    if (map !== undefined) {
      const [key, value, ...more] = this.#all(map, depth);
      if (key === undefined || value === undefined || more.length > 0) {
        throw map.error("expected two types");
      }
      return { kind: "map", key, value };
    }
    const of = node.get("of");
    if (of !== undefined) {
      return { kind: "constrained", of: this.#type(of, depth), constraints: readConstraints(node) };
    }
    throw node.error("expected list, tuple, map, nullable or of");
  }
}

function readPlain(name: string): Type | undefined {
  if (PLAIN.has(name)) {
    return { kind: name as Plain };
  }
  const int = readInt(name);
  return int === undefined ? undefined : { kind: "int", ...int };
}

function readInt(name: string): { readonly least: bigint; readonly most: bigint } | undefined {
  const [, sign, bits] = INT.exec(name) ?? [];
  if (bits === undefined) {
    return undefined;
  }
  const half = 2n ** (BigInt(bits) - 1n);
  return sign === "u" ? { least: 0n, most: 2n * half - 1n } : { least: -half, most: half - 1n };
}

function readEnumForm(node: Node): Form {
  const tag = node.isMap() ? node.get("tag") : undefined;
  if (tag !== undefined) {
    return { kind: "tagged", tag: tag.text() };
  }
  const name = node.string() ?? "";
  if (name === "name" || name === "external") {
    return { kind: name };
  }
  const int = readInt(name);
  if (int === undefined) {
    throw node.error("expected name, external, an integer type or a tag");
  }
  return { kind: "number", ...int };
}

function readDefault(node: Node | undefined): Default | undefined {
  if (node === undefined || node.is(false)) {
    return undefined;
  }
  if (node.is(true)) {
    return true;
  }
  if (node.string() === undefined) {
    throw node.error("expected a text or true");
  }
  return node.text();
}

function readRetry(node: Node | undefined): Retry | undefined {
  if (node === undefined || node.is(false)) {
    return undefined;
  }
  return { after: node.is(true) ? undefined : node.natural() };
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
    range: range === undefined ? undefined : readRange(range, node),
    pattern: node.get("pattern")?.text(),
  };
}

function readLength(node: Node): NonNullable<Constraints["length"]> {
  const [least, most, ...more] = node.items();
  if (least === undefined || most === undefined || more.length > 0) {
    throw node.error("expected two numbers, or null as the second");
  }
  const longest = most.is(null) ? undefined : most.natural();
  return { least: least.natural(), most: longest };
}

function readRange(node: Node, type: Node): Range {
  const [least, most, ...more] = node.items();
  if (least === undefined || most === undefined || more.length > 0) {
    throw node.error("expected two bounds");
  }
  return { least: readBound(least), most: readBound(most), exclusive: type.flag("below") };
}

const UNITS: Readonly<Record<string, bigint>> = { h: 3_600_000_000n, m: 60_000_000n, s: 1_000_000n, ms: 1000n, us: 1n };

/** A bound as a schema writes it, or nil. */
function readBound(node: Node): Bound | undefined {
  if (node.is(null)) {
    return undefined;
  }
  const text = node.text();
  if (/^-?\d{1,20}$/.test(text)) {
    return { kind: "int", value: BigInt(text) };
  }
  const [, count = "", unit = ""] = /^(\d{1,20})(h|m|s|ms|us)$/.exec(text) ?? [];
  const scale = UNITS[unit];
  if (scale !== undefined && BigInt(count) * scale <= U64_MAX) {
    return { kind: "duration", value: BigInt(count) * scale };
  }
  const isFloat = /^-?\d+(?:\.\d+(?:e-?\d+)?|e-?\d+)$/.test(text);
  if (!isFloat || !Number.isFinite(Number(text))) {
    throw node.error("expected a whole number, a float or a duration");
  }
  return { kind: "float", value: Number(text) };
}
