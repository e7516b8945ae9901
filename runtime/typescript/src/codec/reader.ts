/**
 * Reader: one cursor over a payload, the only owner of the rules that hold for every payload.
 *
 * It counts depth and cost while it reads, believes no length that is not backed by bytes, and takes every form of a
 * value that a peer may write. Here it reads what records and enums ask for: keys, tags, and what nobody knows.
 */

import { readAny } from "./any.js";
import { DecodeError, REDACTED, shown } from "./error.js";
import { type Keys, UNKNOWN } from "./keys.js";
import { FORBIDDEN_KEY } from "./limits.js";
import { inField, malformed, missing, notUtf8, outOfRange } from "./reader/refusal.js";
import { isExt, ScalarReader } from "./reader/scalar.js";
import { checkUtf8, utf8 } from "./text.js";

const FORBIDDEN: Buffer = Buffer.from(FORBIDDEN_KEY);
/** The lengths of the values whose marker is c0 to d3, where the marker alone tells it. */
const FIXED: readonly number[] = [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9];

/** Reads values in their wire form. One reader serves one payload after the other. */
export class Reader extends ScalarReader {
  /** The name of the last variant that was not known. */
  variantName = "";
  /** Where the name of a variant stands. */
  protected nameStart = 0;
  protected nameLength = 0;

  /** Nothing: every value is taken, so that an answer may grow from nothing to something. */
  unit(): undefined {
    this.skip();
  }

  /** Any value. */
  any(): unknown {
    return readAny(this);
  }

  /**
   * The key of a record's field: its place in `keys`, where `expected` is tried first. A field that the record does not
   * know is passed over with its value, and gives -1.
   */
  key(keys: Keys, expected: number): number {
    const packed = keys.packed[expected];
    return packed !== undefined && this.isKey(packed) ? expected : this.keyOther(keys);
  }

  protected keyOther(keys: Keys): number {
    if (!this.isText()) {
      this.skip();
      this.skip();
      if (keys.strict) throw new DecodeError("unknown-field", "unknown field: its key is no text");
      return UNKNOWN;
    }
    const length = this.textHeader("string");
    const start = this.pos;
    this.pos = start + length;
    this.cost += length;
    const found = keys.find(this.buf, start, length);
    if (found !== UNKNOWN) return found;
    this.checkKey(start, length);
    if (!checkUtf8(this.buf, start, start + length)) throw notUtf8();
    const name = () => shown(this.buf.toString("utf8", start, start + length));
    try {
      this.skip();
    } catch (error) {
      throw error instanceof DecodeError ? error.within(name()) : error;
    }
    if (keys.strict) {
      throw new DecodeError("unknown-field", `unknown field ${JSON.stringify(name())}`, `unknown field ${REDACTED}`);
    }
    return UNKNOWN;
  }

  /** Takes a key where it is the next one, in its shortest form. */
  protected isKey(packed: Uint8Array): boolean {
    const { buf, pos } = this;
    const { length } = packed;
    if (pos + length > this.end) return false;
    for (let at = 0; at < length; at++) if (packed[at] !== buf[pos + at]) return false;
    this.pos = pos + length;
    this.cost += length - 1;
    return true;
  }

  /** Refuses the one key that no map may have. */
  protected checkKey(start: number, length: number): void {
    if (length === FORBIDDEN.length && this.buf.compare(FORBIDDEN, 0, length, start, start + length) === 0) {
      throw new DecodeError("key", `no map may have the key "${FORBIDDEN_KEY}"`);
    }
  }

  /** The text that is the key of a map which is no record. */
  textKey(): string {
    const key = this.text();
    if (key === FORBIDDEN_KEY) throw new DecodeError("key", `no map may have the key "${FORBIDDEN_KEY}"`);
    return key;
  }

  /** An integer as JavaScript writes it as a key: in decimal text. */
  decimalKey(min: bigint, max: bigint, expected: string): bigint {
    const text = this.textKey();
    if (!/^-?(?:0|[1-9]\d*)$/.test(text)) {
      throw new DecodeError("type", `expected ${expected}, got a key that is no decimal number`);
    }
    // A longer one cannot fit, and is not worth parsing.
    const value = text.length > 20 ? undefined : BigInt(text);
    if (value === undefined || value < min || value > max) throw outOfRange(shown(text), expected);
    return value;
  }

  /**
   * The place in `variants` of the variant that the tag of the next map names. The map is still to be read.
   *
   * Where there is no such variant it is -1, and the name stands in {@link Reader.variantName}.
   */
  tag(tag: Keys, variants: Keys): number {
    const { pos } = this;
    const depth = this.depth;
    const cost = this.cost;
    const left = this.map();
    // It comes first but from a peer that sorts its keys.
    if (left === 0 || !this.isKey(tag.packed[0] as Uint8Array)) {
      let at = 0;
      while (at < left && this.findKey(tag) === UNKNOWN) at++;
      if (at === left) throw missing(tag, 0);
    }
    let found: number;
    try {
      found = this.variant(variants, "string");
    } catch (error) {
      throw inField(error, tag, 0);
    }
    this.pos = pos;
    this.depth = depth;
    this.cost = cost;
    if (found === UNKNOWN) this.nameVariant(variants);
    return found;
  }

