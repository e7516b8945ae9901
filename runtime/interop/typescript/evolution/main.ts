// One version of the rows of `evolution/`, as `src/bin/evolution.rs` is in Rust:
// `main.js old|new worker|parent|starter types|SERVICE [WORKER…]`.
import { readFileSync } from "node:fs";
import { isProcwireError } from "procwire";
import { decode } from "procwire/stub-v1";
import * as newer from "./new.js";
import * as older from "./old.js";

type Call = (...values: unknown[]) => Promise<unknown>;

const [version, role, what = "", ...worker] = process.argv.slice(2);
const [program = "", ...rest] = worker;
const { Evolution, EvolutionClient, serveEvolution } = (version === "old" ? older : newer) as typeof newer;
const services = (version === "old" ? older : newer) as unknown as Record<string, never>;

/** What handlers answer, by version and service; the others answer nothing. */
const ANSWERS: Record<string, unknown> = {
  "new UnitToValue": 7,
  "new UnitToNullable": 7,
  "new AckToValue": 7,
  "old ValueToUnit": 7,
};
/** What handlers throw. */
const REFUSALS: Record<string, () => Error> = {
  "old AddVariantThrown": () => new older.AddVariantRefusal({ type: "Known" }),
  "new AddVariantThrown": () => new newer.AddVariantRefusal({ type: "More" }),
  "new AddThrows": () => new newer.AddThrowsRefusal({ type: "More" }),
};
/** What is called with, by version and service; the others take nothing. */
const ARGUMENTS: Record<string, unknown> = {
  "old ChangeCodec": Buffer.from("x"),
  "new ChangeCodec": Buffer.from("x"),
  "old BareToNamed": 7,
  "new BareToNamed": { value: 7 },
  "new AddParameter": { value: 7 },
};

/** What the version that writes it makes of a payload. */
function value(method: string, payload: Uint8Array): unknown {
  const found = Evolution.methods.find((declared) => declared.wire === method);
  if (found === undefined) throw new Error(`there is no method ${method}`);
  return decode(method.endsWith("_ask") ? found.request : found.answer, payload);
}

async function outcome(call: Promise<unknown> | undefined): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (!isProcwireError(error)) throw error;
    return `${error.code} ${error.message}`;
  }
}

async function serveTypes(): Promise<void> {
  const handlers = Evolution.methods.map(({ name, wire }) => {
    const ask = (): void => {};
    const tell = (payload: Uint8Array): unknown => value(wire, payload);
    return [name, wire.endsWith("_ask") ? ask : tell];
  });
  await serveEvolution(Object.fromEntries(handlers) as never);
}

async function callTypes(): Promise<void> {
  const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
  await using client = await EvolutionClient.spawn(program, rest, { checkSchema: false });
  const calls = client as unknown as Record<string, Call>;
  for (const line of lines) {
    const { method, payload } = JSON.parse(line) as { method: string; payload: string };
    const bytes = Buffer.from(payload, "hex");
    const name = Evolution.methods.find((declared) => declared.wire === method)?.name ?? "";
    console.log(await outcome(calls[name]?.(method.endsWith("_ask") ? value(method, bytes) : bytes)));
  }
}

/** Starts a worker that has to agree on the schema, and prints what came of it. */
async function start(client: typeof newer.AddMethodClient): Promise<void> {
  const callbacks = REQUIRED.has(`${version} ${what}`) ? { rows: { ask: () => {} } } : {};
  try {
    const started = await client.spawn(program, rest, { callbacks } as never);
    await started.shutdown();
    console.log("ok");
  } catch (error) {
    console.log(`refused ${error instanceof Error ? error.message : error}`);
  }
}

async function serveService(service: typeof newer.AddMethod, serve: typeof newer.serveAddMethod): Promise<void> {
  const handlers = service.methods.map(({ name, response }) => {
    const answer = (given: unknown): unknown => {
      const refusal = REFUSALS[`${version} ${what}`];
      if (refusal !== undefined) throw refusal();
      return what === "ChangeCodec" ? given : name === "call" ? ANSWERS[`${version} ${what}`] : 7;
    };
    return [name, response === "stream" ? function* (): Generator<number> {} : answer];
  });
  await serve(Object.fromEntries(handlers) as never);
}

/** What children require, by version; the parents of the other version answer nothing. */
const REQUIRED = new Set([
  "new ChildRequireAdded",
  "new ChildOptionalToRequired",
  "old ChildRequiredToOptional",
  "old ChildRequireRemoved",
]);

async function serveChild(serve: (workers: never) => Promise<unknown>): Promise<void> {
  await serve({ [field(what)]: { call: () => {} } } as never);
}

async function callChild(client: typeof newer.ChildRequireAddedModuleClient): Promise<void> {
  const callbacks = REQUIRED.has(`${version} ${what}`) ? { rows: { ask: () => {} } } : {};
  try {
    await using started = await client.spawn(program, rest, { callbacks, checkSchema: false } as never);
    const child = (started as unknown as Record<string, { call: Call }>)[field(what)];
    console.log(await outcome(child?.call()));
  } catch (error) {
    console.log(`refused ${error instanceof Error ? error.message : error}`);
  }
}

function field(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

async function callService(client: typeof newer.AddMethodClient): Promise<void> {
  try {
    await using started = await client.spawn(program, rest, { checkSchema: false });
    const called = started as unknown as { call: Call };
    const given = ARGUMENTS[`${version} ${what}`];
    console.log(await outcome(given === undefined ? called.call() : called.call(given)));
  } catch (error) {
    console.log(`refused ${error instanceof Error ? error.message : error}`);
  }
}

if (role === "starter") {
  const name = what === "types" ? "Evolution" : what.startsWith("Child") ? `${what}Module` : what;
  await start(services[`${name}Client`] as never);
} else if (what === "types") {
  await (role === "worker" ? serveTypes() : callTypes());
} else if (what.startsWith("Child")) {
  if (role === "worker") await serveChild(services[`serve${what}Module`] as never);
  else await callChild(services[`${what}ModuleClient`] as never);
} else if (role === "worker") {
  await serveService(services[what] as never, services[`serve${what}`] as never);
} else {
  await callService(services[`${what}Client`] as never);
}
