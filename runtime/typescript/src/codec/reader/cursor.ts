/** Cursor: where in a payload the reading stands, and the rules that hold for every payload. */

import { DecodeError, nameOfMarker } from "../error.js";
import { BUDGET_BASE, BUDGET_FACTOR, CONTAINER_COST, DEPTH, SCALAR_COST } from "../limits.js";
import { malformed, truncated } from "./refusal.js";

const EMPTY: Buffer = Buffer.alloc(0);
const EMPTY_VIEW = new DataView(EMPTY.buffer, 0, 0);
/** What a container costs beside the scalar that stands for it in what holds it. */
const CONTAINER_EXTRA = CONTAINER_COST - SCALAR_COST;

/** The part of a reader that knows nothing of types. It believes no length that is not backed by bytes. */
export class Cursor {
  /** The buffer that the payload lies in. */
  buf: Buffer = EMPTY;
  /** A view of the whole of {@link Cursor.buf}. */
  view: DataView = EMPTY_VIEW;
  /** Where the next value begins. */
  pos = 0;
  /** Where the payload ends. */
  end = 0;
  /** The buffer is the payload's own: bytes are handed out as slices of it, and copied otherwise. */
  owned = false;
  /** Containers around the next value. */
  protected depth = 0;
  /** What the values so far are taken to cost, in bytes of memory. */
  protected cost = 0;
  /** What they may cost. */
  protected budget = 0;

  /** Sets out to read the payload from `start` to `end` of `buf`; `view` is a view of the whole buffer. */
  begin(buf: Buffer, view: DataView, start: number, end: number, owned: boolean): void {
    this.buf = buf;
    this.view = view;
    this.pos = start;
    this.end = end;
    this.owned = owned;
    this.depth = 0;
    this.cost = SCALAR_COST;
    this.budget = BUDGET_BASE + BUDGET_FACTOR * (end - start);
  }

  /**
   * Ends the reading.
   *
   * @throws {DecodeError} where more than one value was there
   */
  finish(): void {
    if (this.pos !== this.end) throw new DecodeError("trailing", `bytes follow the value: ${this.end - this.pos}`);
    this.afford();
  }

  /** Lets go of the buffer. */
  release(): void {
    this.buf = EMPTY;
    this.view = EMPTY_VIEW;
    this.pos = 0;
    this.end = 0;
  }

  /** The first byte of the next value. */
  peek(): number {
    if (this.pos >= this.end) throw truncated();
    return this.buf[this.pos] as number;
  }

  /** The error for a next value that is of another type. */
  unexpected(expected: string): DecodeError {
    if (this.pos >= this.end) return truncated();
    const marker = this.buf[this.pos] as number;
    if (marker === 0xc1) return malformed();
    return new DecodeError("type", `expected ${expected}, got ${nameOfMarker(marker)}`);
  }

  /** Whether the next value is a text. */
  isText(): boolean {
    if (this.pos >= this.end) return false;
    const marker = this.buf[this.pos] as number;
    return (marker & 0xe0) === 0xa0 || (marker >= 0xd9 && marker <= 0xdb);
  }

  /** Takes the next value where it is nil. */
  nil(): boolean {
    if (this.pos < this.end && this.buf[this.pos] === 0xc0) {
      this.pos++;
      return true;
    }
    return false;
  }

  /** Goes on by `length` bytes, which must be there. */
  protected take(length: number): void {
    const next = this.pos + length;
    if (next > this.end) throw truncated();
    this.pos = next;
  }

  /** A length of 8, 16 or 32 bits behind the marker at the position, which stays. */
  protected lengthOf(width: number): number {
    const at = this.pos + 1;
    if (at + (1 << width) > this.end) throw truncated();
    if (width === 0) return this.buf[at] as number;
    return width === 1 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  /** The header of a list: its length. One level deeper until {@link Reader.leave}. */
  list(): number {
    const marker = this.peek();
    let length: number;
    if ((marker & 0xf0) === 0x90) {
      length = marker & 0x0f;
      this.pos++;
    } else if (marker === 0xdc || marker === 0xdd) {
      length = this.lengthOf(marker - 0xdb);
      this.pos += marker === 0xdc ? 3 : 5;
    } else {
      throw this.unexpected("a list");
    }
    this.enter(length);
    return length;
  }

  /** The header of a tuple of `length` elements. One level deeper until {@link Reader.leave}. */
  tuple(length: number): void {
    const found = this.list();
    if (found !== length) {
      throw new DecodeError("length", `expected a tuple of ${length}, got ${found} elements`);
    }
  }

  /** The header of a map: its number of entries. One level deeper until {@link Reader.leave}. */
  map(): number {
    const marker = this.peek();
    let length: number;
    if ((marker & 0xf0) === 0x80) {
      length = marker & 0x0f;
      this.pos++;
    } else if (marker === 0xde || marker === 0xdf) {
      length = this.lengthOf(marker - 0xdd);
      this.pos += marker === 0xde ? 3 : 5;
    } else {
      throw this.unexpected("a map");
    }
    this.enter(length * 2);
    return length;
  }

  /** The same, for parameters that may all be left out: nil is an empty map. */
  mapOrNil(): number {
    if (!this.nil()) return this.map();
    this.depth++;
    return 0;
  }

  /** One level deeper, for so many values. */
  protected enter(values: number): void {
    if (values > this.end - this.pos) throw truncated();
    if (this.depth >= DEPTH) {
      throw new DecodeError("depth", `more than ${DEPTH} containers lie inside each other`);
    }
    this.depth++;
    // The container's own scalar was paid by what holds it.
    this.cost += CONTAINER_EXTRA + SCALAR_COST * values;
    if (this.cost >= this.budget) this.afford();
  }

  /** Back from a container. */
  leave(): void {
    this.depth--;
  }

  protected afford(): void {
    if (this.cost < this.budget) return;
    throw new DecodeError(
      "budget",
      `the values would take more memory than a payload of this length may (${this.budget} bytes)`,
    );
  }
}