  /** The next key where it is one of `keys`; any other is passed over with its value. */
  protected findKey(keys: Keys): number {
    if (this.isText()) {
      const length = this.textHeader("string");
      const start = this.pos;
      this.pos = start + length;
      this.cost += length;
      const found = keys.find(this.buf, start, length);
      if (found !== UNKNOWN) return found;
    } else {
      this.skip();
    }
    this.skip();
    return UNKNOWN;
  }

  /**
   * The place in `variants` of the variant that the next value names: a text, or a map of one entry, whose value is
   * still to be read. The map is left with {@link Reader.leave}.
   *
   * Where there is no such variant it is -1, the value is still to be read, and {@link Reader.variantName} has the name.
   */
  external(variants: Keys): number {
    const { pos } = this;
    const depth = this.depth;
    const cost = this.cost;
    let expected = "string";
    if (!this.isText()) {
      const left = this.map();
      if (left !== 1) {
        throw new DecodeError("type", `expected a variant's name or a map of one entry, got a map of ${left}`);
      }
      expected = "the name of a variant";
    }
    const found = this.variant(variants, expected);
    if (found === UNKNOWN) {
      this.pos = pos;
      this.depth = depth;
      this.cost = cost;
      this.nameVariant(variants);
    }
    return found;
  }

  /** The place in `variants` of the variant that the next text names; -1, and {@link Reader.variantName}, as above. */
  name(variants: Keys): number {
    const found = this.variant(variants, "string");
    if (found === UNKNOWN) this.nameVariant(variants);
    return found;
  }

  /** The place of the variant that the next text names, and where the text stands. */
  protected variant(variants: Keys, expected: string): number {
    const length = this.textHeader(expected);
    const start = this.pos;
    this.pos = start + length;
    this.cost += length;
    this.nameStart = start;
    this.nameLength = length;
    return variants.find(this.buf, start, length);
  }

  /** Keeps the name of a variant that is not known; where those are refused, it may be any bytes. */
  protected nameVariant({ strict }: Keys): void {
    const [start, end] = [this.nameStart, this.nameStart + this.nameLength];
    const name = utf8(this.buf, start, end) ?? (strict ? this.buf.toString("utf8", start, end) : undefined);
    if (name === undefined) throw notUtf8();
    this.variantName = name;
  }

  /**
   * Sets out to read the value that the next value holds where that is an extension of this code: gives where the
   * payload goes on, for {@link Reader.leaveExt}. Otherwise it is -1, and the next value is still to be read.
   */
  enterExt(code: number): number {
    if (!isExt(this.peek())) return -1;
    const start = this.pos;
    const { end } = this;
    if (this.ext() !== code) {
      this.pos = start;
      return -1;
    }
    this.end = this.pos;
    this.pos -= this.extLength;
    return end;
  }

  /** Back from an extension, which must hold nothing else. */
  leaveExt(end: number): void {
    if (this.pos !== this.end) {
      throw new DecodeError("trailing", `bytes follow the value in the extension: ${this.end - this.pos}`);
    }
    this.end = end;
  }

  /** Passes over the next value: its bytes. */
  raw(): Buffer {
    const start = this.pos;
    this.skip();
    return this.share(start, this.pos - start);
  }

  /** Passes over the next value, whatever it is. The depth limit ends the recursion. */
  skip(): void {
    const marker = this.peek();
    if (marker < 0x80 || marker >= 0xe0) {
      this.pos++;
    } else if (marker < 0x90 || marker === 0xde || marker === 0xdf) {
      const left = this.map();
      for (let at = 0; at < left; at++) {
        if (this.isText()) this.skipText(true);
        else this.skip();
        this.skip();
      }
      this.leave();
    } else if (marker < 0xa0 || marker === 0xdc || marker === 0xdd) {
      const length = this.list();
      for (let at = 0; at < length; at++) this.skip();
      this.leave();
    } else if (marker < 0xc0 || (marker >= 0xd9 && marker <= 0xdb)) {
      this.skipText(false);
    } else if (marker === 0xc1) {
      throw malformed();
    } else if (marker >= 0xc4 && marker <= 0xc6) {
      this.bin("bytes");
    } else if (isExt(marker)) {
      this.ext();
    } else {
      this.take(FIXED[marker - 0xc0] as number);
    }
  }

  protected skipText(isKey: boolean): void {
    const length = this.textHeader("string");
    const start = this.pos;
    if (isKey) this.checkKey(start, length);
    if (!checkUtf8(this.buf, start, start + length)) throw notUtf8();
    this.pos = start + length;
    this.cost += length;
  }
}
