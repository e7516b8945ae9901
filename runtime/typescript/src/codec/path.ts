/** Path: where in a payload the writing stopped, read from what was written. */

import { shown } from "./error.js";
import type { Segment } from "./writer/output.js";

/** What a path is read from. */
export interface Written {
  readonly buf: Buffer;
  readonly start: number;
  readonly pos: number;
  readonly segments: readonly Segment[];
}

interface Level {
  /** Values that are still to come; a key is one of them. */
  left: number;
  readonly isMap: boolean;
  index: number;
  /** The text of the key whose value comes next. */
  key: string | undefined;
}

/** The path of the value that comes next: `legs[2].depth`. Empty where it is the payload itself. */
export function pathOf(written: Written): string {
  const levels: Level[] = [];
  const kept = new Set(written.segments.map(({ at }) => at));
  const { buf, pos: end } = written;
  let pos = written.start;
  while (pos < end || kept.has(pos)) {
    // A whole value that was kept aside.
    if (kept.delete(pos)) {
      finish(levels);
      continue;
    }
    const marker = buf[pos] as number;
    const { head, body, values, isMap } = measure(buf, pos, marker);
    const level = levels.at(-1);
    if (level?.isMap && level.left % 2 === 0) {
      const isText = (marker & 0xe0) === 0xa0 || (marker >= 0xd9 && marker <= 0xdb);
      level.key = isText ? shown(buf.toString("utf8", pos + head, pos + head + body)) : "…";
    }
    pos += head;
    // A body that was kept aside is not in the buffer.
    if (body === 0 || !kept.delete(pos)) pos += body;
    if (values > 0) {
      levels.push({ left: values, isMap, index: 0, key: undefined });
      continue;
    }
    finish(levels);
  }
  let path = "";
  for (const level of levels) {
    if (!level.isMap) path += `[${level.index}]`;
    else if (level.key !== undefined && level.left % 2 === 1) path += path === "" ? level.key : `.${level.key}`;
  }
  return path;
}

/** A value ended: so do the containers whose last one it was. */
function finish(levels: Level[]): void {
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    level.left--;
    level.index++;
    if (level.left > 0) return;
    levels.pop();
  }
}

/** The length of a value's header and of its data, and how many values it holds. */
function measure(
  buf: Buffer,
  pos: number,
  marker: number,
): { head: number; body: number; values: number; isMap: boolean } {
  const value = (head: number, body: number) => ({ head, body, values: 0, isMap: false });
  if (marker < 0x80 || marker >= 0xe0) return value(1, 0);
  if (marker < 0x90) return { head: 1, body: 0, values: (marker & 0x0f) * 2, isMap: true };
  if (marker < 0xa0) return { head: 1, body: 0, values: marker & 0x0f, isMap: false };
  if (marker < 0xc0) return value(1, marker & 0x1f);
  if (marker >= 0xd4 && marker <= 0xd8) return value(2, 1 << (marker - 0xd4));
  if (marker >= 0xdc) {
    const length = marker % 2 === 0 ? buf.readUInt16BE(pos + 1) : buf.readUInt32BE(pos + 1);
    const isMap = marker >= 0xde;
    return { head: marker % 2 === 0 ? 3 : 5, body: 0, values: isMap ? length * 2 : length, isMap };
  }
  if (marker >= 0xd9) return value(1 + (1 << (marker - 0xd9)), sized(buf, pos, marker - 0xd9));
  if (marker >= 0xcc) return value(1 + (1 << (marker % 4)), 0);
  if (marker >= 0xca) return value(marker === 0xca ? 5 : 9, 0);
  if (marker >= 0xc7) return value(2 + (1 << (marker - 0xc7)), sized(buf, pos, marker - 0xc7));
  if (marker >= 0xc4) return value(1 + (1 << (marker - 0xc4)), sized(buf, pos, marker - 0xc4));
  return value(1, 0);
}

function sized(buf: Buffer, pos: number, width: number): number {
  if (width === 0) return buf.readUInt8(pos + 1);
  return width === 1 ? buf.readUInt16BE(pos + 1) : buf.readUInt32BE(pos + 1);
}
