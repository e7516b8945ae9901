/**
 * A schema as it looks on the wire.
 *
 * @module
 */

import type { ResponseKind } from "../constants.js";

/** What two programs say to each other. */
export interface Interface {
  /** The package of the schema, where it has a name. */
  readonly package: string | undefined;
  /** The declared types; a type of the kind `named` indexes them. */
  readonly types: readonly Named[];
  /** The methods of all services. */
  readonly methods: readonly Method[];
  /** The events of all services. */
  readonly events: readonly Event[];
  /** What the parent answers for the child. */
  readonly callbacks: readonly Callback[];
  /** Names of methods and events that may not be used again. */
  readonly reserved: readonly string[];
}

/** A declared type. */
export interface Named {
  /** Its name, for messages. */
  readonly name: string;
  /** What it is. */
  readonly kind: Kind;
}

/** A map with these entries. */
export interface RecordKind {
  readonly kind: "record";
  /** Other entries are refused. */
  readonly strict: boolean;
  readonly fields: readonly Field[];
  /** Names that may not be used again. */
  readonly reserved: readonly string[];
}

/** One of several variants. */
export interface EnumKind {
  readonly kind: "enum";
  /** Other variants are refused. */
  readonly strict: boolean;
  /** How a value looks. */
  readonly form: Form;
  readonly variants: readonly Variant[];
  /** Names that may not be used again. */
  readonly reserved: readonly string[];
}

/** What a declared type is. */
export type Kind =
  | RecordKind
  | EnumKind
  /** On the wire as another type. */
  | { readonly kind: "transparent"; readonly target: Type }
  /** Read as another type, and as an extension of it, which is what is written where `write` says so. */
  | { readonly kind: "ext"; readonly code: number; readonly write: boolean; readonly target: Type };

/** What a reader takes where a field is absent: as a schema writes it, or `true` where that is not known. */
export type Default = string | true;

/** An entry of a map. */
export interface Field {
  /** Its key. */
  readonly name: string;
  /** Its type; of `f?: T` it is T. */
  readonly type: Type;
  /** A writer may leave it out. */
  readonly mayBeLeftOut: boolean;
  /** What a reader takes where it is absent; `undefined` where there is no default. */
  readonly default: Default | undefined;
}

/** Whether a reader refuses a map without this entry. */
export function isNeeded(field: Field): boolean {
  return !field.mayBeLeftOut && field.default === undefined && field.type.kind !== "nullable";
}

/** How a value of an enum looks. */
export type Form =
  /** A string. */
  | { readonly kind: "name" }
  /** An integer of this range. */
  | { readonly kind: "number"; readonly least: bigint; readonly most: bigint }
  /** A map in which this key names the variant. */
  | { readonly kind: "tagged"; readonly tag: string }
  /** A string, or a map whose one key names the variant. */
  | { readonly kind: "external" };

/** That a call may be tried again, and after how many microseconds. */
export interface Retry {
  readonly after: bigint | undefined;
}

/** A variant. */
export interface Variant {
  /** Its name on the wire. */
  readonly name: string;
  /** Its number, where the form is one. */
  readonly number: bigint | undefined;
  /** What it carries. */
  readonly data: Payload;
  /** Names of its fields that may not be used again. */
  readonly reserved: readonly string[];
  /** Of an error's variant: whether it is worth another try. */
  readonly retry: Retry | undefined;
}

/** What a variant, a request or an event carries. */
export type Payload =
  /** A map with these entries; none where there is nothing to say. */
  | { readonly kind: "fields"; readonly fields: readonly Field[] }
  /** Values without names; of a request one, which is the payload. */
  | { readonly kind: "values"; readonly types: readonly Type[] };

/** A type at one place. */
export type Type =
  | { readonly kind: Plain }
  /** An integer from the first to the second. */
  | { readonly kind: "int"; readonly least: bigint; readonly most: bigint }
  | { readonly kind: "list"; readonly of: Type }
  | { readonly kind: "tuple"; readonly types: readonly Type[] }
  | { readonly kind: "map"; readonly key: Type; readonly value: Type }
  | { readonly kind: "nullable"; readonly of: Type }
  /** An entry of {@link Interface.types}. */
  | { readonly kind: "named"; readonly index: number }
  /** A type whose values satisfy more. */
  | { readonly kind: "constrained"; readonly of: Type; readonly constraints: Constraints };

/** The kinds of types that need no more words. `unknown` agrees with everything. */
export type Plain =
  | "bool"
  | "string"
  | "f32"
  | "f64"
  | "bytes"
  | "timestamp"
  | "timestamp_precise"
  | "duration"
  | "uuid"
  | "any"
  | "unit"
  | "unknown";

/** What a value must satisfy beyond its type. */
export interface Constraints {
  /** The least and the greatest length. */
  readonly length: { readonly least: bigint; readonly most: bigint | undefined } | undefined;
  readonly range: Range | undefined;
  readonly pattern: string | undefined;
}

/** The bounds of a number or a duration. */
export interface Range {
  readonly least: Bound | undefined;
  readonly most: Bound | undefined;
  /** Whether the greatest value itself is excluded. */
  readonly exclusive: boolean;
}

/** A bound: an integer, a number with a fraction, or microseconds. */
export type Bound =
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "duration"; readonly value: bigint };

/** A method. */
export interface Method {
  /** The service that declares it, for messages. */
  readonly service: string;
  /** Its name on the wire. */
  readonly name: string;
  /** How it answers. */
  readonly response: ResponseKind;
  readonly request: Payload;
  /** What it answers; nil where it answers nothing. */
  readonly answer: Type;
  /** Its declared errors, entries of {@link Interface.types}. */
  readonly throws: readonly number[];
  /** Names of its parameters that may not be used again. */
  readonly reserved: readonly string[];
  /** Its deadline in microseconds. */
  readonly timeout: bigint | undefined;
  /** It may be sent again. */
  readonly idempotent: boolean;
  /** A peer without it is fine. */
  readonly since: boolean;
  /** The payloads are bytes without MsgPack around them. */
  readonly raw: boolean;
}

/** An event. */
export interface Event {
  /** The service that declares it, for messages. */
  readonly service: string;
  /** Its name on the wire. */
  readonly name: string;
  readonly payload: Payload;
  /** Names of its parameters that may not be used again. */
  readonly reserved: readonly string[];
  /** A peer without it is fine. */
  readonly since: boolean;
  /** The payload is bytes without MsgPack around them. */
  readonly raw: boolean;
}

/** A method that the child calls: its name is the whole path, and its service the namespace. */
export interface Callback extends Method {
  /** A module of the schema does not start without it. */
  readonly required: boolean;
}
