/** Constraints, sensitive data, several declared errors and tries: what generated code declares, between two processes. */

import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isProcwireError, ProcwireError } from "../../src/index.js";
import { Denied, Gone, type LimitsInput, RulesClient } from "../fixtures/rules.js";
import { workerPath } from "../support/build.js";

const limits: LimitsInput = {
  symbol: "A.B",
  wide: 1n,
  ratio: 0.5,
  percent: null,
  body: Buffer.from("b"),
  list: ["A"],
};

let rules: RulesClient;

beforeAll(async () => {
  rules = await RulesClient.spawn("node", [workerPath("rules")], { onStderr() {} });
});

afterAll(() => rules.shutdown());

/** What a call fails with. */
async function failure(call: PromiseLike<unknown>): Promise<ProcwireError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isProcwireError(error)) throw new Error(`not a failure of a call: ${error}`);
  return error;
}

describe("constraints", () => {
  test("are looked at by who reads a request", async () => {
    expect(await rules.limit({ limits })).toMatchObject({ symbol: "A.B", level: 2 });
    const error = await failure(rules.limit({ limits: { ...limits, symbol: "A".repeat(13) } }));
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toBe("Rules.limit request: limits.symbol: expected 1 to 12 characters, got 13");
  });

  test("are looked at by who reads an answer", async () => {
    const error = await failure(rules.limit({ limits: { ...limits, note: "break" } }));
    expect(error.message).toBe("Rules.limit result: level: expected 1 to 3, got 9");
  });

  test("cost an event that breaks them", async () => {
    const [plain, seen] = [rules.events.plain.subscribe(), rules.events.seen.subscribe()];
    const before = rules.peer.counts().eventsUndecodable;
    await rules.look("LOUD");
    await rules.look("A");
    expect((await plain.next()).value).toBe(1);
    expect([(await seen.next()).value, (await seen.next()).value]).toEqual([{ symbol: "LOUD" }, { symbol: "A" }]);
    expect(rules.peer.counts().eventsUndecodable).toBe(before + 1);
    await Promise.all([plain.return(), seen.return()]);
  });

  test("are looked at before sending on request", async () => {
    const strict = await RulesClient.spawn("node", [workerPath("rules")], {
      checkSent: true,
      env: { RULES: "check" },
      onStderr() {},
    });
    try {
      const written = strict.peer.counts().framesWritten;
      const error = await failure(strict.limit({ limits: { ...limits, symbol: "" } }));
      expect([error.code, error.message]).toEqual([
        "invalid_argument",
        "Rules.limit request cannot be encoded: limits.symbol: expected 1 to 12 characters, got 0",
      ]);
      expect(strict.peer.counts().framesWritten).toBe(written);
      const answer = await failure(strict.limit({ limits: { ...limits, note: "break" } }));
      expect(answer.code).toBe("internal");
      expect(answer.message).toContain("level: expected 1 to 3, got 9");
    } finally {
      await strict.shutdown();
    }
  });
});

describe("what is sensitive", () => {
  test("is not told by a refusal", async () => {
    const error = await failure(rules.enter({ word: "secret", pin: "12345" }));
    expect(error.message).toBe("Rules.enter request: pin: expected 4 characters, got <redacted>");
  });

  test("is not shown by what holds it", async () => {
    const login = await rules.enter({ word: "secret", pin: "1234" });
    expect(login.pin).toBe("1234");
    expect(inspect(login)).not.toMatch(/secret|1234/);
    const error = await failure(rules.enter({ word: "wrong", pin: "1234" }));
    expect(error.data).toEqual({ type: "Wrong", tried: "wrong" });
    for (const shown of [inspect(error), JSON.stringify(error), String(error), error.stack ?? ""]) {
      expect(shown).not.toContain("'wrong'");
      expect(shown).not.toContain('"wrong"');
    }
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "DeclaredError",
      code: "declared",
      message: "Denied.Wrong",
      data: { type: "Wrong", tried: "<redacted>" },
    });
  });

  test("is not shown by an error that is still to be thrown", () => {
    for (const error of [new Denied({ type: "Wrong", tried: "hush" }), new Gone({ type: "Lost", value: "hush" })]) {
      expect(inspect(error)).not.toContain("hush");
      expect(JSON.stringify(error)).not.toContain("hush");
      expect(Object.values(error.data)).toContain("hush");
    }
  });
});

test("several errors arrive as their classes", async () => {
  expect(await failure(rules.enter({ word: "wrong", pin: "1234" }))).toBeInstanceOf(Denied);
  const gone = await failure(rules.enter({ word: "gone", pin: "1234" }));
  expect(gone).toBeInstanceOf(Gone);
  expect(gone.data).toEqual({ type: "Lost", value: "1234" });
  expect(await failure(rules.enter({ word: "moved", pin: "1234" }))).toBeInstanceOf(Gone);
});

describe("tries", () => {
  test("are made where the schema and the caller say so", async () => {
    expect(await rules.ask({ value: 1 }, { retries: 2 })).toBe(2);
    const error = await failure(rules.ask({ value: 9 }));
    expect([error instanceof Denied, error.isRetryable]).toEqual([true, true]);
    // One was asked for already.
    expect(await rules.ask({ value: 3 }, { retries: 3 })).toBe(4);
  });

  test("are not worth it after every error", async () => {
    expect((await failure(rules.enter({ word: "wrong", pin: "1234" }))).isRetryable).toBe(false);
    expect(new ProcwireError("unavailable", "x").isRetryable).toBe(false);
    expect(new Denied({ type: "Slow", until: new Date(0) }).isRetryable).toBe(true);
  });
});

test("what came later is asked for by name", async () => {
  expect(rules.has("again")).toBe(true);
  expect(await rules.has_({ name: "x" })).toBe(true);
  const items: number[] = [];
  for await (const item of rules.again()) items.push(item);
  expect(items).toEqual([1]);
});
