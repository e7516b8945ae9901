/**
 * The control plane: one JSON-RPC 2.0 notification a line, as pure functions over bytes.
 *
 * Nothing here reads or writes a descriptor. `Lines` cuts what came into lines, `parse` says what a line means, and the
 * `print…` functions give what goes out in one write.
 *
 * @module
 */

import { CONTROL, ID_RESERVED, RESPONSES, type ResponseKind } from "./constants.js";

/** A method as `$init` announces it. */
export interface AnnouncedMethod {
  readonly id: number;
  readonly response: ResponseKind;
  readonly raw: boolean;
  /** Milliseconds that a call may take; 0 is for ever. */
  readonly timeoutMs: number | undefined;
}

/** What a child announces: where it listens and what it serves. */
export interface Init {
  readonly pipe: string;
  readonly methods: ReadonlyMap<string, AnnouncedMethod>;
  readonly events: ReadonlyMap<string, number>;
}

/** What one line of the control plane means. */
export type Message =
  | { readonly kind: "init"; readonly init: Init }
  /** An `$init` that cannot be used. */
  | { readonly kind: "bad-init"; readonly reason: string }
  | { readonly kind: "ping" }
  | { readonly kind: "pong" }
  | { readonly kind: "shutdown"; readonly graceMs: number | undefined }
  | { readonly kind: "error"; readonly message: string }
  /** Anything else: a print of the program, or a message of another protocol. */
  | { readonly kind: "noise" };

const NOISE: Message = { kind: "noise" };

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Says what a line means. Never fails: what is no control line is noise. */
export function parse(line: string): Message {
  // Most noise is told apart without a JSON parser, since programs print a lot.
  if (!/^\s*\{/.test(line)) {
    return NOISE;
  }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return NOISE;
  }
  if (!isObject(value)) {
    return NOISE;
  }
  const params = isObject(value["params"]) ? value["params"] : {};
  switch (value["method"]) {
    case "$init":
      return init(params);
    case "$ping":
      return { kind: "ping" };
    case "$pong":
      return { kind: "pong" };
    case "$shutdown":
      return { kind: "shutdown", graceMs: millis(params["grace_ms"]) };
    case "$error": {
      const message = params["message"];
      return { kind: "error", message: typeof message === "string" ? message : "no message was given" };
    }
    default:
      return NOISE;
  }
}

