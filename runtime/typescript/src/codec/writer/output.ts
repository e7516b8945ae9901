/** Output: the buffer that payloads are written into, and bodies that are kept aside. */

import { EncodeError, nameOfValue } from "../error.js";
import { DEPTH, SEGMENT } from "../limits.js";
import { pathOf } from "../path.js";

const INITIAL = 1024;

/** A body that was not copied. */
export interface Segment {
  /** The place in {@link Output.buf} before which it belongs. */
  at: number;
  bytes: Uint8Array;
}

/** The part of a writer that knows nothing of types. */
export class Output {
  /** What was written, up to {@link Output.pos}. */
  buf: Buffer;
  /** A view of the whole of {@link Output.buf}. */
  view: DataView;
  /** Where the next byte goes. */
  pos = 0;
  /** Bodies that were not copied, in order. */
  segments: Segment[] = [];
  /** Bytes in {@link Output.segments}. */
  extra = 0;
  /** Where the payload begins that is being written. */
  start = 0;
  /** Whether the constraints of types are checked. */
  checks = false;
  /** Containers around the next value. */
  protected depth = 0;
  /** How many of the fields around the next value are never shown. */
  protected concealed = 0;
  /** Where the value of the outermost of those begins, and how many segments lie before it. */
  protected concealedFrom = 0;
  protected concealedSegments = 0;

  constructor(size: number = INITIAL) {
    this.buf = Buffer.allocUnsafeSlow(size);
    this.view = viewOf(this.buf);
  }

  /** Sets out to write a payload at the position, whatever became of the one before. */
  begin(): void {
    this.start = this.pos;
    this.depth = 0;
    this.concealed = 0;
  }

  /** Forgets everything; the buffer is used again. */
  reset(): void {
    this.pos = 0;
    this.start = 0;
    this.segments = [];
    this.extra = 0;
    this.depth = 0;
    this.concealed = 0;
  }

  /** Takes another buffer in the place of the one that was written; everything begins anew. */
  replace(buf: Buffer): void {
    this.buf = buf;
    this.view = viewOf(buf);
    this.reset();
  }

  /** Drops what was written from `pos` on, segments too. */
  truncate(pos: number): void {
    this.pos = pos;
    this.depth = 0;
    let last = this.segments.at(-1);
    // A segment at this very place belongs to what was written before it.
    while (last !== undefined && last.at > pos) {
      this.segments.pop();
      this.extra -= last.bytes.length;
      last = this.segments.at(-1);
    }
  }

  /** Makes room for `length` bytes behind the position. */
  ensure(length: number): void {
    if (this.pos + length > this.buf.length) this.grow(length);
  }

  protected grow(length: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buf.length * 2, this.pos + length));
    this.buf.copy(grown, 0, 0, this.pos);
    this.buf = grown;
    this.view = viewOf(grown);
  }

  /** From here on errors show no value, and end their path here, until {@link Output.show}. */
  hide(): void {
    if (this.concealed === 0) {
      this.concealedFrom = this.pos;
      this.concealedSegments = this.segments.length;
    }
    this.concealed++;
  }

  /** The end of what {@link Output.hide} began. */
  show(): void {
    this.concealed--;
  }

  /** An error about the value that was to be written next; it tells the path. `redacted` is `text` without the value. */
  error(text: string, redacted: string = text): EncodeError {
    if (this.concealed === 0) return new EncodeError(text, pathOf(this));
    const { buf, start, concealedFrom: pos } = this;
    return new EncodeError(
      redacted,
      pathOf({ buf, start, pos, segments: this.segments.slice(0, this.concealedSegments) }),
    );
  }

  /** The error for a value of another type. */
  unexpected(expected: string, value: unknown): EncodeError {
    return this.error(`expected ${expected}, got ${nameOfValue(value)}`);
  }

  /** A header of 1 to 5 bytes: `small` holds lengths below 32 in itself; `marker8` is the marker of the 8-bit form. */
  protected header(length: number, marker8: number, small: number): void {
    const { buf, view, pos } = this;
    if (small !== 0 && length < 32) {
      buf[pos] = small | length;
      this.pos = pos + 1;
    } else if (length < 0x100) {
      buf[pos] = marker8;
      buf[pos + 1] = length;
      this.pos = pos + 2;
    } else if (length < 0x1_0000) {
      buf[pos] = marker8 + 1;
      view.setUint16(pos + 1, length);
      this.pos = pos + 3;
    } else {
      buf[pos] = marker8 + 2;
      view.setUint32(pos + 1, length);
      this.pos = pos + 5;
    }
  }

  /** Bytes that are MsgPack already, kept as they are where they are many. */
  raw(value: Uint8Array): void {
    const { length } = value;
    if (length >= SEGMENT) {
      this.segments.push({ at: this.pos, bytes: value });
      this.extra += length;
      return;
    }
    this.ensure(length);
    const { buf, pos } = this;
    if (length < 16) for (let at = 0; at < length; at++) buf[pos + at] = value[at] as number;
    else buf.set(value, pos);
    this.pos = pos + length;
  }

  /** The header of a list, and one level of depth until {@link Writer.leave}. */
  list(length: number): void {
    this.enter(length, 0x90, 0xdc);
  }

  /** The header of a map, and one level of depth until {@link Writer.leave}. */
  map(length: number): void {
    this.enter(length, 0x80, 0xde);
  }

  protected enter(length: number, small: number, marker16: number): void {
    if (this.depth >= DEPTH) throw this.error(`more than ${DEPTH} containers lie inside each other`);
    this.depth++;
    this.ensure(5);
    if (length < 16) this.buf[this.pos++] = small | length;
    else if (length < 0x1_0000) {
      this.buf[this.pos] = marker16;
      this.view.setUint16(this.pos + 1, length);
      this.pos += 3;
    } else {
      this.buf[this.pos] = marker16 + 1;
      this.view.setUint32(this.pos + 1, length);
      this.pos += 5;
    }
  }

  /** Back from a container. */
  leave(): void {
    this.depth--;
  }

  /** All that was written, in one piece of its own. */
  take(): Buffer {
    const whole = Buffer.allocUnsafe(this.pos + this.extra);
    let from = 0;
    let to = 0;
    for (const { at, bytes } of this.segments) {
      to += this.buf.copy(whole, to, from, at);
      whole.set(bytes, to);
      to += bytes.length;
      from = at;
    }
    this.buf.copy(whole, to, from, this.pos);
    return whole;
  }
}

function viewOf(buf: Buffer): DataView {
  return new DataView(buf.buffer, buf.byteOffset, buf.length);
}
