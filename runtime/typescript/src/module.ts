/**
 * Modules: one worker with several services, and what it needs of its parent.
 *
 * @module
 */

import { clientOf, spawnServices } from "./client.js";
import type { SpawnOptions } from "./parent/options.js";
import type { Peer, Process } from "./parent/peer.js";
import type { CallbacksDescriptor, Module, ModuleDescriptor } from "./service.js";
import { type Serve, type Serving, serveAll } from "./worker/serve.js";

/** What the client of every module has besides a client for each of its services. */
export interface ModuleClient extends AsyncDisposable {
  /** The process behind this client. */
  readonly peer: Peer;
  /** Ends the process, as {@link Peer.shutdown} does. */
  shutdown(): Promise<void>;
  /** Ends the process. How it ended is told by `shutdown`, and by `peer.exited`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What stands behind the program of a worker: options too, where it needs callbacks. */
export type ModuleArguments<Events, Handlers> = object extends Handlers
  ? [args?: readonly string[], options?: SpawnOptions<Events, Handlers>]
  : [args: readonly string[], options: SpawnOptions<Events, Handlers> & { readonly callbacks: Handlers }];

/** Starts workers of one module. */
export interface ModuleFactory<C, Events, Handlers = unknown> {
  /**
   * Starts a program and waits until it serves.
   *
   * @throws {SpawnError} where it could not be started
   */
  spawn(command: string, ...args: ModuleArguments<Events, Handlers>): Promise<C>;
}

class BaseModuleClient implements ModuleClient {
  readonly #process: Process;

  constructor(process: Process) {
    this.#process = process;
  }

  get peer(): Peer {
    return this.#process;
  }

  shutdown(): Promise<void> {
    return this.#process.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown().catch(() => {});
  }
}

/** The clients of one module. */
export function moduleClient<C, Events, Handlers>(
  module: Module<C, never, Events, unknown, Handlers>,
): ModuleFactory<C, Events, Handlers> {
  return {
    async spawn(command, ...rest: ModuleArguments<Events, Handlers>) {
      const [args = [], options = {}] = rest as [args?: readonly string[], options?: SpawnOptions<Events, Handlers>];
      const called = { services: module.services.map(({ service }) => service), schema: module.schema };
      const callbacks = callbacksOf(module);
      const [process, resolved] = await spawnServices(module.name, called, callbacks, command, args, options);
      const client = new BaseModuleClient(process);
      for (const [index, { name, service }] of module.services.entries()) {
        const found = resolved[index];
        if (found !== undefined) {
          Object.defineProperty(client, name, { value: clientOf(service, process, found), enumerable: true });
        }
      }
      return client as unknown as C;
    },
  };
}

/** The function that serves one module: it takes an object with what serves each of its services. */
export function moduleWorker<Workers extends object, Emit, Handlers, Calls>(
  module: Module<unknown, Workers, unknown, Emit, Handlers, Calls>,
): Serve<Workers, Emit, Calls> {
  return (implementations, options) => {
    const bound = module.services.map(({ name, service }) => ({
      service,
      implementation: Object((implementations as Record<string, unknown>)[name]) as object,
    }));
    const schemas = module.schema === undefined ? [] : [module.schema];
    const needs = { schemas, module: module.name, callbacks: callbacksOf(module), required: new Set(module.requires) };
    return serveAll(bound, needs, options) as Serving<Emit, Calls>;
  };
}

/** The callbacks that the module names. */
function callbacksOf(module: ModuleDescriptor): CallbacksDescriptor[] {
  const named = new Set([...module.requires, ...module.optional]);
  return module.callbacks.map(({ path, methods }) => ({
    path,
    methods: methods.filter(({ wire }) => named.has(wire)),
  }));
}
