/**
 * The control plane: one JSON-RPC 2.0 notification a line, as pure functions over bytes.
 *
 * Nothing here reads or writes a descriptor. `Lines` cuts what came into lines, `parse` says what a line means, and the
 * `print…` functions give what goes out in one write.
 *
 * @module
 */

import { CONTROL, EXTENSIONS, ID_RESERVED, RESPONSES, type ResponseKind } from "./constants.js";

/** A method as `$init` announces it. */
export interface AnnouncedMethod {
  readonly id: number;
  readonly response: ResponseKind;
  readonly raw: boolean;
  /** Milliseconds that a call may take; 0 is for ever. */
  readonly timeoutMs: number | undefined;
  /** The fingerprint of what it takes and answers, where the child says it. */
  readonly fp: string | undefined;
}

/** An event as `$init` announces it. */
export interface AnnouncedEvent {
  readonly id: number;
  /** The fingerprint of what it carries, where the child says it. */
  readonly fp: string | undefined;
}

/** A callback as `$init` announces it. */
export interface AnnouncedCallback extends AnnouncedMethod {
  /** The child does not work without it. */
  readonly required: boolean;
}

/** What a child announces: where it listens and what it serves. */
export interface Init {
  readonly pipe: string;
  readonly methods: ReadonlyMap<string, AnnouncedMethod>;
  readonly events: ReadonlyMap<string, AnnouncedEvent>;
  /** What it calls at its parent, by path. */
  readonly callbacks: ReadonlyMap<string, AnnouncedCallback>;
  /** The extensions that it knows; `undefined` where it knows of none. */
  readonly ext: readonly string[] | undefined;
  /** Bytes of a payload that it takes, and the window of each stream that it receives, where it says so. */
  readonly limits: { readonly payload: number | undefined; readonly window: number | undefined };
  /** Whether it wants to be told where handlers of its callbacks fail. */
  readonly tracebacks: boolean;
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

/** How this runtime calls itself. */
const TOOL = "procwire 0.1.0";

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
      return { kind: "shutdown", graceMs: natural(params["grace_ms"]) };
    case "$error": {
      const message = params["message"];
      return { kind: "error", message: typeof message === "string" ? message : "no message was given" };
    }
    default:
      return NOISE;
  }
}

function natural(value: unknown): number | undefined {
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
  const events = new Map<string, AnnouncedEvent>();
  for (const [name, entry] of entries(schema, "events")) {
    events.set(name, { id: readId("event", name, entry), fp: fingerprint(entry) });
  }
  const callbacks = new Map<string, AnnouncedCallback>();
  for (const [path, entry] of entries(schema, "callbacks")) {
    const required = isObject(entry) && entry["required"] === true;
    callbacks.set(path, { ...readMethod(path, entry, "callback"), required });
  }
  const limits = isObject(params["limits"]) ? params["limits"] : {};
  const ext = params["ext"];
  const errors = params["errors"];
  return {
    pipe,
    methods,
    events,
    callbacks,
    ext: Array.isArray(ext) ? ext.filter((name) => typeof name === "string") : undefined,
    limits: { payload: natural(limits["payload"]), window: natural(limits["window"]) },
    tracebacks: isObject(errors) && errors["traceback"] === true,
  };
}

function entries(schema: Json, key: string): [string, unknown][] {
  const value = Object.hasOwn(schema, key) ? schema[key] : {};
  if (!isObject(value)) {
    throw new Error(`\`params.schema.${key}\` must be an object`);
  }
  return Object.entries(value);
}

function readMethod(name: string, entry: unknown, what = "method"): AnnouncedMethod {
  const { response, codec, timeout } = isObject(entry) ? entry : ({} as Json);
  if (typeof response !== "string") {
    throw new Error(`${what} \`${name}\` has no response kind`);
  }
  const kind = RESPONSES.find((known) => known === response);
  if (kind === undefined) {
    throw new Error(`${what} \`${name}\` has the response kind \`${response}\`, expected result, stream, ack or none`);
  }
  return {
    id: readId(what, name, entry),
    response: kind,
    raw: codec === "raw",
    timeoutMs: natural(timeout),
    fp: fingerprint(entry),
  };
}

