import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { CONTROL, type ResponseKind } from "../src/constants.js";
import {
  Lines,
  type Message,
  parse,
  printError,
  printInit,
  printPing,
  printPong,
  printShutdown,
} from "../src/control.js";
import { vectors } from "./support/vectors.js";

/** What lines are cut out of these pieces: text for a line, a number of bytes for a part of an overlong one. */
function cut(pieces: readonly Buffer[]): (string | number)[] {
  const lines = new Lines();
  const seen: (string | number)[] = [];
  const handler = {
    line: (line: Buffer) => void seen.push(line.toString("latin1")),
    overlong: (part: Buffer) => void seen.push(part.length),
  };
  for (const piece of pieces) {
    lines.push(piece, handler);
  }
  lines.finish(handler);
  return seen;
}

function init(params: string): Message {
  return parse(`{"method":"$init","params":${params}}`);
}

test("init is printed in order and read back", () => {
  const method = (wire: string, kind: ResponseKind, raw: boolean) => ({ wire, kind, raw });
  const printed = printInit(
    '/run/"x"/s',
    [method("zeta", "stream", false), method("7", "result", true)],
    [{ wire: "tick", fp: "00" }],
  );
  expect(printed).toBe(
    '\n{"jsonrpc":"2.0","method":"$init","params":{"pipe":"/run/\\"x\\"/s","schema":{"methods":' +
      '{"zeta":{"id":1,"response":"stream"},"7":{"id":2,"response":"result","codec":"raw"}},"events":{"tick":{"id":3}}},' +
      '"version":"1.0.0"}}\n',
  );
  const message = parse(printed);
  expect(message.kind === "init" && message.init).toEqual({
    pipe: '/run/"x"/s',
    methods: new Map([
      ["zeta", { id: 1, response: "stream", raw: false, timeoutMs: undefined, fp: undefined }],
      ["7", { id: 2, response: "result", raw: true, timeoutMs: undefined, fp: undefined }],
    ]),
    events: new Map([["tick", { id: 3, fp: undefined }]]),
    callbacks: new Map(),
    ext: undefined,
    limits: { payload: undefined, window: undefined },
    tracebacks: false,
  });
});

test("init says what a child needs and knows, and is read back", () => {
  const more = {
    callbacks: [
      { wire: "trading.DataFetch", kind: "stream", raw: false, required: true },
      { wire: "trading.Audit", kind: "none", raw: true },
    ],
    builtins: ["$health"],
    ext: ["fd", "meta"],
    limits: { payload: 1000, window: 50 },
    identity: { package: "acme.trading", module: undefined, fingerprint: "fedcba9876543210" },
  } as const;
  const quote = { wire: "quote", kind: "result", raw: false, timeoutMs: 500, fp: "0011223344556677" } as const;
  const printed = printInit("fd:3", [quote], [{ wire: "tick", fp: "0123456789abcdef" }], more);
  expect(printed).toBe(
    '\n{"jsonrpc":"2.0","method":"$init","params":{"pipe":"fd:3","schema":{"methods":' +
      '{"quote":{"id":1,"response":"result","timeout":500,"fp":"0011223344556677"},"$health":{"id":65518,"response":"result"}},"events":{"tick":{"id":2,"fp":"0123456789abcdef"}},' +
      '"callbacks":{"trading.DataFetch":{"id":3,"response":"stream","required":true},"trading.Audit":{"id":4,"response":"none","codec":"raw"}}},' +
      '"version":"1.0.0","ext":["fd","meta"],"limits":{"payload":1000,"window":50},' +
      '"ipc":{"package":"acme.trading","fingerprint":"fedcba9876543210","tool":"procwire 0.1.0"}}}\n',
  );
  const message = parse(printed);
  const usual = { raw: false, timeoutMs: undefined, fp: undefined };
  expect(message.kind === "init" && message.init).toMatchObject({
    methods: new Map([
      ["quote", { ...usual, id: 1, response: "result", timeoutMs: 500, fp: "0011223344556677" }],
      ["$health", { ...usual, id: 65_518, response: "result" }],
    ]),
    events: new Map([["tick", { id: 2, fp: "0123456789abcdef" }]]),
    callbacks: new Map([
      ["trading.DataFetch", { ...usual, id: 3, response: "stream", required: true }],
      ["trading.Audit", { ...usual, id: 4, response: "none", raw: true, required: false }],
    ]),
    ext: ["fd", "meta"],
    limits: { payload: 1000, window: 50 },
  });
});

test.each([
  ['"ext":"meta"', undefined],
  ['"ext":[1,"x","meta"]', ["x", "meta"]],
  ['"ext":[]', []],
  ['"limits":7', undefined],
])("what an init says beside the protocol is taken as it can be: %s", (more, ext) => {
  const message = init(`{"pipe":"/s","schema":{},${more}}`);
  expect(message.kind === "init" && message.init.ext).toEqual(ext);
});

