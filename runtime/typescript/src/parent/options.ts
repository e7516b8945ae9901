import { randomBytes } from "node:crypto";

import type { ExtensionName } from "../connection/extensions.js";
import { type Limits, limitsOf } from "../connection/limits.js";
import { CONTROL, EXTENSIONS, TIMEOUTS_MS } from "../constants.js";
import type { EventContext } from "../context.js";
import { ProcwireError } from "../error.js";
import type { Tracing } from "../tracing.js";

/** How a worker is started and kept. */
export interface SpawnOptions<Events = unknown, Handlers = unknown> {
  /** The name that the worker goes by in messages, and is told in `PROCWIRE_MODULE_NAME`. The service's by default. */
  readonly name?: string | undefined;
  /** The folder that the worker starts in. This process's by default. */
  readonly cwd?: string | URL | undefined;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Milliseconds that a call that is answered once may take, where neither the call nor the worker says otherwise. 30 s
   * by default; `Infinity` is for ever.
   */
  readonly callTimeoutMs?: number | undefined;
  /** Milliseconds that the worker may take to announce itself. 30 s by default. */
  readonly initTimeoutMs?: number | undefined;
  /** Milliseconds that the connection to the worker may take. 10 s by default. */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds that what runs may go on after a shutdown began. 5 s by default; SIGKILL follows 1 s later. */
  readonly shutdownGraceMs?: number | undefined;
  /** Whether the worker gets a token that only this parent knows, and so takes nobody else's connection. On by default. */
  readonly auth?: boolean | undefined;
  /**
   * Asks the worker every `intervalMs` whether it is alive, and ends it where it takes longer than `timeoutMs` to answer.
   * Off by default.
   */
  readonly heartbeat?: Heartbeat | undefined;
  /** Bytes of a payload that is taken; at most 2 GiB - 1. 1 GiB by default. */
  readonly maxPayload?: number | undefined;
  /**
   * Whether to look for an answer for up to 50 µs before sleeping, where answers came at once so far: calls one after the
   * other are twice as fast, for some more time of the processor. True by default.
   */
  readonly spin?: boolean | undefined;
  /** What the connection may hold, and for how long. */
  readonly limits?: Partial<Limits> | undefined;
  /** Answers what the worker calls: a member a namespace, with a function for each callback. */
  readonly callbacks?: Handlers | undefined;
  /** Whether the worker may lack any method and event; to call one then fails with `unsupported`. False by default. */
  readonly allowMissing?: boolean | undefined;
  /**
   * Whether a worker that was made from another schema is asked for it, and refused where some payload would be. True by
   * default.
   */
  readonly checkSchema?: boolean | undefined;
  /** Whether the constraints of the schema are checked before a request is sent. False by default. */
  readonly checkSent?: boolean | undefined;
  /**
   * Whether a worker of ours is asked to say where its handlers fail: `error.traceback` has it then, which may show what the
   * code that failed had at hand, what the schema calls `@sensitive` included. False by default.
   */
  readonly tracebacks?: boolean | undefined;
  /** Follows calls and callbacks with spans: `tracing()` of `procwire/opentelemetry`. Nothing by default. */
  readonly tracing?: Tracing | undefined;
  /** The extensions of the protocol that are used with a worker that knows them. All by default. */
  readonly extensions?: readonly ExtensionName[] | undefined;
  /**
   * The variables of this process's environment that the worker inherits, by their names; all where this is not given. `env`
   * is added to them. A program that is found by `PATH` needs that in the list.
   */
  readonly inheritEnv?: readonly string[] | undefined;
  /** Hears events from the start on, so that none is lost. */
  readonly on?:
    | { readonly [Name in keyof Events]?: ((event: Events[Name], context: EventContext) => void) | undefined }
    | undefined;
  /**
   * Takes what the worker writes on stderr, in pieces as they come, instead of this process's own stderr. What it prints
   * on stdout comes here too.
   */
  readonly onStderr?: ((chunk: Uint8Array) => void) | undefined;
}

