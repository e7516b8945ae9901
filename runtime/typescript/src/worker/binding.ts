/**
 * Services and the objects that serve them.
 *
 * @module
 */

import type { Connection } from "../connection/connection.js";
import type { ServedCall, ServedMethod } from "../connection/served_call.js";
import { EXTENSIONS } from "../constants.js";
import type { Context, EmitOptions } from "../context.js";
import type { Announced, AnnouncedName, Identity } from "../control.js";
import { ProcwireError } from "../error.js";
import { payloadCodec } from "../raw.js";
import type { Schema } from "../schema.js";
import {
  type CallbacksDescriptor,
  type EventDescriptor,
  errorsOf,
  type MethodDescriptor,
  type Service,
  type ServiceDescriptor,
} from "../service.js";
import { Caller } from "./calls.js";
import { identityOf } from "./identity.js";

/** A service together with what serves it. */
export interface Bound<Emit = unknown> {
  readonly service: ServiceDescriptor;
  readonly implementation: object;
  /** Only for the compiler; never there. */
  readonly emit?: Emit;
}

/** A service together with an object that serves it, for a worker of several services. */
export function bind<Worker extends object, Emit>(
  service: Service<never, Worker, unknown, Emit> | Service<unknown, Worker, unknown, Emit>,
  implementation: Worker,
): Bound<Emit> {
  return { service, implementation };
}

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/** Sends the events of a worker; they fail before there is a parent. */
export class Emitter {
  #connection: Connection | undefined;

  get connection(): Connection | undefined {
    return this.#connection;
  }

  attach(connection: Connection): void {
    this.#connection = connection;
  }

  /** An object with a function for each event of a service. */
  of(service: ServiceDescriptor, firstId: number): Readonly<Record<string, unknown>> {
    const emit: Record<string, unknown> = {};
    for (const [index, event] of service.events.entries()) {
      emit[event.name] = this.#function(service, event, firstId + index);
    }
    return Object.freeze(emit);
  }

  #function(
    service: ServiceDescriptor,
    event: EventDescriptor,
    id: number,
  ): (...args: readonly unknown[]) => Promise<void> {
    const name = `${service.name}.${event.wire}`;
    const codec = payloadCodec(event.raw, event.payload);
    const isBare = event.parameters === "none";
    return (...args) => {
      const payload = isBare ? undefined : args[0];
      const options = (isBare ? args[0] : args[1]) as EmitOptions | undefined;
      const sent =
        this.#connection === undefined
          ? Promise.reject(
              new ProcwireError("unavailable", `${name}: no parent is connected yet, so that nobody hears the event`),
            )
          : this.#connection.emit(id, name, codec, payload, options);
      // Who does not wait for an event does not want to die of one that nobody hears.
      sent.catch(() => {});
      return sent;
    };
  }
}

/** All services of a worker, with the ids that they have on the wire. */
export interface Numbered {
  /** In the order of their ids, from 1. */
  readonly methods: readonly ServedMethod[];
  /** The events, whose ids follow those of the methods. */
  readonly events: readonly AnnouncedName[];
  /** The callbacks, whose ids follow those of the events. */
  readonly callbacks: readonly Announced[];
  /** The functions that call the parent, for a call or outside of calls. */
  readonly calls: (call: ServedCall | undefined) => unknown;
  /** The schemas that the worker was made from. */
  readonly schemas: readonly Schema[];
  /** The names of the services. */
  readonly services: ReadonlySet<string>;
  /** What it says of them. */
  readonly identity: Identity | undefined;
  /** What sends the events of each service. */
  readonly emits: ReadonlyMap<ServiceDescriptor, Readonly<Record<string, unknown>>>;
}

/** What a worker calls at its parent. */
export interface Needs {
  /** The schemas that the worker was made from, each once. */
  readonly schemas: readonly Schema[];
  /** The module that it is, where it is one. */
  readonly module?: string | undefined;
  readonly callbacks: readonly CallbacksDescriptor[];
  /** The paths without which it does not work. */
  readonly required: ReadonlySet<string>;
}

