/** Text: UTF-8 to string and back, with the short ways first. */

import { isUtf8 } from "node:buffer";

const { fromCharCode } = String;

/** Up to this many bytes a text is read one character at a time. */
export const SHORT_TEXT = 16;

/**
 * The text of a few bytes, all of them ASCII; undefined where one is not.
 *
 * `length` is {@link SHORT_TEXT} at most.
 */
export function ascii(buf: Uint8Array, pos: number, length: number): string | undefined {
  if (length < 4) {
    if (length === 0) return "";
    const a = buf[pos] as number;
    if (length === 1) return a < 0x80 ? fromCharCode(a) : undefined;
    const b = buf[pos + 1] as number;
    if (length === 2) return (a | b) < 0x80 ? fromCharCode(a, b) : undefined;
    const c = buf[pos + 2] as number;
    return (a | b | c) < 0x80 ? fromCharCode(a, b, c) : undefined;
  }
  const a = buf[pos] as number;
  const b = buf[pos + 1] as number;
  const c = buf[pos + 2] as number;
  const d = buf[pos + 3] as number;
  if (length < 8) {
    if ((a | b | c | d) >= 0x80) return undefined;
    switch (length) {
      case 4:
        return fromCharCode(a, b, c, d);
      case 5: {
        const e = buf[pos + 4] as number;
        return e < 0x80 ? fromCharCode(a, b, c, d, e) : undefined;
      }
      case 6: {
        const e = buf[pos + 4] as number;
        const f = buf[pos + 5] as number;
        return (e | f) < 0x80 ? fromCharCode(a, b, c, d, e, f) : undefined;
      }
      default: {
        const e = buf[pos + 4] as number;
        const f = buf[pos + 5] as number;
        const g = buf[pos + 6] as number;
        return (e | f | g) < 0x80 ? fromCharCode(a, b, c, d, e, f, g) : undefined;
      }
    }
  }
  const e = buf[pos + 4] as number;
  const f = buf[pos + 5] as number;
  const g = buf[pos + 6] as number;
  const h = buf[pos + 7] as number;
  if ((a | b | c | d | e | f | g | h) >= 0x80) return undefined;
  if (length === 8) return fromCharCode(a, b, c, d, e, f, g, h);
  if (length < 12) {
    const rest = ascii(buf, pos + 8, length - 8);
    return rest === undefined ? undefined : fromCharCode(a, b, c, d, e, f, g, h) + rest;
  }
  const i = buf[pos + 8] as number;
  const j = buf[pos + 9] as number;
  const k = buf[pos + 10] as number;
  const l = buf[pos + 11] as number;
  if ((i | j | k | l) >= 0x80) return undefined;
  if (length === 12) return fromCharCode(a, b, c, d, e, f, g, h, i, j, k, l);
  const m = buf[pos + 12] as number;
  if (length === 13) return m < 0x80 ? fromCharCode(a, b, c, d, e, f, g, h, i, j, k, l, m) : undefined;
  const n = buf[pos + 13] as number;
  if (length === 14) return (m | n) < 0x80 ? fromCharCode(a, b, c, d, e, f, g, h, i, j, k, l, m, n) : undefined;
  const o = buf[pos + 14] as number;
  if (length === 15) return (m | n | o) < 0x80 ? fromCharCode(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o) : undefined;
  const p = buf[pos + 15] as number;
  return (m | n | o | p) < 0x80 ? fromCharCode(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) : undefined;
}

/** The text of these bytes; undefined where they are no UTF-8. */
export function utf8(buf: Buffer, start: number, end: number): string | undefined {
  const text = buf.toString(undefined, start, end);
  // Bad bytes become U+FFFD, which may also have been sent.
  if (text.includes("\ufffd") && !isUtf8(buf.subarray(start, end))) return undefined;
  return text;
}

/** Whether these bytes are UTF-8. */
export function checkUtf8(buf: Uint8Array, start: number, end: number): boolean {
  let bits = 0;
  for (let at = start; at < end; at++) bits |= buf[at] as number;
  return bits < 0x80 || isUtf8(buf.subarray(start, end));
}
