/**
 * What generated code declares: services, their methods and events, as plain data with types attached.
 *
 * @module
 */

import type { Codec } from "./codec/index.js";
import type { ResponseKind } from "./constants.js";
import type { DeclaredErrorClass } from "./error.js";
import type { Schema } from "./schema.js";

/** How the parameters of a method or an event travel: not at all, as the one value, or by their names. */
export type Parameters = "none" | "bare" | "named";

/** One method. */
export interface MethodDescriptor {
  /** The name in TypeScript. */
  readonly name: string;
  /** The name on the wire. */
  readonly wire: string;
  /** How it answers. */
  readonly response: ResponseKind;
  /** The payloads are bytes as they are. */
  readonly raw?: true;
  readonly parameters: Parameters;
  /** The parameters are named, and every one of them may be left out. */
  readonly optionalArgs?: true;
  readonly request: Codec<unknown, never>;
  readonly answer: Codec<unknown, never>;
  /** The errors of its `throws`, in the order of the schema. */
  readonly errors?: readonly DeclaredErrorClass[];
  /** The only error of its `throws`. */
  readonly error?: DeclaredErrorClass;
  /** Milliseconds that a call may take where it does not say itself. */
  readonly timeoutMs?: number;
  /** A call may be sent again. */
  readonly idempotent?: true;
  /** The version that it came with: a worker without it is fine. */
  readonly since?: string;
  /** The fingerprint of what it takes and answers: 16 hex digits. None where it takes or answers what no schema knows. */
  readonly fp?: string;
}

/** One event. */
export interface EventDescriptor {
  /** The name in TypeScript. */
  readonly name: string;
  /** The name on the wire. */
  readonly wire: string;
  /** The payload is bytes as they are. */
  readonly raw?: true;
  readonly parameters: Parameters;
  readonly payload: Codec<unknown, never>;
  /** The version that it came with: a worker without it is fine. */
  readonly since?: string;
  /** The fingerprint of what it carries: 16 hex digits. None where it carries what no schema knows. */
  readonly fp?: string;
}

/** A namespace of callbacks as data. */
export interface CallbacksDescriptor {
  /** The namespace as members in TypeScript, one inside the other. */
  readonly path: readonly string[];
  /** The callbacks. The name of one on the wire is its whole path, such as `trading.DataFetch`. */
  readonly methods: readonly MethodDescriptor[];
}

/** A service as data. */
export interface ServiceDescriptor {
  /** The name in the schema. */
  readonly name: string;
  readonly methods: readonly MethodDescriptor[];
  readonly events: readonly EventDescriptor[];
  /** What a worker of this service may call at its parent. */
  readonly callbacks?: readonly CallbacksDescriptor[];
  /** The schema that it was made from. */
  readonly schema?: Schema;
}

/** A module as data: the services of one worker, and what it needs of its parent. */
export interface ModuleDescriptor {
  /** The name in the schema. */
  readonly name: string;
  /** The services, each with the name of the member that stands for it. */
  readonly services: readonly { readonly name: string; readonly service: ServiceDescriptor }[];
  /** The namespaces that the worker calls. */
  readonly callbacks: readonly CallbacksDescriptor[];
  /** The paths of callbacks that the parent must answer. */
  readonly requires: readonly string[];
  /** The paths of callbacks that the parent may answer. */
  readonly optional: readonly string[];
  /** The schema that it was made from. */
  readonly schema?: Schema;
}

declare const TYPES: unique symbol;

/**
 * A service with the types that belong to it.
 *
 * @typeParam Client What calls it.
 * @typeParam Worker What serves it.
 * @typeParam Events The events that a parent hears, by their TypeScript names.
 * @typeParam Emit What sends its events.
 * @typeParam Handlers What a parent may answer for its worker.
 * @typeParam Calls What the worker may call at its parent.
 */
export interface Service<Client, Worker, Events, Emit, Handlers = unknown, Calls = unknown> extends ServiceDescriptor {
  /** Only for the compiler; never there. */
  readonly [TYPES]?: {
    client: Client;
    worker(worker: Worker): void;
    events: Events;
    emit: Emit;
    handlers: Handlers;
    calls: Calls;
  };
}

/** A namespace of callbacks with the types that belong to it: what answers them, and what calls them. */
export interface Callbacks<Handlers, Calls> extends CallbacksDescriptor {
  /** Only for the compiler; never there. */
  readonly [TYPES]?: { handlers(handlers: Handlers): void; calls: Calls };
}

/** A module with the types that belong to it, as those of a {@link Service}. */
export interface Module<Client, Worker, Events, Emit, Handlers = unknown, Calls = unknown> extends ModuleDescriptor {
  /** Only for the compiler; never there. */
  readonly [TYPES]?: {
    client: Client;
    worker(worker: Worker): void;
    events: Events;
    emit: Emit;
    handlers: Handlers;
    calls: Calls;
  };
}

/** A service from its description. */
export function service<Client, Worker, Events, Emit, Handlers = unknown, Calls = unknown>(
  descriptor: ServiceDescriptor,
): Service<Client, Worker, Events, Emit, Handlers, Calls> {
  return descriptor;
}

/** A namespace of callbacks from its description. */
export function callbacks<Handlers, Calls>(descriptor: CallbacksDescriptor): Callbacks<Handlers, Calls> {
  return descriptor;
}

/** A module from its description. */
export function module<Client, Worker, Events, Emit, Handlers = unknown, Calls = unknown>(
  descriptor: ModuleDescriptor,
): Module<Client, Worker, Events, Emit, Handlers, Calls> {
  return descriptor;
}

/** The errors that a method's `throws` names. */
export function errorsOf(method: MethodDescriptor): readonly DeclaredErrorClass[] {
  const { error, errors } = method;
  return errors ?? (error === undefined ? NONE : [error]);
}

const NONE: readonly DeclaredErrorClass[] = [];
