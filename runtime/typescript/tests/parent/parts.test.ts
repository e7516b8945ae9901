import { describe, expect, test } from "vitest";

import type { AnnouncedMethod, Init } from "../../src/control.js";
import { resolve } from "../../src/parent/agreement.js";
import { exitSentence, statusSentence } from "../../src/parent/exit.js";
import { Tail } from "../../src/parent/tail.js";
import { service } from "../../src/stub_v1.js";
import { event, method } from "../support/services.js";

const Desk = service({
  name: "Desk",
  methods: [method("place", "result"), method("quotes", "stream"), method("log", "none")],
  events: [event("filled")],
});

const DEMANDS = { callTimeoutMs: 1000, allowMissing: false };

function announced(methods: Record<string, Partial<AnnouncedMethod>>, events: Record<string, number>): Init {
  const usual: AnnouncedMethod = { id: 1, response: "result", raw: false, timeoutMs: undefined, fp: undefined };
  return {
    pipe: "/s",
    methods: new Map(Object.entries(methods).map(([name, known]) => [name, { ...usual, ...known }])),
    events: new Map(Object.entries(events).map(([name, id]) => [name, { id, fp: undefined }])),
    callbacks: new Map(),
    ext: undefined,
    limits: { payload: undefined, window: undefined },
    tracebacks: false,
  };
}

describe("agreement", () => {
  test("ids are found by name, and times are the child's where it says some", () => {
    const { methods, events, mismatches } = resolve(
      announced(
        {
          log: { id: 3, response: "none" },
          place: { id: 9, timeoutMs: 50 },
          quotes: { id: 5, response: "stream" },
          more: { id: 6 },
        },
        { other: 4, filled: 3 },
      ),
      Desk,
      DEMANDS,
    );
    expect(mismatches).toEqual([]);
    expect(methods.map(({ name, id, timeoutMs }) => [name, id, timeoutMs])).toEqual([
      ["Desk.place", 9, 50],
      ["Desk.quotes", 5, Number.POSITIVE_INFINITY],
      ["Desk.log", 3, Number.POSITIVE_INFINITY],
    ]);
    expect(events.map(({ id }) => id)).toEqual([3]);
    const forEver = announced(
      { place: { timeoutMs: 0 }, quotes: { response: "stream" }, log: { response: "none" } },
      {},
    );
    expect(resolve(forEver, Desk, DEMANDS).methods[0]?.timeoutMs).toBe(Number.POSITIVE_INFINITY);
  });

  test("every mismatch is named at once", () => {
    const init = announced({ Place: {}, quotes: { response: "ack" }, log: { response: "none", raw: true } }, {});
    expect(resolve(init, Desk, DEMANDS).mismatches).toEqual([
      "method `Desk.place` is not there, but `Place` is",
      "method `Desk.quotes` answers with an ack, this program expects that it answers with a stream",
      "method `Desk.log` carries raw bytes, this program expects MsgPack",
      "event `Desk.filled` is not there",
    ]);
  });

  test.each([
    ["quotes", "quote", true],
    ["qotes", "quotes", true],
    ["quotes", "quotas", true],
    ["client_ref", "clientRef", true],
    ["quotes", "quoted_by", false],
    ["a", "b", false],
  ])("%s is near %s: %s", (wanted, known, near) => {
    const one = service({ name: "S", methods: [method(wanted, "result")], events: [] });
    const [mismatch] = resolve(announced({ [known]: {} }, {}), one, DEMANDS).mismatches;
    expect(mismatch?.includes(`but \`${known}\` is`)).toBe(near);
  });
});

describe("the tail of stderr", () => {
  test("the last lines are kept whatever the pieces", () => {
    const tail = new Tail();
    for (let number = 0; number < 100; number++) {
      tail.push(Buffer.from(`line ${number}`));
      tail.push(Buffer.from("\r\n\n"));
    }
    tail.push(Buffer.from("no end"));
    const lines = tail.lines();
    expect([lines.length, lines[0], lines[20]]).toEqual([21, "line 80", "no end"]);
  });

  test("a long line and control characters are cut", () => {
    const tail = new Tail();
    for (let count = 0; count < 1000; count++) {
      tail.push(Buffer.alloc(1000, "x"));
    }
    tail.push(Buffer.from("\n\x1b[31mred\tx\xff\n", "latin1"));
    expect(tail.lines().map((line) => (line.length > 20 ? line.length : line))).toEqual([
      1000,
      "\ufffd[31mred\tx\ufffd",
    ]);
  });
});

test("an exit is a sentence", () => {
  expect(statusSentence({ code: 3, signal: null })).toBe("exit status: 3");
  expect(statusSentence({ code: null, signal: "SIGKILL" })).toBe("signal: 9 (SIGKILL)");
  expect(statusSentence({ code: null, signal: null })).toBe("its exit status is not known");
  expect(exitSentence({ code: null, signal: "SIGTERM", cause: "why", stderr: ["a", "b"] })).toBe(
    "signal: 15 (SIGTERM), ended by its parent: why; its last lines on stderr:\n    a\n    b",
  );
});
