/**
 * The functions that generated code declares as methods of clients and callbacks.
 *
 * @module
 */

import type { RetryOptions } from "./connection/remote_method.js";
import type { StreamCall } from "./connection/stream_call.js";
import { ProcwireError } from "./error.js";
import type { MethodDescriptor } from "./service.js";

/**
 * The items of a call as they come.
 *
 * The call begins when the iteration does, and a stream can be iterated once. Leaving the loop early aborts the call.
 */
export interface Stream<T> extends AsyncIterable<T, undefined, undefined> {
  [Symbol.asyncIterator](): StreamIterator<T>;
}

/** One pass over a stream. */
export interface StreamIterator<T> extends AsyncIterableIterator<T, undefined, undefined> {
  [Symbol.asyncIterator](): StreamIterator<T>;
  /** Leaves the stream, so that the worker stops. A `next` that is pending is settled too. */
  return(): Promise<IteratorResult<T, undefined>>;
}

/** How a method is called, once its arguments are told apart. */
export interface Route<Self> {
  call(self: Self, value: unknown, options: RetryOptions | undefined): Promise<unknown>;
  stream(self: Self, value: unknown, options: RetryOptions | undefined): StreamCall;
}

/** A call whose items are asked for when it is iterated. */
class LazyStream implements Stream<unknown> {
  #begin: (() => StreamCall) | undefined;

  constructor(begin: () => StreamCall) {
    this.#begin = begin;
  }

  [Symbol.asyncIterator](): StreamCall {
    const begin = this.#begin;
    if (begin === undefined) {
      throw new ProcwireError("unsupported", "a stream can be iterated once; call the method again for another one");
    }
    this.#begin = undefined;
    return begin();
  }
}

/** The function of a method. Its `this` is what the route needs. */
export function callerOf<Self>(descriptor: MethodDescriptor, route: Route<Self>): (...args: unknown[]) => unknown {
  const absent = descriptor.optionalArgs === true ? {} : undefined;
  if (descriptor.response === "stream") {
    return function (this: Self, ...args: unknown[]): LazyStream {
      const [value, options] = descriptor.parameters === "none" ? [undefined, args[0]] : args;
      return new LazyStream(() => route.stream(this, value ?? absent, options as RetryOptions | undefined));
    };
  }
  if (descriptor.parameters === "none") {
    return function (this: Self, options?: unknown): Promise<unknown> {
      return route.call(this, undefined, options as RetryOptions | undefined);
    };
  }
  return function (this: Self, value?: unknown, options?: unknown): Promise<unknown> {
    return route.call(this, value === undefined ? absent : value, options as RetryOptions | undefined);
  };
}
