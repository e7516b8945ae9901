/** Values of another process, with the path to each. */

/** Bytes of a text. */
const TEXT = 65_536;
/** The least and the greatest whole number. */
const I64_MIN: bigint = -(2n ** 63n);
/** The greatest whole number. */
export const U64_MAX: bigint = 2n ** 64n - 1n;

/** A form that is none: what is wrong, and where. */
export class FormError extends Error {
  /** Where it stands: `types[3].record[0].type.list`, and nothing for the whole. */
  readonly path: string;
  /** What would be right. */
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`the schema: ${path === "" ? "" : `${path}: `}${reason}`);
    this.name = "FormError";
    this.path = path;
    this.reason = reason;
  }
}

/** A value at its path. */
export class Node {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  error(reason: string): FormError {
    return new FormError(this.#path, reason);
  }

  /** Itself, where it is a map. */
  map(): this {
    if (!this.isMap()) {
      throw this.error("expected a map");
    }
    return this;
  }

  /** What a map has under a key, where it has it. */
  get(key: string): Node | undefined {
    const map = this.#value as Readonly<Record<string, unknown>>;
    if (!Object.hasOwn(map, key)) {
      return undefined;
    }
    return new Node(map[key], this.#path === "" ? key : `${this.#path}.${key}`);
  }

  /** What a map must have under a key. */
  need(key: string): Node {
    const found = this.get(key);
    if (found === undefined) {
      throw this.error(`\`${key}\` is missing`);
    }
    return found;
  }

  /** The elements of a list. */
  items(): readonly Node[] {
    if (!Array.isArray(this.#value)) {
      throw this.error("expected a list");
    }
    return this.#value.map((value: unknown, at) => new Node(value, `${this.#path}[${at}]`));
  }

  /** The elements of a list that a map has under a key; none where it has no such key. */
  list(key: string): readonly Node[] {
    return this.get(key)?.items() ?? [];
  }

  /** A yes or no of a map, which is no where it is not said. */
  flag(key: string): boolean {
    const found = this.get(key);
    if (found !== undefined && !found.is(true) && !found.is(false)) {
      throw found.error("expected true or false");
    }
    return found?.is(true) ?? false;
  }

  is(value: boolean | null): boolean {
    return this.#value === value;
  }

  isInt(): boolean {
    return typeof this.#value === "bigint" || Number.isInteger(this.#value);
  }

  isMap(): boolean {
    return isPlain(this.#value);
  }

  /** The text that it is, however long. */
  string(): string | undefined {
    return typeof this.#value === "string" ? this.#value : undefined;
  }

  text(): string {
    const text = this.string();
    if (text === undefined) {
      throw this.error("expected a text");
    }
    if (text.length > TEXT || Buffer.byteLength(text) > TEXT) {
      throw this.error(`expected at most ${TEXT} bytes`);
    }
    return text;
  }

  /** A whole number, which may be written as text. */
  int(): bigint {
    const value = wholeOf(this.#value);
    if (value === undefined || value < I64_MIN || value > U64_MAX) {
      throw this.error("expected a whole number of 64 bits");
    }
    return value;
  }

  natural(): bigint {
    const value = this.int();
    if (value < 0n) {
      throw this.error("expected a whole number that is not negative");
    }
    return value;
  }
}

/** Whether a text is a whole number that is not negative. */
export function isDigits(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}

function wholeOf(value: unknown): bigint | undefined {
  switch (typeof value) {
    case "bigint":
      return value;
    case "number":
      return Number.isInteger(value) ? BigInt(value) : undefined;
    case "string":
      return isDigits(value.replace(/^-/, "")) ? BigInt(value) : undefined;
    default:
      return undefined;
  }
}

/** Whether this is an object of JSON; other maps have keys that are no texts. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