function fingerprint(entry: unknown): string | undefined {
  const fp = isObject(entry) ? entry["fp"] : undefined;
  return typeof fp === "string" ? fp : undefined;
}

function readId(what: string, name: string, entry: unknown): number {
  const id = isObject(entry) ? natural(entry["id"]) : undefined;
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

/** A method or a callback to be announced. */
export interface Announced {
  readonly wire: string;
  readonly kind: ResponseKind;
  readonly raw: boolean;
  /** Milliseconds that a call may take; where it is not said the parent decides. */
  readonly timeoutMs?: number | undefined;
  readonly required?: boolean | undefined;
  readonly fp?: string | undefined;
}

/** An event to be announced. */
export interface AnnouncedName {
  readonly wire: string;
  readonly fp?: string | undefined;
}

/** What a child says of the schema that it was made from. */
export interface Identity {
  readonly package?: string | undefined;
  readonly module?: string | undefined;
  /** The fingerprint over those of all members that it announces. */
  readonly fingerprint: string;
}

/** What a child of ours announces besides its methods and events. */
export interface Announcement {
  readonly callbacks: readonly Announced[];
  /** The runtime's own methods that it serves, by their names. */
  readonly builtins: readonly (keyof typeof EXTENSIONS.builtins)[];
  readonly ext: readonly string[];
  readonly limits: { readonly payload: number; readonly window: number };
  /** Whether it wants to be told where handlers of its callbacks fail. */
  readonly tracebacks?: boolean | undefined;
  /** What it was made from, where it knows it. */
  readonly identity?: Identity | undefined;
}

/** Announces the socket, and the methods, events and callbacks in the order of their ids, from 1. */
export function printInit(
  pipe: string,
  methods: readonly Announced[],
  events: readonly AnnouncedName[],
  more?: Announcement,
): string {
  // Written by hand, since an object of JavaScript would move names that are numbers.
  let id = 0;
  const next = (): number => {
    id += 1;
    return id;
  };
  // A parent that knows of no extensions is not told of schemas either.
  const isExtended = more !== undefined;
  const methodEntries = methods.map((method) => entry(next(), method, isExtended));
  const eventEntries = events.map(({ wire, fp }) => {
    const value = { id: next(), ...(isExtended && fp !== undefined ? { fp } : {}) };
    return `${JSON.stringify(wire)}:${JSON.stringify(value)}`;
  });
  const callbackEntries = (more?.callbacks ?? []).map((callback) => entry(next(), callback, true));
  for (const wire of more?.builtins ?? []) {
    methodEntries.push(entry(EXTENSIONS.builtins[wire], { wire, kind: "result", raw: false }, true));
  }
  const callbacks = callbackEntries.length > 0 ? `,"callbacks":{${callbackEntries.join(",")}}` : "";
  const schema = `{"methods":{${methodEntries.join(",")}},"events":{${eventEntries.join(",")}}${callbacks}}`;
  const rest = more === undefined ? "" : additions(more);
  const params = `{"pipe":${JSON.stringify(pipe)},"schema":${schema},"version":"${CONTROL.version}"${rest}}`;
  return `\n{"jsonrpc":"2.0","method":"$init","params":${params}}\n`;
}

function additions({ ext, limits, tracebacks, identity }: Announcement): string {
  const ipc = identity === undefined ? "" : `,"ipc":${JSON.stringify({ ...identity, tool: TOOL })}`;
  const errors = tracebacks === true ? `,"errors":{"traceback":true}` : "";
  return `,"ext":${JSON.stringify(ext)},"limits":${JSON.stringify(limits)}${errors}${ipc}`;
}

function entry(id: number, announced: Announced, isExtended: boolean): string {
  const { wire, kind, raw, timeoutMs, required, fp } = announced;
  const value = {
    id,
    response: kind,
    ...(raw ? { codec: "raw" } : {}),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(required === true ? { required } : {}),
    ...(isExtended && fp !== undefined ? { fp } : {}),
  };
  return `${JSON.stringify(wire)}:${JSON.stringify(value)}`;
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
