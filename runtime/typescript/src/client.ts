/**
 * Clients: one object a service, whose methods call the worker.
 *
 * @module
 */

import { callerOf, type Route } from "./caller.js";
import type { RemoteEvents } from "./connection/remote_events.js";
import type { RemoteMethod } from "./connection/remote_method.js";
import type { Subscription } from "./connection/subscriptions.js";
import type { EventContext } from "./context.js";
import { ProcwireError } from "./error.js";
import type { Resolved } from "./parent/agreement.js";
import { resolve } from "./parent/agreement.js";
import { CallbackTable } from "./parent/callbacks.js";
import { type SpawnOptions, settingsOf } from "./parent/options.js";
import type { Peer, Process } from "./parent/peer.js";
import { type Called, mismatch, spawnProcess } from "./parent/spawn.js";
import { payloadCodec } from "./raw.js";
import type { CallbacksDescriptor, EventDescriptor, Service, ServiceDescriptor } from "./service.js";

/** One event of a worker, for those who want to hear it. Iterating it subscribes to it. */
export interface EventSource<T> extends AsyncIterable<T, undefined, undefined> {
  [Symbol.asyncIterator](): Subscription<T>;
  /**
   * Keeps the events from now on until they are taken; 1,024 at most, then the oldest is dropped for the next, and counted
   * in {@link Subscription.dropped}.
   */
  subscribe(): Subscription<T>;
  /** Calls `listener` with every event from now on, and what was said beside it. Gives what ends that. */
  on(listener: (event: T, context: EventContext) => void): () => void;
}

/** What every client has besides the methods of its service. */
export interface Client<Events = unknown> extends AsyncDisposable {
  /** The worker's events. */
  readonly events: { readonly [Name in keyof Events]: EventSource<Events[Name]> };
  /** The process behind this client. */
  readonly peer: Peer;
  /**
   * Whether the worker has a method or an event of this service. It may lack those that the schema marks with `@since`, and
   * any where `allowMissing` says so.
   */
  has(name: string): boolean;
  /** Ends the process, as {@link Peer.shutdown} does. */
  shutdown(): Promise<void>;
  /** Ends the process. How it ended is told by `shutdown`, and by `peer.exited`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts workers of one service, and gives clients of them. */
export interface ClientFactory<C, Events, Handlers = unknown> {
  /**
   * Starts a program and waits until it serves.
   *
   * @throws {SpawnError} where it could not be started
   */
  spawn(command: string, args?: readonly string[], options?: SpawnOptions<Events, Handlers>): Promise<C>;
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
  readonly #names: ReadonlySet<string>;
  readonly events: Readonly<Record<string, EventSource<unknown>>>;

  constructor(process: Process, resolved: Resolved) {
    this[REMOTE] = { process, methods: resolved.methods };
    this.#names = resolved.names;
    const events: Record<string, EventSource<unknown>> = {};
    for (const { id, event } of resolved.events) {
      events[event.name] = source(process, id, event);
    }
    this.events = Object.freeze(events);
    Object.defineProperty(this, REMOTE, { enumerable: false });
  }

  get peer(): Peer {
    return this[REMOTE].process;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  shutdown(): Promise<void> {
    return this[REMOTE].process.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown().catch(() => {});
  }
}

function source(process: Process, id: number, event: EventDescriptor): EventSource<unknown> {
  const { events } = process;
  if (id !== 0) {
    events.know(id, payloadCodec(event.raw, event.payload));
  }
  const heard = (): RemoteEvents => {
    if (id === 0) {
      throw new ProcwireError("unsupported", `the worker has no event \`${event.wire}\``);
    }
    return events;
  };
  return Object.freeze({
    subscribe: () => heard().subscribe(id),
    on: (listener: (event: unknown, context: EventContext) => void) => heard().on(id, listener),
    [Symbol.asyncIterator]: () => heard().subscribe(id),
  });
}

/** How the method number `index` of a client's service is called. */
function routeOf(index: number): Route<BaseClient> {
  return {
    call(self, value, options) {
      const { process, methods } = self[REMOTE];
      return process.connection.calling.call(methods[index] as RemoteMethod, value, options);
    },
    stream(self, value, options) {
      const { process, methods } = self[REMOTE];
      return process.connection.calling.stream(methods[index] as RemoteMethod, value, options);
    },
  };
}

/** The clients of one service. */
export function client<C, Events, Handlers>(
  service: Service<C, never, Events, unknown, Handlers>,
): ClientFactory<C, Events, Handlers> {
  return {
    async spawn(command, args = [], options = {}) {
      const [process, [resolved]] = await spawnServices(
        service.name,
        { services: [service], schema: service.schema },
        service.callbacks ?? [],
        command,
        args,
        options,
      );
      return clientOf(service, process, resolved as Resolved) as C;
    },
    attach(other) {
      if (!(other instanceof BaseClient)) {
        throw new ProcwireError("invalid_argument", "`attach` takes a client that `spawn` or `attach` gave");
      }
      const { process } = other[REMOTE];
      const { callTimeoutMs } = process.connection.limits;
      const resolved = resolve(process.init, service, { callTimeoutMs, allowMissing: process.allowMissing });
      if (resolved.mismatches.length > 0) {
        throw mismatch(process.name, resolved.mismatches, process.stderr);
      }
      process.callbacks.know(service.callbacks ?? []);
      return clientOf(service, process, resolved) as C;
    },
  };
}

/** Starts a program that serves these services. */
export async function spawnServices(
  name: string,
  called: Called,
  callbacks: readonly CallbacksDescriptor[],
  command: string,
  args: readonly string[],
  options: SpawnOptions<unknown, unknown>,
): Promise<[Process, readonly Resolved[]]> {
  const settings = settingsOf(name, options as SpawnOptions<never>);
  const table = new CallbackTable();
  table.addOptions(callbacks, options.callbacks);
  const listeners = Object.entries(options.on ?? {});
  return spawnProcess(command, args, settings, called, table, (events, resolved) => {
    for (const { id, event } of resolved.flatMap((one) => one.events)) {
      if (id === 0) {
        continue;
      }
      events.know(id, payloadCodec(event.raw, event.payload));
      for (const [name, listener] of listeners) {
        if (name === event.name && listener !== undefined) {
          events.on(id, listener as (event: unknown, context: EventContext) => void);
        }
      }
    }
  });
}

const classes = new WeakMap<ServiceDescriptor, ClientClass>();

type ClientClass = new (process: Process, resolved: Resolved) => BaseClient;

/** A client of a service of a process. */
export function clientOf(service: ServiceDescriptor, process: Process, resolved: Resolved): unknown {
  let known = classes.get(service);
  if (known === undefined) {
    known = makeClass(service);
    classes.set(service, known);
  }
  return new known(process, resolved);
}

/** The class of a service's clients, so that all of them share their methods. */
function makeClass(service: ServiceDescriptor): ClientClass {
  const made = class extends BaseClient {};
  Object.defineProperty(made, "name", { value: `${service.name}Client` });
  for (const [index, descriptor] of service.methods.entries()) {
    Object.defineProperty(made.prototype, descriptor.name, {
      value: callerOf(descriptor, routeOf(index)),
      configurable: true,
      writable: true,
    });
  }
  return made;
}
