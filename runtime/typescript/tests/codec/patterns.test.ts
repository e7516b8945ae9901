/** Patterns: this engine finds in a text what the others find. */

import * as $ from "procwire/stub-v1";
import { describe, expect, test } from "vitest";
import { readVectors, refusal } from "./support.js";

interface Patterns {
  patterns: { pattern: string; typescript: string; matches: string[]; misses: string[] }[];
}

describe.each(readVectors<Patterns>("patterns.json").patterns)(
  "$pattern",
  ({ pattern, typescript, matches, misses }) => {
    const codec = $.rule($.pattern(typescript, pattern)).of($.text);

    test("is found where it is", () => {
      for (const text of matches) expect($.decode(codec, $.encode($.text, text))).toBe(text);
    });

    test("is missed where it is not", () => {
      for (const text of misses) {
        const { reason, message } = refusal(codec, $.encode($.text, text));
        expect(reason).toBe("constraint");
        expect(message.startsWith(`expected text that matches ${pattern}, got "`)).toBe(true);
      }
    });
  },
);