/** What the workers of these services may call, all of it optional. */
export function needsOf(services: readonly ServiceDescriptor[]): Needs {
  const namespaces = new Map<string, CallbacksDescriptor>();
  for (const { callbacks = [] } of services) {
    for (const namespace of callbacks) {
      namespaces.set(namespace.path.join("."), namespace);
    }
  }
  const schemas = new Set(services.flatMap(({ schema }) => (schema === undefined ? [] : [schema])));
  return { schemas: [...schemas], callbacks: [...namespaces.values()], required: new Set() };
}

/** Numbers the methods and events of services in their order. Throws where they cannot be served. */
export function number(
  bound: readonly Bound[],
  emitter: Emitter,
  caller: Caller = new Caller(),
  needs: Needs = needsOf(bound.map(({ service }) => service)),
): Numbered {
  if (bound.length === 0) {
    throw wrong("a worker needs at least one service");
  }
  const callbacks = needs.callbacks.flatMap(({ methods }) => methods);
  const own = bound.reduce((sum, { service }) => sum + service.methods.length + service.events.length, 0);
  const count = own + callbacks.length;
  if (count >= LAST_ID) {
    const most = LAST_ID - 1;
    throw wrong(`a worker has at most ${most} methods, events and callbacks, this one has ${count}`);
  }
  const calls = caller.tree(needs.callbacks, own + 1);
  const methods: ServedMethod[] = [];
  const events: AnnouncedName[] = [];
  const emits = new Map<ServiceDescriptor, Readonly<Record<string, unknown>>>();
  const methodNames = new Map<string, string>();
  const eventNames = new Map<string, string>();
  let eventId = 1 + bound.reduce((sum, { service }) => sum + service.methods.length, 0);
  for (const { service, implementation } of bound) {
    const emit = emitter.of(service, eventId);
    eventId += service.events.length;
    emits.set(service, emit);
    for (const method of service.methods) {
      claim(methodNames, "method", method.wire, service.name);
      methods.push(served(service, method, implementation, methods.length + 1, emit, calls));
    }
    for (const event of service.events) {
      claim(eventNames, "event", event.wire, service.name);
      events.push({ wire: event.wire, fp: event.fp });
    }
  }
  const announced = callbacks.map(({ wire, response, raw, fp }) => ({
    wire,
    kind: response,
    raw: raw === true,
    required: needs.required.has(wire),
    fp,
  }));
  const identity = identityOf(needs, { method: methods, event: events, callback: announced });
  const services = new Set(bound.map(({ service }) => service.name));
  return { methods, events, callbacks: announced, calls, schemas: needs.schemas, services, identity, emits };
}

/** From here on ids are not for users. */
const LAST_ID: number = EXTENSIONS.builtins.$schema;

function claim(names: Map<string, string>, kind: string, name: string, service: string): void {
  const other = names.get(name);
  if (other !== undefined) {
    const message = `the services ${other} and ${service} both have the ${kind} \`${name}\`; one needs another name on the wire`;
    throw wrong(message);
  }
  names.set(name, service);
}

function served(
  service: ServiceDescriptor,
  method: MethodDescriptor,
  implementation: object,
  id: number,
  events: unknown,
  calls: (call: ServedCall) => unknown,
): ServedMethod {
  const handler = (implementation as Record<string, unknown>)[method.name];
  if (typeof handler !== "function") {
    throw wrong(`what serves ${service.name} has no method \`${method.name}\``);
  }
  const run = handler as Handler;
  return {
    name: `${service.name}.${method.wire}`,
    id,
    service: service.name,
    wire: method.wire,
    kind: method.response,
    raw: method.raw === true,
    request: payloadCodec(method.raw, method.request),
    answer: payloadCodec(method.raw, method.answer),
    errors: errorsOf(method),
    timeoutMs: method.timeoutMs,
    fp: method.fp,
    events,
    calls,
    run:
      method.parameters === "none"
        ? (_, context: Context) => run.call(implementation, context)
        : (args, context: Context) => run.call(implementation, args, context),
  };
}

function wrong(message: string): ProcwireError {
  return new ProcwireError("invalid_argument", message);
}
