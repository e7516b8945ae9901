/**
 * What follows calls: spans of whatever tracer the program has. Nothing here knows one.
 *
 * @module
 */

import type { Trace } from "./context.js";
import { type DeclaredErrorClass, isProcwireError } from "./error.js";
import { partsOf } from "./error_payload.js";

/** How a call ended that did not end well. */
export interface Ending {
  /** The code of its error, or `declared`. */
  readonly code: string;
  /** What tells errors of this code apart: `TradeError.Halted` for a declared one, otherwise the code again. */
  readonly type: string;
  readonly message: string;
}

/** One call, as it is followed on either side. */
export interface CallSpan {
  /** Notes an item of a stream of so many bytes: one that came at a caller, one that went out at a handler. */
  message(bytes: number): void;
  /** The call has ended, well where nothing is said. Only the first end counts. */
  end(ending?: Ending): void;
}

/** A call of this side. */
export interface ClientSpan extends CallSpan {
  /** What tells the peer of the span; `undefined` where the program has no tracer that would hear of it. */
  readonly trace: Trace | undefined;
}

/** A call of the peer that this side serves. */
export interface ServerSpan extends CallSpan {
  /** Runs this with the span as the current one. */
  run<T>(run: () => T): T;
}

/** What a call is made for and by. */
export interface Origin {
  /** The span of the call that it is made for. */
  readonly served: ServerSpan | undefined;
  /** The trace that the caller named, or that the served call came with. */
  readonly trace: Trace | undefined;
  /** Whether the caller named that trace itself, which then counts most. */
  readonly isNamed: boolean;
  /** The name of the worker that is called. */
  readonly worker: string | undefined;
}

/** Follows the calls of a connection. `tracing()` of `procwire/opentelemetry` gives one. */
export interface Tracing {
  /** Begins the span of a call of this side. `method` is `Trading/place`. */
  call(method: string, origin: Origin): ClientSpan;
  /** Begins the span of a call that this side serves, which came with this trace. */
  serve(method: string, trace: Trace | undefined): ServerSpan;
}

/** The end of a call whose caller left. */
export const LEFT: Ending = { code: "cancelled", type: "cancelled", message: "the caller has left" };

/** How a call ended that its caller sees fail with this. */
export function failedWith(error: unknown): Ending {
  if (!isProcwireError(error)) {
    // A caller sees nothing else but the reason of its own signal.
    return LEFT;
  }
  const { code, message } = error;
  return { code, type: code === "declared" ? message : code, message };
}

/** How a call ended whose handler threw this. */
export function endedBy(thrown: unknown, declared: readonly DeclaredErrorClass[]): Ending {
  const { code, message } = partsOf(thrown, declared);
  return { code, type: code === "declared" ? message : code, message };
}

/** A method as conventions write it: `Trading/place`, from `Trading.place` or from the path of a callback. */
export function methodName(name: string, isCallback: boolean): string {
  // A service has no dot in its name, and a callback none behind its namespace.
  const dot = isCallback ? name.lastIndexOf(".") : name.indexOf(".");
  return dot < 0 ? name : `${name.slice(0, dot)}/${name.slice(dot + 1)}`;
}
