/**
 * Whether a child serves what this program calls.
 *
 * @module
 */

import type { RemoteMethod } from "../connection/remote_method.js";
import type { ResponseKind } from "../constants.js";
import type { AnnouncedMethod, Init } from "../control.js";
import { payloadCodec } from "../raw.js";
import type { EventDescriptor, MethodDescriptor, ServiceDescriptor } from "../service.js";

/** The numbers under which a child serves one service. */
export interface Resolved {
  /** In the order of the descriptor. */
  readonly methods: readonly RemoteMethod[];
  /** In the order of the descriptor. */
  readonly events: readonly { readonly id: number; readonly event: EventDescriptor }[];
  /** Everything that does not fit, in sentences. */
  readonly mismatches: readonly string[];
}

/** Finds each method and event of the service. Calls of a result or an ack take `callTimeoutMs` at most by default. */
export function resolve(init: Init, service: ServiceDescriptor, callTimeoutMs: number): Resolved {
  const mismatches: string[] = [];
  const methods: RemoteMethod[] = [];
  const events: { id: number; event: EventDescriptor }[] = [];
  for (const method of service.methods) {
    const found = init.methods.get(method.wire);
    if (found === undefined) {
      mismatches.push(missing("method", service.name, method.wire, init.methods.keys()));
      continue;
    }
    if (found.response !== method.response) {
      mismatches.push(
        `method \`${service.name}.${method.wire}\` ${ANSWERS[found.response]}, this program expects that it ${ANSWERS[method.response]}`,
      );
    }
    if (found.raw && method.raw !== true) {
      mismatches.push(`method \`${service.name}.${method.wire}\` carries raw bytes, this program expects MsgPack`);
    }
    methods.push(remote(service, method, found, callTimeoutMs));
  }
  for (const event of service.events) {
    const id = init.events.get(event.wire);
    if (id === undefined) {
      mismatches.push(missing("event", service.name, event.wire, init.events.keys()));
    } else {
      events.push({ id, event });
    }
  }
  return { methods, events, mismatches };
}

const ANSWERS: Record<ResponseKind, string> = {
  result: "answers with a result",
  stream: "answers with a stream",
  ack: "answers with an ack",
  none: "does not answer",
};

function remote(
  service: ServiceDescriptor,
  method: MethodDescriptor,
  found: AnnouncedMethod,
  callTimeoutMs: number,
): RemoteMethod {
  const usual = method.response === "stream" || method.response === "none" ? Number.POSITIVE_INFINITY : callTimeoutMs;
  const announced = found.timeoutMs === 0 ? Number.POSITIVE_INFINITY : found.timeoutMs;
  return {
    name: `${service.name}.${method.wire}`,
    id: found.id,
    kind: method.response,
    raw: method.raw === true,
    request: payloadCodec(method.raw, method.request),
    answer: payloadCodec(method.raw, method.answer),
    error: method.error,
    timeoutMs: announced ?? usual,
  };
}

function missing(what: string, service: string, name: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  const gone = `${what} \`${service}.${name}\` is not there`;
  return near === undefined ? gone : `${gone}, but \`${near}\` is`;
}

/** The known name that a person most likely meant. */
function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = bare(name);
  return [...known]
    .filter((other) => bare(other) === wanted || isNear(bare(other), wanted))
    .sort((one, other) => (one < other ? -1 : 1))[0];
}

function bare(name: string): string {
  return name.replace(/[^0-9a-zA-Z]/g, "").toLowerCase();
}

/** One letter changed, added or left out. */
function isNear(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short.length < 3 || long.length - short.length > 1) {
    return false;
  }
  let same = 0;
  while (same < short.length && short[same] === long[same]) {
    same += 1;
  }
  const rest = short.length === long.length ? same + 1 : same;
  return short.slice(rest) === long.slice(same + 1);
}
