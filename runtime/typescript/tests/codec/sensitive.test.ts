/** What is sensitive: read and written as it is, and shown by nothing. */

import { inspect } from "node:util";
import * as $ from "procwire/stub-v1";
import { expect, test } from "vitest";
import { refusal } from "./support.js";

interface Login {
  readonly user: string;
  readonly pin: number;
}

const keys = $.keys("user", "pin").hiding("pin");
const login: $.Codec<Login> = {
  decode(r) {
    let user = "";
    let pin = 0;
    for (let left = r.map(), next = 0; left > 0; left--) {
      const field = r.key(keys, next);
      try {
        if (field === 0) user = r.text();
        else if (field === 1) pin = r.u8();
      } catch (error) {
        throw $.inField(error, keys, field);
      }
      next = field + 1;
    }
    r.leave();
    return keys.conceal({ user, pin });
  },
  encode(w, value) {
    w.record(value, 2);
    w.key(keys, 0);
    w.text(value.user);
    w.key(keys, 1);
    w.hide();
    w.u8(value.pin);
    w.show();
    w.leave();
  },
};

const pack = (value: unknown) => $.encode($.any, value);
const read = $.decode(login, pack({ user: "ada", pin: 42 }));

test("a record shows nothing of it", () => {
  expect(inspect(read)).toBe("{ user: 'ada', pin: <redacted> }");
  expect(inspect({ deep: [read] }, { depth: 4 })).toBe("{ deep: [ { user: 'ada', pin: <redacted> } ] }");
  expect(inspect(read, { colors: true })).toContain("<redacted>");
  expect(`${read}`).toBe("[object Object]");
});

test("a record has it all the same", () => {
  expect(read.pin).toBe(42);
  expect(read).toEqual({ user: "ada", pin: 42 });
  expect(Object.keys(read)).toEqual(["user", "pin"]);
  expect(JSON.stringify(read)).toBe('{"user":"ada","pin":42}');
  expect($.encode(login, read)).toEqual(pack({ user: "ada", pin: 42 }));
});

test("a copy for the log leaves it out", () => {
  const at = new Date(0);
  expect($.redacted({ list: [read], at, none: null })).toEqual({
    list: [{ user: "ada", pin: "<redacted>" }],
    at,
    none: null,
  });
});

test("errors show nothing of it, nor of where in it they were", () => {
  expect(refusal(login, pack({ user: "ada", pin: 300 })).message).toBe("pin: <redacted> is out of range for u8");
  expect(refusal(login, pack({ user: 7 })).message).toBe("user: expected string, got int");
  expect(refusal(login, pack({ pin: "secret" })).message).toBe("pin: expected u8, got string");
  expect(refusal(login, pack({ pin: 1.5 })).message).toBe("pin: expected u8, got <redacted>");
  expect(() => $.encode($.list(login), [{ user: "ada", pin: 300 }])).toThrow(
    "[0].pin: <redacted> is out of range for u8",
  );
});

test("a sensitive type hides its values wherever they stand", () => {
  const secret = $.sensitive($.rule($.characters(0, 2)).of($.text));
  const error = refusal($.list(secret), pack(["a", "abc"]));
  expect(error.message).toBe("[1]: expected at most 2 characters, got <redacted>");
  expect(() => $.check($.list(secret), ["abc"])).toThrow("[0]: expected at most 2 characters, got <redacted>");
  const keyed = $.sensitive($.dictionary($.text, $.u8));
  expect(refusal($.list(keyed), pack([{ key: 300 }])).message).toBe("[0]: <redacted> is out of range for u8");
  expect(() => $.encode(keyed, { key: 300 })).toThrow(new $.EncodeError("<redacted> is out of range for u8"));
});

test("variants hide it too", () => {
  const secret = $.sensitive($.text);
  const shape = $.tagged<object>("type", [$.tupleVariant("type", "Pin", true, secret)], true);
  expect(inspect($.decode(shape, pack({ type: "Pin", value: "1234" })))).toBe("{ type: 'Pin', value: <redacted> }");
  const bare = $.external<object>([["Pin", secret]], true);
  expect(inspect($.decode(bare, pack({ Pin: "1234" })))).toBe("{ Pin: <redacted> }");
});

test("what comes after it is shown again", () => {
  const pair = $.tuple($.sensitive($.u8), $.u8);
  expect(() => $.encode(pair, [1, 300])).toThrow("[1]: 300 is out of range for u8");
  // An error inside does not hide what the same writer writes next.
  expect(() => $.encode(pair, [300, 1])).toThrow("[0]: <redacted> is out of range for u8");
  expect(() => $.encode($.u8, 300)).toThrow("300 is out of range for u8");
});
