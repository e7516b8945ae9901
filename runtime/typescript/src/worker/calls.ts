/**
 * What a worker calls at its parent: objects with a function for each callback, one inside the other.
 *
 * @module
 */

import { callerOf, type Route } from "../caller.js";
import type { Connection } from "../connection/connection.js";
import { type RemoteMethod, type RetryOptions, remoteMethod } from "../connection/remote_method.js";
import type { ServedCall } from "../connection/served_call.js";
import { TIMEOUTS_MS } from "../constants.js";
import { ProcwireError } from "../error.js";
import type { CallbacksDescriptor } from "../service.js";

/** The call for which a tree of functions calls the parent, if it does so for one. */
const CONTEXT: unique symbol = Symbol("procwire.context");

interface Node {
  readonly [CONTEXT]: ServedCall | undefined;
}

type NodeClass = new (context: ServedCall | undefined) => Node;

/** Calls the parent. */
export class Caller {
  #connection: Connection | undefined;

  attach(connection: Connection): void {
    this.#connection = connection;
  }

  /** The functions of these callbacks, whose ids begin with `firstId`. */
  tree(callbacks: readonly CallbacksDescriptor[], firstId: number): (context: ServedCall | undefined) => unknown {
    const root = branch();
    let id = firstId;
    for (const { path, methods } of callbacks) {
      let at = root;
      for (const member of path) {
        let below = at.members.get(member);
        if (below === undefined) {
          below = branch();
          at.members.set(member, below);
          join(at.node, member, below.node);
        }
        at = below;
      }
      for (const method of methods) {
        const remote = remoteMethod(method.wire, method, { id, isCallback: true }, TIMEOUTS_MS.call);
        Object.defineProperty(at.node.prototype, method.name, {
          value: callerOf<Node>(method, this.#route(remote)),
          configurable: true,
          writable: true,
        });
        id += 1;
      }
    }
    return (context) => new root.node(context);
  }

  #route(method: RemoteMethod): Route<Node> {
    return {
      call: async (self, value, options) => this.#living(method).calling.call(method, value, within(self, options)),
      stream: (self, value, options) => this.#living(method).calling.stream(method, value, within(self, options)),
    };
  }

  #living(method: RemoteMethod): Connection {
    if (this.#connection === undefined) {
      throw new ProcwireError("unavailable", `${method.name}: no parent is connected yet`);
    }
    return this.#connection;
  }
}

/** The options of a call that is made for another. */
function within(self: Node, options: RetryOptions | undefined): RetryOptions | undefined {
  const context = self[CONTEXT];
  if (context === undefined) {
    return options;
  }
  return { context, ...options };
}

interface Branch {
  readonly node: NodeClass;
  readonly members: Map<string, Branch>;
}

function branch(): Branch {
  const node = class implements Node {
    readonly [CONTEXT]: ServedCall | undefined;

    constructor(context: ServedCall | undefined) {
      this[CONTEXT] = context;
    }
  };
  return { node, members: new Map() };
}

function join(node: NodeClass, name: string, below: NodeClass): void {
  Object.defineProperty(node.prototype, name, {
    get(this: Node) {
      return new below(this[CONTEXT]);
    },
    configurable: true,
  });
}
