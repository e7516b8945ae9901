/**
 * Typed calls, streams and events between a parent process and its child processes.
 *
 * What a program writes against comes out of a schema; this is what goes with it.
 *
 * @module
 */

import { guardStdout } from "./worker/stdout.js";

guardStdout();

export type { Stream, StreamIterator } from "./caller.js";
export type { Client, ClientFactory, EventSource } from "./client.js";
export {
  type Bytes,
  check,
  DecodeError,
  EncodeError,
  Ext,
  redacted,
  Timestamp,
  type UnknownName,
  type UnknownVariant,
  type Uuid,
} from "./codec/index.js";
export type { Counts } from "./connection/counters.js";
export type { ExtensionName } from "./connection/extensions.js";
export type { Limits } from "./connection/limits.js";
export type { CallOptions, RetryOptions } from "./connection/remote_method.js";
export type { Subscription } from "./connection/subscriptions.js";
export type { ResponseKind } from "./constants.js";
export type { Context, EmitOptions, EventContext, Metadata, Trace } from "./context.js";
export { type Code, DeclaredError, type FailureCode, isProcwireError, ProcwireError } from "./error.js";
export type { ModuleClient, ModuleFactory } from "./module.js";
export type { CallbackHandler, CallbackHandlers } from "./parent/callbacks.js";
export type { Exit } from "./parent/exit.js";
export type { Heartbeat, SpawnOptions } from "./parent/options.js";
export type { Peer } from "./parent/peer.js";
export { SpawnError, type SpawnErrorKind } from "./parent/spawn_error.js";
export type { Service } from "./service.js";
export type { Tracing } from "./tracing.js";
export { type Bound, bind } from "./worker/binding.js";
export type { Health } from "./worker/builtins.js";
export { type Serve, type ServeOptions, type Serving, serve } from "./worker/serve.js";
