/**
 * Clients: one object a service, whose methods call the worker.
 *
 * @module
 */

import type { CallOptions, RemoteMethod } from "./connection/remote_method.js";
import type { StreamCall } from "./connection/stream_call.js";
import type { Subscription } from "./connection/subscriptions.js";
import { ProcwireError } from "./error.js";
import type { Resolved } from "./parent/agreement.js";
import { resolve } from "./parent/agreement.js";
import { type SpawnOptions, settingsOf } from "./parent/options.js";
import type { Peer, Process } from "./parent/peer.js";
import { mismatch, spawnProcess } from "./parent/spawn.js";
import { payloadCodec } from "./raw.js";
import type { MethodDescriptor, Service, ServiceDescriptor } from "./service.js";

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

/** One event of a worker, for those who want to hear it. Iterating it subscribes to it. */
export interface EventSource<T> extends AsyncIterable<T, undefined, undefined> {
  [Symbol.asyncIterator](): Subscription<T>;
  /** Keeps the events from now on until they are taken; 1,024 at most, then the oldest is dropped for the next. */
  subscribe(): Subscription<T>;
  /** Calls `listener` with every event from now on. Gives what ends that. */
  on(listener: (event: T) => void): () => void;
}

/** What every client has besides the methods of its service. */
export interface Client<Events = unknown> extends AsyncDisposable {
  /** The worker's events. */
  readonly events: { readonly [Name in keyof Events]: EventSource<Events[Name]> };
  /** The process behind this client. */
  readonly peer: Peer;
  /** Ends the process, as {@link Peer.shutdown} does. */
  shutdown(): Promise<void>;
  /** Ends the process. How it ended is told by `shutdown`, and by `peer.exited`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts workers of one service, and gives clients of them. */
export interface ClientFactory<C, Events> {
  /**
   * Starts a program and waits until it serves.
   *
   * @throws {SpawnError} where it could not be started
   */
  spawn(command: string, args?: readonly string[], options?: SpawnOptions<Events>): Promise<C>;
  /**
   * A client of this service for a worker that was started for another one.
   *
   * @throws {SpawnError} where the worker does not serve this
   */
  attach(other: { readonly peer: Peer }): C;
}

/** The symbol under which a client keeps what its methods need. */
const REMOTE: unique symbol = Symbol("procwire.remote");

/** One service of one process. */
interface Remote {
  readonly process: Process;
  readonly methods: readonly RemoteMethod[];
}

/** What the clients of all services have in common. */
abstract class BaseClient implements Client {
  readonly [REMOTE]: Remote;
  readonly events: Readonly<Record<string, EventSource<unknown>>>;

  constructor(process: Process, resolved: Resolved) {
    this[REMOTE] = { process, methods: resolved.methods };
    const events: Record<string, EventSource<unknown>> = {};
    for (const { id, event } of resolved.events) {
      events[event.name] = source(process, id, payloadCodec(event.raw, event.payload));
    }
    this.events = Object.freeze(events);
    Object.defineProperty(this, REMOTE, { enumerable: false });
  }

  get peer(): Peer {
    return this[REMOTE].process;
  }

  shutdown(): Promise<void> {
    return this[REMOTE].process.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown().catch(() => {});
  }
}

function source(process: Process, id: number, codec: ReturnType<typeof payloadCodec>): EventSource<unknown> {
  const { events } = process;
  events.know(id, codec);
  return Object.freeze({
    subscribe: () => events.subscribe(id),
    on: (listener: (event: unknown) => void) => events.on(id, listener),
    [Symbol.asyncIterator]: () => events.subscribe(id),
  });
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

type Method = (this: BaseClient, ...args: unknown[]) => unknown;

/** The function of a method number `index`. */
function method(index: number, descriptor: MethodDescriptor): Method {
  const absent = descriptor.optionalArgs === true ? {} : undefined;
  if (descriptor.response === "stream") {
    return function (this: BaseClient, ...args: unknown[]): LazyStream {
      const [value, options] = descriptor.parameters === "none" ? [undefined, args[0]] : args;
      const { process, methods } = this[REMOTE];
      const { calling } = process.connection;
      const remote = methods[index] as RemoteMethod;
      return new LazyStream(() => calling.stream(remote, value ?? absent, options as CallOptions | undefined));
    };
  }
  if (descriptor.parameters === "none") {
    return function (this: BaseClient, options?: unknown): Promise<unknown> {
      const { process, methods } = this[REMOTE];
      const remote = methods[index] as RemoteMethod;
      return process.connection.calling.call(remote, undefined, options as CallOptions | undefined);
    };
  }
  return function (this: BaseClient, value?: unknown, options?: unknown): Promise<unknown> {
    const { process, methods } = this[REMOTE];
    const remote = methods[index] as RemoteMethod;
    const args = value === undefined ? absent : value;
    return process.connection.calling.call(remote, args, options as CallOptions | undefined);
  };
}

/** The clients of one service. */
export function client<C, Events>(service: Service<C, never, Events, unknown>): ClientFactory<C, Events> {
  const clients = new Map<ServiceDescriptor, new (process: Process, resolved: Resolved) => BaseClient>();
  const classOf = (): (new (process: Process, resolved: Resolved) => BaseClient) => {
    let known = clients.get(service);
    if (known === undefined) {
      known = makeClass(service);
      clients.set(service, known);
    }
    return known;
  };
  return {
    async spawn(command, args = [], options = {}) {
      const settings = settingsOf(service.name, options as SpawnOptions<never>);
      const listeners = Object.entries(options.on ?? {});
      const [process, resolved] = await spawnProcess(command, args, settings, service, (events, found) => {
        for (const { id, event } of found.events) {
          events.know(id, payloadCodec(event.raw, event.payload));
          for (const [name, listener] of listeners) {
            if (name === event.name && listener !== undefined) {
              events.on(id, listener as (event: unknown) => void);
            }
          }
        }
      });
      return new (classOf())(process, resolved) as unknown as C;
    },
    attach(other) {
      if (!(other instanceof BaseClient)) {
        throw new ProcwireError("invalid_argument", "`attach` takes a client that `spawn` or `attach` gave");
      }
      const { process } = other[REMOTE];
      const resolved = resolve(process.init, service, process.connection.limits.callTimeoutMs);
      if (resolved.mismatches.length > 0) {
        throw mismatch(process.name, resolved.mismatches, process.stderr);
      }
      return new (classOf())(process, resolved) as unknown as C;
    },
  };
}

/** The class of a service's clients, so that all of them share their methods. */
function makeClass(service: ServiceDescriptor): new (process: Process, resolved: Resolved) => BaseClient {
  const made = class extends BaseClient {};
  Object.defineProperty(made, "name", { value: `${service.name}Client` });
  for (const [index, descriptor] of service.methods.entries()) {
    Object.defineProperty(made.prototype, descriptor.name, {
      value: method(index, descriptor),
      configurable: true,
      writable: true,
    });
  }
  return made;
}
