// `main.js old|new worker`, or `main.js old|new parent WORKER…`: one version of the rows of `evolution/rows.json`, as
// `src/evolution.rs` is in Rust.
import { readFileSync } from "node:fs";
import { isProcwireError } from "procwire";
import { decode } from "procwire/stub-v1";
import * as newer from "./new.js";
import * as older from "./old.js";

type Call = (value: unknown) => Promise<unknown>;

const [version, role, ...worker] = process.argv.slice(2);
const { Evolution, EvolutionClient, serveEvolution } = (version === "old" ? older : newer) as typeof newer;

/** What the version that writes it makes of a payload. */
function value(method: string, payload: Uint8Array): unknown {
  const found = Evolution.methods.find((declared) => declared.wire === method);
  if (found === undefined) throw new Error(`there is no method ${method}`);
  return decode(method.endsWith("_ask") ? found.request : found.answer, payload);
}

if (role === "worker") {
  const handlers = Evolution.methods.map(({ name, wire }) => {
    const ask = (): void => {};
    const tell = (payload: Uint8Array): unknown => value(wire, payload);
    return [name, wire.endsWith("_ask") ? ask : tell];
  });
  await serveEvolution(Object.fromEntries(handlers) as never);
} else {
  const [program = "", ...rest] = worker;
  const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
  await using client = await EvolutionClient.spawn(program, rest);
  const calls = client as unknown as Record<string, Call>;
  for (const line of lines) {
    const { method, payload } = JSON.parse(line) as { method: string; payload: string };
    const bytes = Buffer.from(payload, "hex");
    const name = Evolution.methods.find((declared) => declared.wire === method)?.name ?? "";
    try {
      await calls[name]?.call(client, method.endsWith("_ask") ? value(method, bytes) : bytes);
      console.log("ok");
    } catch (error) {
      if (!isProcwireError(error)) throw error;
      console.log(`${error.code} ${error.message}`);
    }
  }
}
