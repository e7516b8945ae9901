import { describe, expect, test } from "vitest";

import { client } from "../../src/client.js";
import { SpawnError } from "../../src/index.js";
import { moduleClient } from "../../src/module.js";
import { type Schema, type ServiceDescriptor, type SpawnOptions, service } from "../../src/stub_v1.js";
import { type Made, schemaOf, serviceOf } from "../support/agreement.js";
import { workerPath } from "../support/build.js";

const place = { service: "S", name: "place", response: "result", request: { values: [0] } };
const order = (...fields: object[]): object => ({ name: "Order", record: [{ name: "price", type: "f64" }, ...fields] });

/** A form with one method that takes an order. */
const one = (...fields: object[]): object => ({ ipc: 1, types: [order(...fields)], methods: [place] });
/** The price became text. */
const CHANGED: object = {
  ipc: 1,
  types: [{ name: "Order", record: [{ name: "price", type: "string" }] }],
  methods: [place],
};
const LINE = "Order.price: f64 became string: a value of another type is refused";

interface Calls extends AsyncDisposable {
  readonly [method: string]: (value: unknown) => Promise<unknown>;
}

/** Starts a worker that was made from other schemas than this program. */
function spawn(
  own: ServiceDescriptor,
  worker: readonly Made[],
  how = "",
  options: SpawnOptions<unknown, unknown> = {},
): Promise<Calls> {
  const args = [workerPath("agreement"), JSON.stringify(worker), how];
  const factory = client<Calls, unknown, unknown>(service(own));
  return factory.spawn("node", args, { onStderr() {}, ...options });
}

async function refused(starting: Promise<Calls>): Promise<SpawnError> {
  const outcome = await starting.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(SpawnError);
  return outcome as SpawnError;
}

const STARTED = "worker `S` could not be started: ";
const UNKNOWN = `${STARTED}its schema differs from this program's in S.place, and it does not say how: `;

/** A schema that nobody may look at. */
function unread(form: object): Schema {
  return {
    ...schemaOf(form),
    value: () => {
      throw new Error("there was no reason to look at the schema");
    },
  };
}

describe("a worker that was made from", () => {
  test("the same schema is not asked for it", async () => {
    const own = serviceOf({ form: one() }, unread(one()));
    await using worker = await spawn(own, [{ form: one() }], "throws");
    expect(await worker["place"]?.({ price: 1 })).toEqual({ price: 1 });
  });

  test("one with other names of types, docs and order is not asked either", async () => {
    const ask = { service: "S", name: "ask", response: "result", answer: { list: "u8" } };
    const names = {
      ipc: 1,
      types: [{ name: "Ask", record: [] }, order()],
      methods: [ask, { ...place, request: { values: [1] } }],
    };
    const other = {
      ipc: 1,
      types: [
        { ...order(), name: "Bid" },
        { name: "Q", record: [] },
      ],
      methods: [place, ask],
    };
    const own = serviceOf({ form: names }, unread(names));
    await using worker = await spawn(own, [{ form: other }], "throws");
    expect(await worker["ask"]?.(7)).toBe(7);
  });

  test("one that fits is taken", async () => {
    const more = one({ name: "note", type: "string", optional: true });
    await using worker = await spawn(serviceOf({ form: one() }), [{ form: more }]);
    expect(await worker["place"]?.({ price: 1 })).toEqual({ price: 1 });
  });

  test("one that does not fit is refused, with a line for each reason", async () => {
    const filled = { service: "S", name: "filled", payload: { values: ["u8"] } };
    const before = { ...one(), events: [filled] };
    const after = { ...CHANGED, events: [{ ...filled, payload: { values: ["u64"] } }] };
    const error = await refused(spawn(serviceOf({ form: before }), [{ form: after }]));
    expect(error).toMatchObject({ kind: "mismatch", code: "unavailable" });
    expect(error.message).toBe(
      `${STARTED}its schema does not agree with this program's:\n    ${LINE}\n    S.filled: u8 became u64: a number out of its range is refused`,
    );
  });

  test("one that does not fit is taken where nobody checks", async () => {
    await using worker = await spawn(serviceOf({ form: one() }), [{ form: CHANGED }], "", { checkSchema: false });
    expect(await worker["place"]?.("anything")).toBe("anything");
  });

  test("one that does not fit where this program does not look is taken", async () => {
    const cancel = { ...place, name: "cancel" };
    const both = { ...CHANGED, methods: [place, cancel] };
    const own = { ipc: 1, types: [{ name: "Order", record: [{ name: "price", type: "string" }] }], methods: [cancel] };
    await using worker = await spawn(serviceOf({ form: own }), [{ form: both }], "throws");
    expect(await worker["cancel"]?.(1)).toBe(1);
  });

  test("what no schema knows is taken", async () => {
    const unknown = { ipc: 1, methods: [{ ...place, request: { values: ["unknown"] } }] };
    await using worker = await spawn(serviceOf({ form: one() }), [{ form: unknown }], "throws");
    expect(await worker["place"]?.(1)).toBe(1);
  });

  test("several files says all of them", async () => {
    const quote = { service: "T", name: "quote", response: "result", answer: 0 };
    const quotes = (...fields: object[]): Made => ({
      service: "T",
      form: { ipc: 1, types: [order(...fields)], methods: [quote] },
    });
    const worker = [{ form: one() }, quotes({ name: "at", type: "u8" })];
    await using fits = await spawn(serviceOf(quotes()), worker);
    expect(await fits["quote"]?.(1)).toBe(1);
    const error = await refused(spawn(serviceOf(quotes({ name: "at", type: "bool" })), worker));
    expect(error.message).toContain("\n    Order.at: bool became u8: a value of another type is refused");
  });
});

