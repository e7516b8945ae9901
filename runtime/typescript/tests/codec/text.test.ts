/** Texts of the lengths at which something changes: how they are read, how they are written, and their headers. */

import { Unpackr } from "msgpackr";
import * as $ from "procwire/stub-v1";
import { describe, expect, test } from "vitest";
import { refusal } from "./support.js";

const unpackr = new Unpackr();
const LENGTHS = [...Array.from({ length: 36 }, (_, length) => length), 63, 64, 84, 85, 86, 127, 128, 255, 256, 257];
const LONG = [21_844, 21_845, 21_846, 65_535, 65_536, 65_537, 200_000];

/** Characters of one to four bytes. */
const CHARACTERS = ["a", "é", "€", "🦀"];

describe.each(CHARACTERS)("%s", (character) => {
  test.each([...LENGTHS, ...LONG])("%i times", (length) => {
    // Only the last character of some is not ASCII, so that the short ways begin and have to be left.
    for (const text of [character.repeat(length), `${"x".repeat(length)}${character}`]) {
      const payload = $.encode($.text, text);
      expect($.decode($.text, payload) === text).toBe(true);
      expect($.decode($.any, payload) === text).toBe(true);
      expect(unpackr.unpack(payload) === text).toBe(true);
      // The header is the shortest that there is.
      const bytes = Buffer.byteLength(text);
      const head = bytes < 32 ? 1 : bytes < 256 ? 2 : bytes < 65_536 ? 3 : 5;
      expect(payload.length).toBe(head + bytes);
    }
  });

  test.each(LENGTHS)("%i bytes and a broken one", (length) => {
    const payload = $.encode($.text, `${"x".repeat(length)}${character}${"y".repeat(3)}`);
    payload[payload.length - 4] = 0xff;
    expect(refusal($.text, payload).reason).toBe("utf8");
    expect(refusal($.list($.u8), Buffer.concat([Buffer.of(0x91), payload])).reason).toBe("type");
    // Passed over, it is refused all the same.
    expect(refusal($.unit, payload).reason).toBe("utf8");
  });
});

test("the replacement character is a character", () => {
  for (const length of LENGTHS) {
    const text = `${"x".repeat(length)}\ufffd`;
    expect($.decode($.text, $.encode($.text, text))).toBe(text);
  }
});
