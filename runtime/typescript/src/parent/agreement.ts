/**
 * Whether a child serves what this program calls.
 *
 * @module
 */

import { type RemoteMethod, remoteMethod } from "../connection/remote_method.js";
import type { ResponseKind } from "../constants.js";
import type { Init } from "../control.js";
import type { EventDescriptor, ServiceDescriptor } from "../service.js";

/** The numbers under which a child serves one service. */
export interface Resolved {
  /** In the order of the descriptor. */
  readonly methods: readonly RemoteMethod[];
  /** In the order of the descriptor; the id is 0 where the worker has no such event. */
  readonly events: readonly { readonly id: number; readonly event: EventDescriptor }[];
  /** The names of what is there, as TypeScript has them and as the wire has them. */
  readonly names: ReadonlySet<string>;
  /** Everything that does not fit, in sentences. */
  readonly mismatches: readonly string[];
}

/** What a parent is content with. */
export interface Demands {
  /** Milliseconds that a result or an ack may take by default. */
  readonly callTimeoutMs: number;
  /** A worker may lack any method and event. */
  readonly allowMissing: boolean;
}

/** Finds each method and event of the service. */
export function resolve(init: Init, service: ServiceDescriptor, demands: Demands): Resolved {
  const mismatches: string[] = [];
  const methods: RemoteMethod[] = [];
  const events: { id: number; event: EventDescriptor }[] = [];
  const names = new Set<string>();
  for (const method of service.methods) {
    const found = init.methods.get(method.wire);
    if (found === undefined) {
      const gone = missing("method", service.name, method.wire, init.methods.keys());
      if (!demands.allowMissing && method.since === undefined) {
        mismatches.push(gone);
      }
      methods.push(remoteMethod(`${service.name}.${method.wire}`, method, { missing: gone }, demands.callTimeoutMs));
      continue;
    }
    names.add(method.name).add(method.wire);
    if (found.response !== method.response) {
      mismatches.push(
        `method \`${service.name}.${method.wire}\` ${ANSWERS[found.response]}, this program expects that it ${ANSWERS[method.response]}`,
      );
    }
    if (found.raw && method.raw !== true) {
      mismatches.push(`method \`${service.name}.${method.wire}\` carries raw bytes, this program expects MsgPack`);
    }
    methods.push(remoteMethod(`${service.name}.${method.wire}`, method, found, demands.callTimeoutMs));
  }
  for (const event of service.events) {
    const id = init.events.get(event.wire)?.id;
    if (id === undefined && !demands.allowMissing && event.since === undefined) {
      mismatches.push(missing("event", service.name, event.wire, init.events.keys()));
    }
    if (id !== undefined) {
      names.add(event.name).add(event.wire);
    }
    events.push({ id: id ?? 0, event });
  }
  return { methods, events, names, mismatches };
}

/** How kinds of answers are called. */
export const ANSWERS: Record<ResponseKind, string> = {
  result: "answers with a result",
  stream: "answers with a stream",
  ack: "answers with an ack",
  none: "does not answer",
};

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