test("the tool is this package", () => {
  const { name, version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const identity = { fingerprint: "0" };
  const printed = printInit("/s", [], [], {
    callbacks: [],
    builtins: [],
    ext: [],
    limits: { payload: 1, window: 1 },
    identity,
  });
  expect(printed).toContain(`"tool":"${name} ${version}"`);
});

test("captured lines are read", () => {
  const { init: lines, control } = vectors<{ init: unknown; control: unknown }>("frames.json");
  const texts = (value: unknown): string[] =>
    typeof value === "string" ? [value] : typeof value === "object" && value ? Object.values(value).flatMap(texts) : [];
  const inits = texts(lines).filter((text) => text.startsWith("{"));
  expect(inits.length).toBeGreaterThan(0);
  for (const text of inits) {
    const message = parse(text);
    expect(message.kind === "init" && message.init.methods.size).toBeGreaterThan(3);
  }
  const kinds = texts(control)
    .filter((text) => text.startsWith("{"))
    .map((text) => parse(text).kind);
  expect(new Set(kinds)).not.toContain("noise");
  expect(parse('{"jsonrpc":"2.0","method":"$shutdown","params":{}}')).toEqual({ kind: "shutdown", graceMs: undefined });
});

test("our own lines are read", () => {
  expect(parse(printPing())).toEqual({ kind: "ping" });
  expect(parse(printPong())).toEqual({ kind: "pong" });
  expect(parse(printShutdown(1234.4))).toEqual({ kind: "shutdown", graceMs: 1234 });
  expect(parse(printError('a\n"b"'))).toEqual({ kind: "error", message: 'a\n"b"' });
  expect(printError("a\nb").split("\n").length).toBe(3);
});

describe("a bad init says what would be right", () => {
  test.each([
    ["{}", "`params.pipe` must be a path"],
    ['{"pipe":"/s"}', "`params.schema` must be an object"],
    ['{"pipe":"/s","schema":{"methods":[]}}', "`params.schema.methods` must be an object"],
    [
      '{"pipe":"/s","schema":{"methods":{"a":{"id":0,"response":"result"}}}}',
      "method `a` has the id 0, expected 1 to 65519",
    ],
    [
      '{"pipe":"/s","schema":{"methods":{"a":{"id":1,"response":"maybe"}}}}',
      "method `a` has the response kind `maybe`, expected result, stream, ack or none",
    ],
    ['{"pipe":"/s","schema":{"methods":{"a":{"id":1}}}}', "method `a` has no response kind"],
    ['{"pipe":"/s","schema":{"events":{"a":{}}}}', "event `a` has no id"],
    ['{"pipe":"/s","schema":{"events":{"a":{"id":70000}}}}', "event `a` has the id 70000, expected 1 to 65519"],
  ])("%s", (params, reason) => {
    expect(init(params)).toEqual({ kind: "bad-init", reason });
  });
});

test("names that objects of JavaScript know are names like others", () => {
  const message = init(
    '{"pipe":"/s","schema":{"methods":{"__proto__":{"id":1,"response":"ack"},"constructor":{"id":2,"response":"ack"}}}}',
  );
  expect(message.kind === "init" && [...message.init.methods.keys()]).toEqual(["__proto__", "constructor"]);
});

test("what is no control line is noise", () => {
  const deep = '{"a":'.repeat(100_000);
  for (const line of ["", "hello", "[1]", "{", "{}", '{"method":"other"}', '{"method":7}', "\ufffe{}", "null", deep]) {
    expect(parse(line), line.slice(0, 20)).toEqual({ kind: "noise" });
  }
});

test("a line over the limit passes in parts and the next is whole", () => {
  const seen = cut([Buffer.alloc(CONTROL.lineLimit + 1, "x"), Buffer.from("yy"), Buffer.from("\nnext\r\n")]);
  expect(seen.at(-1)).toBe("next");
  const parts = seen.slice(0, -1) as number[];
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(CONTROL.lineLimit + 4);
});

test("a line at the limit is whole", () => {
  const line = Buffer.alloc(CONTROL.lineLimit, "x");
  expect(cut([Buffer.concat([line, Buffer.from("\n")])])).toEqual([line.toString()]);
  expect(cut([line, Buffer.from("\n")])).toEqual([line.toString()]);
});

test("any split gives the same lines", () => {
  const text = fc.array(fc.constantFrom("a", "b", "\n", "\r", "{", "}", "\u00e9"), { maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(100), { maxLength: 8 }), (letters, places) => {
      const bytes = Buffer.from(letters.join(""));
      const sorted = [0, bytes.length, ...places.map((place) => place % (bytes.length + 1))].sort((a, b) => a - b);
      const pieces = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
      expect(cut(pieces)).toEqual(cut([bytes]));
    }),
  );
});

test("no line throws", () => {
  fc.assert(fc.property(fc.string(), (line) => void parse(line)));
  fc.assert(
    fc.property(fc.json(), (params) => {
      expect(["init", "bad-init"]).toContain(init(params).kind);
    }),
  );
});
