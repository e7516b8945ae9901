/**
 * What a parent answers for its child: handlers by path, which may come and go while the child runs.
 *
 * @module
 */

import type { ServedMethod } from "../connection/served_call.js";
import type { Context } from "../context.js";
import type { AnnouncedCallback } from "../control.js";
import { ProcwireError } from "../error.js";
import { payloadCodec, rawUnit } from "../raw.js";
import { type Callbacks, type CallbacksDescriptor, errorsOf, type MethodDescriptor } from "../service.js";
import { ANSWERS } from "./agreement.js";
import { differs } from "./schemas.js";

/** A function that answers a callback: with its arguments, where it has any, and its context. */
export type CallbackHandler = (...args: never[]) => unknown;

/** What this program answers for a worker. */
export interface CallbackHandlers {
  /** The paths that have a handler now. */
  readonly paths: readonly string[];
  /** Answers callbacks of a namespace from now on. A handler replaces one that was there. */
  add<Handlers>(callbacks: Callbacks<Handlers, unknown>, handlers: Partial<Handlers>): void;
  /**
   * Answers the callback of this path from now on.
   *
   * @throws {ProcwireError} `invalid_argument` where the schema has no such path, or the worker means another kind of answer
   */
  set(path: string, handler: CallbackHandler): void;
  /** Answers this path with `not_found` from now on; calls that run go on. False where it had no handler. */
  delete(path: string): boolean;
}

interface Known {
  readonly namespace: string;
  readonly method: MethodDescriptor;
}

/** The same, filled before the child is started, and joined to its ids once it has announced them. */
export class CallbackTable implements CallbackHandlers {
  readonly #known = new Map<string, Known>();
  readonly #handlers = new Map<string, CallbackHandler>();
  #announced: ReadonlyMap<string, AnnouncedCallback> = new Map();
  /** What the connection serves, by id from 1. */
  readonly served: (ServedMethod | undefined)[] = [];

  /** Knows the callbacks of these namespaces. */
  know(callbacks: readonly CallbacksDescriptor[]): void {
    for (const { path, methods } of callbacks) {
      for (const method of methods) {
        this.#known.set(method.wire, { namespace: path.join("."), method });
      }
    }
  }

