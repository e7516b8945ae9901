/**
 * What generated code may name: the codec, and what declares a service. It does not change without a new version.
 *
 * @module
 */

import { guardStdout } from "./worker/stdout.js";

guardStdout();

export type { Stream, StreamIterator } from "./caller.js";
export { type Client, type ClientFactory, client, type EventSource } from "./client.js";
export * from "./codec/index.js";
export type { CallOptions, RetryOptions } from "./connection/remote_method.js";
export type { Subscription } from "./connection/subscriptions.js";
export type { Context, EmitOptions, EventContext } from "./context.js";
export { DeclaredError, type DeclaredErrorClass, ProcwireError, type Retry } from "./error.js";
export { type ModuleClient, type ModuleFactory, moduleClient, moduleWorker } from "./module.js";
export type { SpawnOptions } from "./parent/options.js";
export { type Schema, type SchemaDescriptor, schema } from "./schema.js";
export {
  type Callbacks,
  type CallbacksDescriptor,
  callbacks,
  type EventDescriptor,
  type MethodDescriptor,
  type Module,
  type ModuleDescriptor,
  module,
  type Parameters,
  type Service,
  type ServiceDescriptor,
  service,
} from "./service.js";
export { type Serve, type ServeOptions, type Serving, worker } from "./worker/serve.js";
