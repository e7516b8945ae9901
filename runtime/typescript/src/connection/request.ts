/**
 * What a request bears besides its payload.
 *
 * @module
 */

import type { Codec, Writer } from "../codec/index.js";
import { EXTENSIONS } from "../constants.js";
import type { EmitOptions } from "../context.js";
import { ProcwireError } from "../error.js";
import type { Extensions } from "./extensions.js";
import { type WithMeta, withMeta, writeMeta } from "./metadata.js";
import type { CallOptions, RemoteMethod } from "./remote_method.js";
import { ServedCall } from "./served_call.js";

/** The flag of a frame with metadata. */
export const META: number = EXTENSIONS.metaFlag;
/** Writes what {@link behind} gives. */
export const WITH_META: Codec<unknown, unknown> = withMeta as Codec<unknown, unknown>;

/** A request behind its metadata. */
export function behind(meta: Buffer, method: RemoteMethod, value: unknown): WithMeta {
  return { meta, codec: method.request, value };
}

/** What is said beside a request; `undefined` where there is nothing to say, or nobody to hear it. */
export function metaOf(
  extensions: Extensions,
  method: RemoteMethod,
  options: CallOptions | undefined,
  deadline: number,
): Buffer | undefined {
  if (options === undefined && !method.isTimed) {
    return undefined;
  }
  const { metadata, trace, context, timeoutMs } = options ?? {};
  const isTimed = (method.isTimed || timeoutMs !== undefined) && deadline !== Number.POSITIVE_INFINITY;
  if (!extensions.meta) {
    if (metadata !== undefined && Object.keys(metadata).length > 0) {
      throw extensions.missing("meta", method.name);
    }
    return undefined;
  }
  const depth = context === undefined ? 0 : context.depth + 1;
  const inherited = trace ?? context?.trace;
  if (!isTimed && context === undefined && metadata === undefined && inherited === undefined) {
    return undefined;
  }
  const limit = isTimed || context?.deadline !== undefined ? deadline : Number.POSITIVE_INFINITY;
  return writeMeta(method.name, {
    leftMs: limit === Number.POSITIVE_INFINITY ? limit : limit - performance.now(),
    trace: inherited,
    depth,
    user: metadata,
  });
}

/** What is said beside an event; `undefined` where there is nothing to say, or nobody to hear it. */
export function metaOfEvent(extensions: Extensions, name: string, options: EmitOptions): Buffer | undefined {
  const { metadata, trace } = options;
  const isEmpty = metadata === undefined || Object.keys(metadata).length === 0;
  if (!extensions.meta && !isEmpty) {
    throw extensions.missing("meta", name);
  }
  if (!extensions.meta || (isEmpty && trace === undefined)) {
    return undefined;
  }
  return writeMeta(name, { leftMs: Number.POSITIVE_INFINITY, trace, depth: 0, user: metadata });
}

/** The credit of a stream, as four bytes. */
export const CREDIT: Codec<unknown, unknown> = {
  decode(): never {
    throw new TypeError("a credit is read by its connection");
  },
  encode(w: Writer, value: unknown): void {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(value as number);
    w.raw(bytes);
  },
};

/** The call that this one is made for. */
export function contextOf(method: RemoteMethod, options: CallOptions | undefined): ServedCall | undefined {
  const context = options?.context;
  if (context === undefined || context instanceof ServedCall) {
    return context;
  }
  throw new ProcwireError("invalid_argument", `${method.name}: \`context\` is what a handler was given`);
}
