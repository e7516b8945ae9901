import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { any, decode as decodeValue } from "../src/codec/index.js";
import { DEFAULT_PAYLOAD_LIMIT, HEADER_LENGTH } from "../src/constants.js";
import { Decoder, frameOf, WireError } from "../src/frame.js";
import { unhex, vectors } from "./support/vectors.js";

interface Vectors {
  readonly frames: readonly {
    readonly name: string;
    readonly header: string;
    readonly payload: string;
    readonly value?: unknown;
  }[];
  readonly decoder: readonly {
    readonly name: string;
    readonly header: string;
    readonly payload?: string;
    readonly limit?: number;
    readonly outcome: string;
  }[];
}

const { frames, decoder: cases } = vectors<Vectors>("frames.json");

/** The frames that bytes hold, given to a decoder in these pieces, and what it ended with. */
function decode(pieces: readonly Buffer[], limit = DEFAULT_PAYLOAD_LIMIT): { frames: Buffer[]; outcome: string } {
  const decoder = new Decoder(limit);
  const seen: Buffer[] = [];
  const handler = {
    frame(id: number, flags: number, request: number, buffer: Buffer, view: DataView, start: number, end: number) {
      expect(view.byteLength).toBe(buffer.length);
      seen.push(frameOf(id, flags, request, buffer.subarray(start, end)));
    },
  };
  try {
    for (const piece of pieces) {
      decoder.push(piece, handler);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return { frames: seen, outcome: (error as WireError).kind };
  }
  return { frames: seen, outcome: decoder.buffered > 0 || seen.length === 0 ? "waits" : "frame" };
}

function singles(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (byte) => Buffer.from([byte]));
}

function split(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

/** What a payload means, as the vectors write it: integers that need 64 bits as text, bytes and dates as objects. */
function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return { $bytes: Buffer.from(value).toString("hex") };
  }
  if (value instanceof Date) {
    return { $date: value.getTime() };
  }
  if (Array.isArray(value)) {
    return value.map(shown);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shown(part)]));
  }
  return typeof value === "bigint" || value === Number.MAX_SAFE_INTEGER ? String(value) : value;
}

describe("what captured payloads mean", () => {
  test.each(frames.filter((frame) => "value" in frame))("$name", ({ payload, value }) => {
    expect(shown(decodeValue(any, unhex(payload)))).toEqual(value);
  });
});

describe("captured frames", () => {
  test.each(frames)("$name", ({ header, payload }) => {
    const bytes = unhex(header + payload);
    expect(bytes.length).toBeGreaterThanOrEqual(HEADER_LENGTH);
    expect(decode([bytes])).toEqual({ frames: [bytes], outcome: "frame" });
    expect(decode(singles(bytes))).toEqual({ frames: [bytes], outcome: "frame" });
  });

  test("all of them in any pieces", () => {
    const bytes = frames.map(({ header, payload }) => unhex(header + payload));
    const all = Buffer.concat(bytes);
    fc.assert(
      fc.property(fc.array(fc.nat(all.length), { maxLength: 40 }), (places) => {
        expect(decode(split(all, places))).toEqual({ frames: bytes, outcome: "frame" });
      }),
    );
  });
});

describe("headers with a fault", () => {
  test.each(cases)("$name", ({ header, payload = "", limit = 1024, outcome }) => {
    const bytes = unhex(header + payload);
    expect(decode([bytes], limit).outcome).toBe(outcome);
    expect(decode(singles(bytes), limit).outcome).toBe(outcome);
  });
});

test("bodies of any length arrive whole, in any pieces", () => {
  const lengths = [0, 1, 65_524, 65_525, 65_526, 65_536, 200_000, 1_048_576, 5_000_000];
  const bytes = lengths.map((length, index) => frameOf(1, 0, index, Buffer.alloc(length, index)));
  const all = Buffer.concat(bytes);
  for (const size of [1000, 65_536, 777_777, all.length]) {
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
      all.subarray(index * size, (index + 1) * size),
    );
    const decoded = decode(pieces);
    expect(decoded.outcome).toBe("frame");
    expect(decoded.frames.map((frame) => frame.length)).toEqual(bytes.map((frame) => frame.length));
    expect(Buffer.concat(decoded.frames).equals(all)).toBe(true);
  }
});

test("an announced length takes no memory before its bytes arrive", () => {
  const decoder = new Decoder(2 ** 31 - 1);
  const header = unhex("000100000000017fffffff");
  expect(header.length).toBe(HEADER_LENGTH);
  const before = process.memoryUsage().rss;
  decoder.push(header, {
    frame() {
      throw new Error("there is no frame");
    },
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(8 * 2 ** 20);
  expect(decoder.buffered).toBe(HEADER_LENGTH);
});

test("whatever comes, a decoder gives frames or refuses by a reason", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { outcome } = decode([Buffer.from(bytes)], 1024);
      expect(["frame", "waits", "invalid-id", "reserved-flags", "payload-too-large"]).toContain(outcome);
    }),
  );
});
