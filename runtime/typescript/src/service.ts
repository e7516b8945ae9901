/**
 * What generated code declares: services, their methods and events, as plain data with types attached.
 *
 * @module
 */

import type { Codec } from "./codec/index.js";
import type { ResponseKind } from "./constants.js";
import type { DeclaredErrorClass } from "./error.js";

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
  /** The errors of its `throws`. */
  readonly error?: DeclaredErrorClass;
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
}

/** A service as data. */
export interface ServiceDescriptor {
  /** The name in the schema. */
  readonly name: string;
  readonly methods: readonly MethodDescriptor[];
  readonly events: readonly EventDescriptor[];
}

declare const TYPES: unique symbol;

/**
 * A service with the types that belong to it.
 *
 * @typeParam Client What calls it.
 * @typeParam Worker What serves it.
 * @typeParam Events The events that a parent hears, by their TypeScript names.
 * @typeParam Emit What sends its events.
 */
export interface Service<Client, Worker, Events, Emit> extends ServiceDescriptor {
  /** Only for the compiler; never there. */
  readonly [TYPES]?: { client: Client; worker(worker: Worker): void; events: Events; emit: Emit };
}

/** A service from its description. */
export function service<Client, Worker, Events, Emit>(
  descriptor: ServiceDescriptor,
): Service<Client, Worker, Events, Emit> {
  return descriptor;
}
