/** What goes wrong while reading and while writing: a reason in a word, a sentence, and the path of the field. */

/**
 * Why a payload was refused.
 *
 * - `type`: a value of another type
 * - `range`: a number that the type cannot hold
 * - `value`: a text or an extension that does not mean a value of the type
 * - `length`: a tuple of another length
 * - `missing-field`, `duplicate`: a required field is not there, a field or key appears twice
 * - `unknown-field`, `unknown-variant`: a strict type has no such field or variant
 * - `key`: a key that no map may have
 * - `utf8`: text that is no UTF-8
 * - `depth`, `budget`: more than 100 containers inside each other, too much memory for the payload's length
 * - `truncated`, `trailing`, `malformed`: the payload ends too early, too late, or is no MsgPack
 * - `constraint`: a value that breaks the `@len`, `@range` or `@pattern` of its type
 */
export type Reason =
  | "type"
  | "range"
  | "value"
  | "length"
  | "missing-field"
  | "duplicate"
  | "unknown-field"
  | "unknown-variant"
  | "key"
  | "utf8"
  | "depth"
  | "budget"
  | "truncated"
  | "trailing"
  | "malformed"
  | "constraint";

/** How many characters of a name that came from outside a message shows. */
const SHOWN = 64;
/** How many characters of a text that breaks its pattern a message shows. */
const SHOWN_VALUE = 40;
/** What stands for a value that is never shown. */
export const REDACTED = "<redacted>";

/**
 * A payload that is not a value of its type.
 *
 * The message begins with the path: `legs[2].depth: expected u32, got string`.
 */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  /** Why it was refused. */
  readonly reason: Reason;
  /** Where it was wrong, such as `legs[2].depth`; empty for the payload itself. */
  path = "";
  #text: string;
  readonly #redacted: string;

  /** `redacted` is what `text` says without the value that it shows. */
  constructor(reason: Reason, text: string, redacted: string = text, options?: ErrorOptions) {
    super(text, options);
    this.reason = reason;
    this.#text = text;
    this.#redacted = redacted;
  }

  /** The same error, seen from what holds the value: `segment` is `field`, `[2]` or `["key"]`. */
  within(segment: string): this {
    this.path = this.path === "" || this.path.startsWith("[") ? segment + this.path : `${segment}.${this.path}`;
    this.message = `${this.path}: ${this.#text}`;
    // The stack begins with the message of the moment when it was taken.
    Error.captureStackTrace(this, this.within);
    return this;
  }

  /** The same error without anything of the value: neither what it is nor, where it holds others, their keys. */
  redact(): this {
    this.path = "";
    this.#text = this.#redacted;
    this.message = this.#text;
    delete (this as { cause?: unknown }).cause;
    Error.captureStackTrace(this, this.redact);
    return this;
  }
}

/** A value that has no form on the wire. The message begins with the path, where there is one. */
export class EncodeError extends Error {
  override readonly name = "EncodeError";
  /** Where it was wrong, such as `legs[2].depth`; empty for the value itself. */
  readonly path: string;
  readonly #text: string;

  constructor(text: string, path = "") {
    super(path === "" ? text : `${path}: ${text}`);
    this.path = path;
    this.#text = text;
  }

  /** What was wrong, without the path. */
  get text(): string {
    return this.#text;
  }
}

/** A name that came from outside, short enough to be shown. */
export function shown(name: string): string {
  return name.length <= SHOWN ? name : Array.from(name).slice(0, SHOWN).join("");
}

/** A text that came from outside in quotes, short enough to be shown. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= SHOWN_VALUE ? text : Array.from(text).slice(0, SHOWN_VALUE).join(""));
}

/** How a value is called whose first byte is `marker`. */
export function nameOfMarker(marker: number): string {
  if (marker < 0x80 || marker >= 0xe0 || (marker >= 0xcc && marker <= 0xd3)) return "int";
  if (marker < 0x90 || marker >= 0xde) return "map";
  if (marker < 0xa0 || marker >= 0xdc) return "list";
  if (marker < 0xc0 || marker >= 0xd9) return "string";
  switch (marker) {
    case 0xc0:
      return "nil";
    case 0xc2:
    case 0xc3:
      return "bool";
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return "bytes";
    case 0xca:
    case 0xcb:
      return "float";
    default:
      return "an extension";
  }
}

/** How a value of JavaScript is called in a message. */
export function nameOfValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") {
    const name: unknown = value.constructor?.name;
    return name === "Object" || typeof name !== "string" || name === "" ? "an object" : name;
  }
  return typeof value;
}
