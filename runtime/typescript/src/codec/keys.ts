/** Keys: the names of a record's fields, ready to be compared with bytes and to be written. */

import { concealing } from "./sensitive.js";

/** What {@link Keys.find} gives for a name that is not there. */
export const UNKNOWN = -1;

/** The names of a record's fields, in their order. */
export class Keys {
  /** The names. */
  readonly names: readonly string[];
  /** Whether other fields are refused. */
  readonly strict: boolean;
  /** Each name as MsgPack. */
  readonly packed: readonly Uint8Array[];
  /** Where a name's own bytes begin in its packed form. */
  readonly #heads: readonly number[];
  readonly #slots: Int32Array;
  readonly #mask: number;
  #hidden: ReadonlySet<string> | undefined;
  #prototype: object | undefined;

  constructor(names: readonly string[], strict: boolean) {
    this.names = names;
    this.strict = strict;
    const packed = names.map(pack);
    this.packed = packed.map(([bytes]) => bytes);
    this.#heads = packed.map(([, head]) => head);
    let size = 4;
    while (size < names.length * 2) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size).fill(UNKNOWN);
    this.packed.forEach((bytes, at) => {
      const head = this.#heads[at] as number;
      let slot = hash(bytes, head, bytes.length - head) & this.#mask;
      while (this.#slots[slot] !== UNKNOWN) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = at;
    });
  }

  /** Says which of the fields are `@sensitive`: their values are never shown. */
  hiding(...names: readonly string[]): this {
    this.#hidden = new Set(names);
    this.#prototype = concealing(this.#hidden);
    return this;
  }

  /** Whether the values of this field are never shown. */
  hides(name: string): boolean {
    return this.#hidden?.has(name) ?? false;
  }

  /** The same record; what shows it shows nothing of the fields that are hidden. */
  conceal<T extends object>(record: T): T {
    return Object.setPrototypeOf(record, this.#prototype ?? Object.prototype) as T;
  }

  /** The place of the name whose bytes stand in `buf`, or {@link UNKNOWN}. */
  find(buf: Uint8Array, start: number, length: number): number {
    let slot = hash(buf, start, length) & this.#mask;
    for (;;) {
      const at = this.#slots[slot] as number;
      if (at === UNKNOWN) return UNKNOWN;
      const packed = this.packed[at] as Uint8Array;
      const head = this.#heads[at] as number;
      if (packed.length - head === length) {
        let same = 0;
        while (same < length && packed[head + same] === buf[start + same]) same++;
        if (same === length) return at;
      }
      slot = (slot + 1) & this.#mask;
    }
  }
}

function pack(name: string): [bytes: Uint8Array, head: number] {
  const text = Buffer.from(name);
  const length = text.length;
  let head: number[];
  if (length < 32) head = [0xa0 | length];
  else if (length < 0x100) head = [0xd9, length];
  else if (length < 0x1_0000) head = [0xda, length >> 8, length & 0xff];
  else head = [0xdb, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  return [new Uint8Array([...head, ...text]), head.length];
}

/** FNV-1a. */
function hash(buf: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ (buf[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
