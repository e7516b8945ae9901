// What the TypeScript parents of the scenarios share; `src/scenario.rs` is the same in Rust.
import { writeSync } from "node:fs";
import { msgpackCodec } from "@procwire/codecs";
import { ProcwireError, type SpawnOptions } from "procwire";
import { InteropClient, type InteropEvents } from "./interop.js";

/** Prints a line of the transcript, which is the same for every pair. */
export function say(line: string | number): void {
  writeSync(1, `${line}\n`);
}

/** The worker's command line, as the runner gives it. */
export function worker(): readonly string[] {
  return JSON.parse(process.env["INTEROP_WORKER"] ?? "[]");
}

/** Whether the worker is ours. */
export function workerIsOurs(): boolean {
  return process.env["INTEROP_PAIR"]?.endsWith("-real") === false;
}

/** Whether the worker runs in Node, where nothing can end a process in order while its thread is held. */
export function workerIsInNode(): boolean {
  return /-(real|typescript)$/.test(process.env["INTEROP_PAIR"] ?? "");
}

/** Starts a worker: the one of the runner, unless another command line is given. */
export function spawn(
  options: SpawnOptions<InteropEvents> = {},
  line: readonly string[] = worker(),
): Promise<InteropClient> {
  const [program = "", ...args] = line;
  return InteropClient.spawn(program, args, options);
}

/** An error where the condition does not hold. */
export function check(condition: boolean, message: unknown): asserts condition {
  if (!condition) throw new Error(String(message));
}

/** The error that a promise is rejected with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    check(error instanceof Error, `rejected with ${error}, which is no error`);
    return error;
  }
  throw new Error("this should have failed");
}

/** The runtime's error that a call ends in. */
export async function failure(promise: PromiseLike<unknown>): Promise<ProcwireError> {
  const error = await rejection(promise);
  check(error instanceof ProcwireError, `not an error of the runtime: ${error.stack}`);
  return error;
}

/** The next item of a stream, or the next event; an end is an error. */
export async function next<T>(items: AsyncIterator<T>): Promise<T> {
  const { value, done } = await items.next();
  if (done) throw new Error("nothing more came");
  return value;
}

/** Numbers from 0. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Whether there is no such process any more. */
export function gone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** What a value looks like in a transcript: keys sorted, bytes in hex, what is unknown as it came. */
export function show(value: unknown): string {
  return JSON.stringify(plain(value));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("$raw" in value) return plain(msgpackCodec.deserialize(value.$raw as Buffer));
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, plain(part)]));
}
