import { readdirSync } from "node:fs";
import * as $ from "procwire/stub-v1";
import { describe, expect, test } from "vitest";
import { Decoder, frameOf } from "../../src/frame.js";
import { codecOf, fromHex, notation, parseType, readVectors, refusal, toHex } from "./support.js";

interface Case {
  value: unknown;
  canonical: string;
  also?: string[];
  unknown?: true;
}
interface Refused {
  bytes: string;
  reason: string;
  path?: string;
  /** The sentence behind the path. */
  message?: string;
}
interface ValueFile {
  types: { type: string; cases: Case[]; refused: Refused[] }[];
}

const FILES = readdirSync(new URL("../../../vectors/values", import.meta.url)).filter((name) => name.endsWith(".json"));

/** What the case's value is once JavaScript has read it, where that is coarser than the wire. */
function asRead(value: unknown, type: string): unknown {
  const { $time, $f32 } = Object(value) as { $time?: [string, number]; $f32?: string };
  // A date holds milliseconds, and is the one that the point lies in.
  if ((type === "timestamp" || type === "TextTime") && $time !== undefined) {
    return { $time: [$time[0], Math.floor($time[1] / 1_000_000) * 1_000_000] };
  }
  // JavaScript has no floats of 32 bits.
  if (type === "any" && $f32 !== undefined) {
    const wide = Buffer.alloc(8);
    wide.writeDoubleBE(fromHex($f32).readFloatBE());
    return { $f64: toHex(wide) };
  }
  return value;
}

describe.each(FILES)("%s", (file) => {
  const { types } = readVectors<ValueFile>(`values/${file}`);
  describe.each(types)("$type", ({ type, cases, refused }) => {
    const tree = parseType(type);
    const codec = codecOf(tree);

    test.each(cases)("$canonical is $value", ({ value, canonical, also = [] }) => {
      const expected = asRead(value, type);
      for (const form of [canonical, ...also]) {
        expect([form, notation($.decode(codec, fromHex(form)), tree)]).toEqual([form, expected]);
      }
    });

    test.each(cases)("$value is written as $canonical or a form that is listed", ({ value, canonical, also = [] }) => {
      const read = $.decode(codec, fromHex(canonical));
      const written = toHex($.encode(codec, read));
      if (asRead(value, type) !== value) {
        // Coarser than the wire: what is written reads as what was written.
        expect($.decode(codec, fromHex(written))).toEqual(read);
      } else {
        expect([canonical, ...also]).toContain(written);
      }
    });

    test.each(cases)("$canonical is read from the midst of a buffer", ({ canonical, also = [] }) => {
      for (const form of [canonical, ...also]) {
        const payload = fromHex(form);
        // Whatever lies around the payload is no part of it.
        const buf = Buffer.concat([Buffer.alloc(7, 0xc1), payload, Buffer.alloc(9, 0xff)]);
        const reader = new $.Reader();
        const view = new DataView(buf.buffer, buf.byteOffset, buf.length);
        reader.begin(buf, view, 7, 7 + payload.length, false);
        const value = codec.decode(reader);
        reader.finish();
        buf.fill(0xc1);
        expect(value).toEqual($.decode(codec, payload));
      }
    });

    test("all forms are read from frames that come in pieces", () => {
      const payloads = cases.flatMap(({ canonical, also = [] }) => [canonical, ...also]).map(fromHex);
      const stream = Buffer.concat(payloads.map((payload) => frameOf(1, 1, 0, payload)));
      for (const size of [1, 2, 3, 7, 12, 64]) {
        const values: unknown[] = [];
        const decoder = new Decoder(1024);
        for (let at = 0; at < stream.length; at += size) {
          decoder.push(stream.subarray(at, at + size), {
            frame(_id, _flags, _request, buffer, view, start, end) {
              const reader = new $.Reader();
              reader.begin(buffer, view, start, end, false);
              values.push(codec.decode(reader));
              reader.finish();
            },
          });
        }
        expect(values).toEqual(payloads.map((payload) => $.decode(codec, payload)));
      }
    });

    test.each(cases)("$canonical cut off is refused", ({ canonical, also = [] }) => {
      for (const form of [canonical, ...also]) {
        const payload = fromHex(form);
        for (let end = 0; end < payload.length; end++) {
          expect(refusal(codec, payload.subarray(0, end)).reason).toBe("truncated");
        }
      }
    });

    if (refused.length > 0) {
      test.each(refused)("$bytes is refused: $reason at $path", ({ bytes, reason, path, message }) => {
        const error = refusal(codec, fromHex(bytes));
        expect({ reason: error.reason, path: path === undefined ? undefined : error.path }).toEqual({ reason, path });
        const place = error.path === "" ? "" : `${error.path}: `;
        expect(error.message.startsWith(place)).toBe(true);
        if (message !== undefined) expect(error.message).toBe(place + message);
      });
    }
  });
});

interface Malformed {
  cases: { name: string; type: string; bytes: string; reason?: string }[];
}

/** Pieces of hex parted by blanks; `91*99` is 99 times 91. */
function expand(text: string): Buffer {
  const pieces = text.split(" ").map((piece) => {
    const [hex = "", count = "1"] = piece.split("*");
    return hex.repeat(Number(count));
  });
  return fromHex(pieces.join(""));
}

test.each(readVectors<Malformed>("malformed.json").cases)("$name", ({ type, bytes, reason }) => {
  const codec = codecOf(parseType(type));
  const payload = expand(bytes);
  if (reason === undefined) $.decode(codec, payload);
  else expect(refusal(codec, payload).reason).toBe(reason);
});
