/** Values of another process, with the path to each. */

/** Bytes of a text. */
const TEXT = 65_536;
/** The longest integer that is written as text. */
const DIGITS = 40;

/** A value that is not what it should be, and where. */
export class FormError extends Error {
  /** Where it stands: `types[3].record[0].type.list`, and nothing for the whole. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(path === "" ? message : `${path}: ${message}`);
    this.name = "FormError";
    this.path = path;
  }
}

/** How many more parts may be read. */
export interface Parts {
  left: number;
}

/** A value at its path. */
export class Node {
  readonly #value: unknown;
  readonly #path: string;
  readonly #parts: Parts;

  constructor(value: unknown, path: string, parts: Parts) {
    this.#value = value;
    this.#path = path;
    this.#parts = parts;
  }

  error(message: string): FormError {
    return new FormError(this.#path, message);
  }

  /** Counts this as a part of the whole. */
  take(): void {
    this.#parts.left -= 1;
    if (this.#parts.left < 0) {
      throw this.error("it has too many parts");
    }
  }

  /** Itself, where it is a map. */
  map(): this {
    if (typeof this.#value !== "object" || this.#value === null || !isPlain(this.#value)) {
      throw this.error(`expected a map, got ${kindOf(this.#value)}`);
    }
    return this;
  }

  /** What a map has under a key, where it has it. */
  get(key: string): Node | undefined {
    const map = this.#value as Readonly<Record<string, unknown>>;
    if (!Object.hasOwn(map, key)) {
      return undefined;
    }
    return new Node(map[key], this.#path === "" ? key : `${this.#path}.${key}`, this.#parts);
  }

  /** What a map must have under a key. */
  need(key: string): Node {
    const found = this.get(key);
    if (found === undefined) {
      throw this.error(`expected the key \`${key}\``);
    }
    return found;
  }

  /** The elements of a list. */
  items(most: number = Number.POSITIVE_INFINITY): readonly Node[] {
    const list = this.#value;
    if (!Array.isArray(list)) {
      throw this.error(`expected a list, got ${kindOf(list)}`);
    }
    if (list.length > most) {
      throw this.error(`expected at most ${most} entries, got ${list.length}`);
    }
    return list.map((value: unknown, at) => {
      const node = new Node(value, `${this.#path}[${at}]`, this.#parts);
      node.take();
      return node;
    });
  }

  /** The elements of a list that a map has under a key; none where it has no such key. */
  list(key: string, most?: number): readonly Node[] {
    return this.get(key)?.items(most) ?? [];
  }

  /** A yes or no of a map, which is no where it is not said. */
  flag(key: string): boolean {
    const found = this.get(key);
    if (found !== undefined && typeof found.#value !== "boolean") {
      throw found.error(`expected a bool, got ${kindOf(found.#value)}`);
    }
    return found !== undefined && found.#value === true;
  }

  isTrue(): boolean {
    return this.#value === true;
  }

  isFalse(): boolean {
    return this.#value === false;
  }

  isNil(): boolean {
    return this.#value === null;
  }

  isText(): boolean {
    return typeof this.#value === "string";
  }

  isInt(): boolean {
    return typeof this.#value === "bigint" || typeof this.#value === "number";
  }

  text(): string {
    const text = this.#value;
    if (typeof text !== "string") {
      throw this.error(`expected a text, got ${kindOf(text)}`);
    }
    if (text.length > TEXT || Buffer.byteLength(text) > TEXT) {
      throw this.error(`expected a text of at most ${TEXT} bytes`);
    }
    return text;
  }

  /** An integer, which may be written as text. */
  int(): bigint {
    const value = this.#value;
    if (typeof value === "bigint") {
      return value;
    }
    if (typeof value === "number" && Number.isSafeInteger(value)) {
      return BigInt(value);
    }
    if (typeof value === "string" && value.length <= DIGITS && /^-?\d+$/.test(value)) {
      return BigInt(value);
    }
    throw this.error(`expected an integer, got ${kindOf(value)}`);
  }

  natural(): bigint {
    const value = this.int();
    if (value < 0n || value >= 2n ** 64n) {
      throw this.error("expected an integer of 64 bits that is not negative");
    }
    return value;
  }

  /** An integer from 0 to `most`. */
  small(most: number): number {
    const value = this.int();
    if (value < 0n || value > BigInt(most)) {
      throw this.error(`expected an integer from 0 to ${most}`);
    }
    return Number(value);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) {
    return "nil";
  }
  if (Array.isArray(value)) {
    return "a list";
  }
  switch (typeof value) {
    case "string":
      return "a text";
    case "boolean":
      return "a bool";
    case "bigint":
    case "number":
      return "a number";
    default:
      return isPlain(Object(value)) ? "a map" : "a value of another kind";
  }
}
