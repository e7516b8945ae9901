/**
 * What generated code may name: the codec, and what declares a service. It does not change without a new version.
 *
 * @module
 */

import { guardStdout } from "./worker/stdout.js";

guardStdout();

export {
  type Client,
  type ClientFactory,
  client,
  type EventSource,
  type Stream,
  type StreamIterator,
} from "./client.js";
export * from "./codec/index.js";
export type { CallOptions } from "./connection/remote_method.js";
export type { Subscription } from "./connection/subscriptions.js";
export type { Context } from "./context.js";
export { DeclaredError, type DeclaredErrorClass, ProcwireError } from "./error.js";
export type { SpawnOptions } from "./parent/options.js";
export {
  type EventDescriptor,
  type MethodDescriptor,
  type Parameters,
  type Service,
  type ServiceDescriptor,
  service,
} from "./service.js";
export { type Serve, type ServeOptions, type Serving, worker } from "./worker/serve.js";