function millis(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function init(params: Json): Message {
  try {
    return { kind: "init", init: readInit(params) };
  } catch (error) {
    return { kind: "bad-init", reason: (error as Error).message };
  }
}

function readInit(params: Json): Init {
  const pipe = params["pipe"];
  if (typeof pipe !== "string" || pipe === "") {
    throw new Error("`params.pipe` must be a path");
  }
  const schema = params["schema"];
  if (!isObject(schema)) {
    throw new Error("`params.schema` must be an object");
  }
  const methods = new Map<string, AnnouncedMethod>();
  for (const [name, entry] of entries(schema, "methods")) {
    methods.set(name, readMethod(name, entry));
  }
  const events = new Map<string, number>();
  for (const [name, entry] of entries(schema, "events")) {
    events.set(name, readId("event", name, entry));
  }
  return { pipe, methods, events };
}

function entries(schema: Json, key: string): [string, unknown][] {
  const value = Object.hasOwn(schema, key) ? schema[key] : {};
  if (!isObject(value)) {
    throw new Error(`\`params.schema.${key}\` must be an object`);
  }
  return Object.entries(value);
}

function readMethod(name: string, entry: unknown): AnnouncedMethod {
  const { response, codec, timeout } = isObject(entry) ? entry : ({} as Json);
  if (typeof response !== "string") {
    throw new Error(`method \`${name}\` has no response kind`);
  }
  const kind = RESPONSES.find((known) => known === response);
  if (kind === undefined) {
    throw new Error(`method \`${name}\` has the response kind \`${response}\`, expected result, stream, ack or none`);
  }
  return { id: readId("method", name, entry), response: kind, raw: codec === "raw", timeoutMs: millis(timeout) };
}

function readId(what: string, name: string, entry: unknown): number {
  const id = isObject(entry) ? millis(entry["id"]) : undefined;
  if (id === undefined) {
    throw new Error(`${what} \`${name}\` has no id`);
  }
  if (id === 0 || id >= ID_RESERVED) {
    throw new Error(`${what} \`${name}\` has the id ${id}, expected 1 to ${ID_RESERVED - 1}`);
  }
  return id;
}

/** A line between two line ends, in one piece: a print without an end cannot glue to it. */
function line(method: string, params?: unknown): string {
  return `\n${JSON.stringify({ jsonrpc: "2.0", method, params })}\n`;
}

/** Asks the child whether it is alive. */
export function printPing(): string {
  return line("$ping");
}

/** Says that the child is alive. */
export function printPong(): string {
  return line("$pong");
}

/** Asks the child to end within so many milliseconds. */
export function printShutdown(graceMs: number): string {
  return line("$shutdown", { grace_ms: Math.round(graceMs) });
}

/** Says why the child cannot start. */
export function printError(message: string): string {
  return line("$error", { message });
}

/** Announces the socket, and the methods and events in the order of their ids, from 1. */
export function printInit(
  pipe: string,
  methods: readonly { readonly wire: string; readonly kind: ResponseKind; readonly raw: boolean }[],
  events: readonly string[],
): string {
  // Written by hand, since an object of JavaScript would move names that are numbers.
  const methodEntries = methods.map(({ wire, kind, raw }, index) => {
    const entry = raw ? { id: index + 1, response: kind, codec: "raw" } : { id: index + 1, response: kind };
    return `${JSON.stringify(wire)}:${JSON.stringify(entry)}`;
  });
  const eventEntries = events.map((name, index) => `${JSON.stringify(name)}:{"id":${methods.length + index + 1}}`);
  const schema = `{"methods":{${methodEntries.join(",")}},"events":{${eventEntries.join(",")}}}`;
  const params = `{"pipe":${JSON.stringify(pipe)},"schema":${schema},"version":"${CONTROL.version}"}`;
  return `\n{"jsonrpc":"2.0","method":"$init","params":${params}}\n`;
}

/** Takes the pieces that lines are cut into. */
export interface LineHandler {
  /** A whole line without its end. */
  line(line: Buffer): void;
  /** A part of a line that is longer than any control line, as it came. */
  overlong(part: Buffer): void;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Cuts bytes into lines; holds `CONTROL.lineLimit` bytes at most. */
export class Lines {
  #held: Buffer[] = [];
  #length = 0;
  #overlong = false;

  /** Takes the bytes that came, and gives every piece that they complete. */
  push(bytes: Buffer, handler: LineHandler): void {
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      this.#end(bytes.subarray(from, end), bytes.subarray(from, end + 1), handler);
      from = end + 1;
    }
    const rest = bytes.subarray(from);
    if (this.#overlong || this.#length + rest.length > CONTROL.lineLimit) {
      this.#flush(rest, handler);
      this.#overlong = true;
    } else if (rest.length > 0) {
      this.#held.push(Buffer.from(rest));
      this.#length += rest.length;
    }
  }

  /** Gives the line that had no end when the stream ended. */
  finish(handler: LineHandler): void {
    if (this.#length > 0) {
      handler.line(this.#take());
    }
  }

  #end(text: Buffer, whole: Buffer, handler: LineHandler): void {
    if (this.#overlong || this.#length + text.length > CONTROL.lineLimit) {
      this.#flush(whole, handler);
      this.#overlong = false;
      return;
    }
    this.#held.push(text);
    const line = this.#take();
    handler.line(line.at(-1) === RETURN ? line.subarray(0, -1) : line);
  }

  #flush(more: Buffer, handler: LineHandler): void {
    this.#held.push(more);
    const all = this.#take();
    if (all.length > 0) {
      handler.overlong(all);
    }
  }

  #take(): Buffer {
    const [first] = this.#held;
    const all = this.#held.length === 1 && first !== undefined ? first : Buffer.concat(this.#held);
    this.#held = [];
    this.#length = 0;
    return all;
  }
}