/** How often a worker is asked whether it is alive, and how long it may take to answer, in milliseconds. */
export interface Heartbeat {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** The same with every default filled in. */
export interface Settings {
  readonly name: string;
  readonly cwd: string | URL | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly token: string | undefined;
  readonly initTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly shutdownGraceMs: number;
  readonly heartbeat: Heartbeat | undefined;
  readonly limits: Limits;
  readonly allowMissing: boolean;
  readonly checkSchema: boolean;
  readonly checkSent: boolean;
  readonly tracebacks: boolean;
  readonly tracing: Tracing | undefined;
  readonly extensions: readonly ExtensionName[];
  readonly spin: boolean;
  readonly onStderr: ((chunk: Uint8Array) => void) | undefined;
}

const TOKEN_BYTES = 32;

/** The settings of a worker of this service. Throws where an option cannot be used. */
export function settingsOf(service: string, options: SpawnOptions<never>): Settings {
  const name = options.name ?? service;
  const extensions = options.extensions ?? EXTENSIONS.names;
  const token = (options.auth ?? true) ? randomBytes(TOKEN_BYTES).toString("hex") : undefined;
  const payload = options.maxPayload === undefined ? {} : { payload: options.maxPayload };
  const timeout = options.callTimeoutMs === undefined ? {} : { callTimeoutMs: options.callTimeoutMs };
  if (options.heartbeat !== undefined) {
    milliseconds("heartbeat.intervalMs", options.heartbeat.intervalMs, 0);
    milliseconds("heartbeat.timeoutMs", options.heartbeat.timeoutMs, 0);
  }
  return {
    name,
    cwd: options.cwd,
    env: environment(name, token, extensions.includes("fd"), options),
    token,
    initTimeoutMs: milliseconds("initTimeoutMs", options.initTimeoutMs, TIMEOUTS_MS.init),
    connectTimeoutMs: milliseconds("connectTimeoutMs", options.connectTimeoutMs, TIMEOUTS_MS.connect),
    shutdownGraceMs: milliseconds("shutdownGraceMs", options.shutdownGraceMs, TIMEOUTS_MS.shutdownGrace),
    heartbeat: options.heartbeat,
    limits: limitsOf({ ...options.limits, ...payload, ...timeout }),
    allowMissing: options.allowMissing ?? false,
    checkSchema: options.checkSchema ?? true,
    checkSent: options.checkSent ?? false,
    tracebacks: options.tracebacks ?? false,
    tracing: options.tracing,
    extensions,
    spin: options.spin ?? true,
    onStderr: options.onStderr,
  };
}

/** The longest that a timer of Node can take. */
const LONGEST_MS = 2 ** 31 - 1;

function milliseconds(name: string, value: number | undefined, usual: number): number {
  if (value === undefined) {
    return usual;
  }
  if (typeof value !== "number" || !(value >= 0)) {
    const message = `the option ${name} is ${value}, expected a number of milliseconds that is not negative`;
    throw new ProcwireError("invalid_argument", message);
  }
  return Math.min(value, LONGEST_MS);
}

function environment(
  name: string,
  token: string | undefined,
  pair: boolean,
  { env: added = {}, inheritEnv }: Pick<SpawnOptions<never>, "env" | "inheritEnv">,
): NodeJS.ProcessEnv {
  const inherits = inheritEnv === undefined ? undefined : new Set(inheritEnv);
  const environment: NodeJS.ProcessEnv = {};
  // A child of ours may itself have a parent; what that one said is not for this child.
  for (const [variable, value] of Object.entries(process.env)) {
    if (!variable.startsWith(CONTROL.variablePrefix) && inherits?.has(variable) !== false) {
      environment[variable] = value;
    }
  }
  for (const [variable, value] of Object.entries(added)) {
    if (value === undefined) {
      delete environment[variable];
    } else {
      environment[variable] = value;
    }
  }
  environment[CONTROL.moduleVariable] = name;
  if (token === undefined) {
    delete environment[CONTROL.tokenVariable];
  } else {
    environment[CONTROL.tokenVariable] = token;
  }
  if (pair) {
    environment[EXTENSIONS.descriptorVariable] = `${PAIR_FD}:${process.pid}`;
  } else {
    delete environment[EXTENSIONS.descriptorVariable];
  }
  return environment;
}

/** The descriptor under which the child finds its end of the pair. */
export const PAIR_FD = 3;
