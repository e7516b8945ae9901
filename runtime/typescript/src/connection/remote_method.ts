import type { Codec } from "../codec/index.js";
import type { ResponseKind } from "../constants.js";
import type { Context, Metadata, Trace } from "../context.js";
import type { DeclaredErrorClass } from "../error.js";
import { payloadCodec } from "../raw.js";
import { errorsOf, type MethodDescriptor } from "../service.js";

/** A method of the peer, with what it takes to call it. */
export interface RemoteMethod {
  /** `Trading.place`, as messages name it. */
  readonly name: string;
  /** 0 where the peer lacks it. */
  readonly id: number;
  readonly kind: ResponseKind;
  readonly raw: boolean;
  readonly request: Codec<unknown, unknown>;
  readonly answer: Codec<unknown, unknown>;
  readonly errors: readonly DeclaredErrorClass[];
  /** Milliseconds that it may take where the call does not say; `Infinity` is for ever. */
  readonly timeoutMs: number;
  /** The schema or the peer gives that time, and not the usual of this side. */
  readonly isTimed: boolean;
  /** A call may be sent again. */
  readonly idempotent: boolean;
  /** Why it cannot be called. */
  readonly missing: string | undefined;
  /** A callback, which takes an agreement with the peer. */
  readonly isCallback: boolean;
}

/** What is known of a method besides its descriptor: how the peer announced it, or why it is not there. */
export type Found =
  | { readonly id: number; readonly timeoutMs?: number | undefined; readonly isCallback?: boolean }
  | { readonly missing: string };

/** The method `descriptor`, which messages call by `name`. */
export function remoteMethod(
  name: string,
  descriptor: MethodDescriptor,
  found: Found,
  callTimeoutMs: number,
): RemoteMethod {
  const { response, raw } = descriptor;
  const usual = response === "stream" || response === "none" ? Number.POSITIVE_INFINITY : callTimeoutMs;
  const given = descriptor.timeoutMs ?? ("id" in found ? found.timeoutMs : undefined);
  return {
    name,
    id: "id" in found ? found.id : 0,
    kind: response,
    raw: raw === true,
    request: payloadCodec(raw, descriptor.request),
    answer: payloadCodec(raw, descriptor.answer),
    errors: errorsOf(descriptor),
    timeoutMs: given === undefined ? usual : given === 0 ? Number.POSITIVE_INFINITY : given,
    isTimed: given !== undefined,
    idempotent: descriptor.idempotent === true,
    missing: "missing" in found ? found.missing : undefined,
    isCallback: "isCallback" in found && found.isCallback === true,
  };
}

/** What a caller may say about one call. */
export interface CallOptions {
  /** Aborts the call: it rejects with the signal's reason, and the worker's handler is told. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that the call may take, or a stream until its end; then it fails with `deadline_exceeded`. `Infinity` is
   * for ever.
   */
  readonly timeoutMs?: number | undefined;
  /** What the handler finds in its context. It takes a peer that knows of metadata. */
  readonly metadata?: Metadata | undefined;
  /** The trace that the call belongs to. A peer that does not know of traces is not told. */
  readonly trace?: Trace | undefined;
  /**
   * The call that this one is made for: this one belongs to the same trace, ends with its deadline at the latest, and is
   * aborted with it.
   */
  readonly context?: Context | undefined;
}

/** The same for a method that may be sent again. */
export interface RetryOptions extends CallOptions {
  /**
   * How many times the call is sent again after a failure that the schema marks with `@retry`, within its deadline. None by
   * default.
   */
  readonly retries?: number | undefined;
}