describe("callbacks", () => {
  const callback = (answer: string): object => ({
    ipc: 1,
    methods: [{ service: "S", name: "place", response: "result" }],
    callbacks: [{ service: "desk", name: "desk.Position", response: "result", answer }],
  });
  const own = serviceOf({ form: callback("f64") });

  test("that this program answers must fit", async () => {
    const options = { callbacks: { desk: { Position: () => 1 } } };
    const error = await refused(spawn(own, [{ form: callback("u8") }], "", options));
    expect(error.message).toBe(
      `${STARTED}its schema does not agree with this program's:\n    desk.Position answer: f64 became u8: fractions are refused`,
    );
  });

  test("that this program does not answer are nobody's business", async () => {
    await using worker = await spawn(own, [{ form: callback("u8") }], "throws");
    expect(await worker["place"]?.(1)).toBe(1);
  });
});

test("a module is checked with all its services", async () => {
  const report = { service: "T", name: "report", response: "result", answer: "string" };
  const weather = (answer: string): Made => ({ service: "T", form: { ipc: 1, methods: [{ ...report, answer }] } });
  const module = moduleClient({
    name: "Desk",
    services: [
      { name: "trading", service: serviceOf({ form: one() }) },
      { name: "weather", service: serviceOf(weather("string")) },
    ],
    callbacks: [],
    requires: [],
    optional: [],
  });
  const args = (worker: readonly Made[]): string[] => [workerPath("agreement"), JSON.stringify(worker)];
  const error = await refused(module.spawn("node", args([{ form: CHANGED }, weather("u8")]), {}) as Promise<Calls>);
  expect(error.message).toBe(
    `worker \`Desk\` could not be started: its schema does not agree with this program's:\n    ${LINE}\n    T.report answer: string became u8: a value of another type is refused`,
  );
});

describe("a worker that was made from another schema, and", () => {
  const own = serviceOf({ form: one() });

  test.each([
    ["does not say it", "none", "it has no `$schema`"],
    ["fails to say it", "throws", "the schema is lost"],
    ["says what is none", "malformed", "its `$schema` cannot be used: the schema: types[0].name: expected a text"],
    ["says a map of numbers", "no map", "its `$schema` cannot be used: the schema: types: expected a list"],
    ["says a type in a circle", "circle", "its `$schema` cannot be used: the schema: types[0].is: expected at most 64"],
    [
      "says a deep type",
      "deep",
      `its \`$schema\` cannot be used: the schema: types[0].is${".list".repeat(65)}: expected`,
    ],
    ["says too much", "huge", "expected a schema of at most 67108864 bytes"],
  ])("%s is refused", async (_, how, reason) => {
    const error = await refused(spawn(own, [{ form: CHANGED }], how));
    expect(error.kind).toBe("mismatch");
    expect(error.message.slice(0, UNKNOWN.length)).toBe(UNKNOWN);
    expect(error.message.slice(UNKNOWN.length)).toContain(reason);
  });

  test("never says it is refused in time", async () => {
    const error = await refused(spawn(own, [{ form: CHANGED }], "never", { initTimeoutMs: 4000 }));
    expect(error).toMatchObject({ kind: "mismatch" });
    expect(error.message).toMatch(/it does not say how: its `\$schema` is not answered within \d+ ms$/);
  });

  test("ends instead of saying it has ended", async () => {
    const error = await refused(spawn(own, [{ form: CHANGED }], "exits"));
    expect(error).toMatchObject({ kind: "ended", exitCode: 7 });
    expect(error.message).toContain("it ended while it was asked for its schema");
  });

  test("differs from a program without a schema is refused", async () => {
    const { schema: _, ...bare } = own;
    const error = await refused(spawn(bare, [{ form: CHANGED }]));
    expect(error.message).toBe(
      `${STARTED}its schema differs from this program's in S.place, and this program does not carry its own`,
    );
  });
});