  get paths(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  add<Handlers>(callbacks: Callbacks<Handlers, unknown>, handlers: Partial<Handlers>): void {
    this.know([callbacks]);
    this.#addAll(callbacks, handlers as object);
  }

  set(path: string, handler: CallbackHandler): void {
    const known = this.#known.get(path);
    if (known === undefined) {
      throw wrong(`the schema has no callback \`${path}\`; there are: ${[...this.#known.keys()].join(", ") || "none"}`);
    }
    if (typeof handler !== "function") {
      throw wrong(`what is to answer \`${path}\` is no function`);
    }
    const announced = this.#announced.get(path);
    const clash = announced === undefined ? undefined : clashOf(path, known.method, announced);
    if (clash !== undefined) {
      throw wrong(clash);
    }
    this.#handlers.set(path, handler);
    this.#place(path);
  }

  delete(path: string): boolean {
    const had = this.#handlers.delete(path);
    this.#place(path);
    return had;
  }

  /** Takes the handlers of an options object: a member a namespace, one inside the other. */
  addOptions(callbacks: readonly CallbacksDescriptor[], options: unknown): void {
    this.know(callbacks);
    const members = new Set(callbacks.map(({ path }) => path[0]));
    for (const name of Object.keys(Object(options))) {
      if (!members.has(name)) {
        throw wrong(`the schema has no callbacks \`${name}\`; there are: ${[...members].join(", ") || "none"}`);
      }
    }
    for (const namespace of callbacks) {
      let handlers: unknown = options;
      for (const member of namespace.path) {
        handlers = (handlers as Record<string, unknown> | undefined)?.[member];
      }
      if (handlers !== undefined && handlers !== null) {
        this.#addAll(namespace, Object(handlers));
      }
    }
  }

  /** Joins the handlers to the child's ids. Gives everything that does not fit, in sentences. */
  join(announced: ReadonlyMap<string, AnnouncedCallback>): string[] {
    this.#announced = announced;
    const problems: string[] = [];
    const missing = [...announced].filter(([path, { required }]) => required && !this.#handlers.has(path));
    if (missing.length > 0) {
      const paths = missing.map(([path]) => `\`${path}\``).join(", ");
      problems.push(`it needs callbacks that this program does not answer: ${paths}`);
    }
    for (const [path, callback] of announced) {
      const known = this.#known.get(path);
      const clash = known !== undefined && this.#handlers.has(path) && clashOf(path, known.method, callback);
      if (clash) {
        problems.push(clash);
      }
      this.#place(path);
    }
    return problems;
  }

  /** The paths that have a handler, and that are another thing to the child. */
  differing(): readonly string[] {
    return this.paths.filter((path) => differs(this.#known.get(path)?.method.fp, this.#announced.get(path)));
  }

  #addAll(namespace: CallbacksDescriptor, handlers: object): void {
    for (const { name, wire } of namespace.methods) {
      const handler = (handlers as Record<string, unknown>)[name];
      if (handler !== undefined) {
        const bound = typeof handler === "function" ? handler.bind(handlers) : handler;
        this.set(wire, bound as CallbackHandler);
      }
    }
  }

  /** Puts what answers a path to the id that the child gave it. */
  #place(path: string): void {
    const announced = this.#announced.get(path);
    if (announced !== undefined) {
      const handler = this.#handlers.get(path);
      const known = this.#known.get(path);
      this.served[announced.id - 1] =
        handler === undefined || known === undefined
          ? this.#absent(path, announced)
          : serve(path, known, announced, handler);
    }
  }

  #absent(path: string, announced: AnnouncedCallback): ServedMethod {
    const { id, response, raw } = announced;
    return {
      name: path,
      id,
      service: path.slice(0, Math.max(path.lastIndexOf("."), 0)),
      wire: path,
      kind: response,
      raw,
      request: rawUnit as ServedMethod["request"],
      answer: rawUnit as ServedMethod["answer"],
      errors: [],
      events: undefined,
      run: () => {
        const known = this.paths.length > 0 ? `there are: ${this.paths.join(", ")}` : "there is none at all";
        throw new ProcwireError("not_found", `the parent has no handler for the callback ${path}; ${known}`);
      },
    };
  }
}

function serve(path: string, known: Known, announced: AnnouncedCallback, handler: CallbackHandler): ServedMethod {
  const { method, namespace } = known;
  const run = handler as (...args: unknown[]) => unknown;
  return {
    name: path,
    id: announced.id,
    service: namespace,
    wire: path,
    kind: method.response,
    raw: method.raw === true,
    request: payloadCodec(method.raw, method.request),
    answer: payloadCodec(method.raw, method.answer),
    errors: errorsOf(method),
    events: undefined,
    run:
      method.parameters === "none"
        ? (_, context: Context) => run(context)
        : (args, context: Context) => run(args, context),
  };
}

/** How a callback differs from what the child means by it. */
function clashOf(path: string, method: MethodDescriptor, announced: AnnouncedCallback): string | undefined {
  if (method.response !== announced.response) {
    return `its callback \`${path}\` ${ANSWERS[announced.response]}, this program has one that ${ANSWERS[method.response]}`;
  }
  if ((method.raw === true) !== announced.raw) {
    const [theirs, ours] = announced.raw ? ["raw bytes", "MsgPack"] : ["MsgPack", "raw bytes"];
    return `its callback \`${path}\` carries ${theirs}, this program's ${ours}`;
  }
  return undefined;
}

function wrong(message: string): ProcwireError {
  return new ProcwireError("invalid_argument", message);
}
