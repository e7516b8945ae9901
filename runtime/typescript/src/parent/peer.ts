/**
 * A child that runs: what its clients share, and what is told of it at its end.
 *
 * @module
 */

import { within } from "../clock.js";
import { any, nothing } from "../codec/index.js";
import { type CloseReason, closeSentence } from "../connection/closing.js";
import type { Connection } from "../connection/connection.js";
import type { Counts } from "../connection/counters.js";
import type { RemoteEvents } from "../connection/remote_events.js";
import { type CallOptions, type RemoteMethod, remoteMethod } from "../connection/remote_method.js";
import { TIMEOUTS_MS } from "../constants.js";
import type { Init } from "../control.js";
import { ProcwireError } from "../error.js";
import type { BuiltinName, Health } from "../worker/builtins.js";
import type { CallbackHandlers, CallbackTable } from "./callbacks.js";
import type { Child } from "./child.js";
import { type Exit, exitSentence } from "./exit.js";
import type { Settings } from "./options.js";

/** How long a child that lost its connection may take to end by itself, for the sake of its exit status. */
const END_AFTER_LOSS_MS = 80;
/** How long the system may take to end a child. */
const END_BY_FORCE_MS = 5000;

/** The process behind a client. All clients of one process share it. */
export interface Peer {
  /** The name that the process goes by in messages. */
  readonly name: string;
  /** The process id. */
  readonly pid: number;
  /** How the process ended, if it did. */
  readonly exit: Exit | undefined;
  /** Resolves with how the process ended. */
  readonly exited: Promise<Exit>;
  /** What was read, written, dropped or went wrong on the connection so far. */
  counts(): Counts;
  /** What this program answers for the process. */
  readonly callbacks: CallbackHandlers;
  /** Asks the process whether it takes work. */
  health(options?: CallOptions): Promise<Health>;
  /** Asks the process for its schema, in the interchange form. */
  schema(options?: CallOptions): Promise<unknown>;
  /**
   * Ends the process: new calls fail, what runs may go on for the grace, and then it is ended by force. Rejects with
   * `unavailable` where it did not end in order.
   */
  shutdown(): Promise<void>;
}

/** The same with what only clients see. */
export class Process implements Peer {
  readonly name: string;
  readonly connection: Connection;
  readonly events: RemoteEvents;
  readonly callbacks: CallbackTable;
  readonly init: Init;
  readonly allowMissing: boolean;
  readonly #child: Child;
  readonly #graceMs: number;
  #shutdown: Promise<void> | undefined;

  constructor(
    name: string,
    child: Child,
    connection: Connection,
    events: RemoteEvents,
    callbacks: CallbackTable,
    init: Init,
    settings: Settings,
  ) {
    this.name = name;
    this.connection = connection;
    this.events = events;
    this.callbacks = callbacks;
    this.init = init;
    this.allowMissing = settings.allowMissing;
    this.#child = child;
    this.#graceMs = settings.shutdownGraceMs;
    void this.#attend();
  }

  get pid(): number {
    return this.#child.pid;
  }

  get exit(): Exit | undefined {
    return this.#child.exit;
  }

  get exited(): Promise<Exit> {
    return this.#child.exited;
  }

  /** The last lines that the child wrote on stderr. */
  get stderr(): readonly string[] {
    return this.#child.tail.lines();
  }

  counts(): Counts {
    return this.connection.counts();
  }

  schema(options?: CallOptions): Promise<unknown> {
    return this.#builtin("$schema", options);
  }

  #builtin(wire: BuiltinName, options: CallOptions | undefined): Promise<unknown> {
    return this.connection.calling.call(builtin(this.init, wire), undefined, options);
  }

  async health(options?: CallOptions): Promise<Health> {
    const health = (await this.#builtin("$health", options)) as Partial<Health> | null;
    const count = (value: unknown): number => (typeof value === "number" ? value : 0);
    return { ready: health?.ready === true, running: count(health?.running), waiting: count(health?.waiting) };
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.#end();
    return this.#shutdown;
  }

  async #end(): Promise<void> {
    const message = `worker \`${this.name}\` is shutting down`;
    this.connection.calling.refuse({ code: "unavailable", message });
    // What does not leave in the time of the grace would not be answered either.
    await within(this.#graceMs, this.connection.outbox.flushed());
    this.#child.shutdown(this.#graceMs);
    const exit = await this.#child.exited;
    if (exit.code !== 0) {
      const sentence = `worker \`${this.name}\` did not end in order: ${exitSentence(exit)}`;
      throw new ProcwireError("unavailable", sentence);
    }
  }

  /** Tells those who wait how the child ended, once the connection is over. */
  async #attend(): Promise<void> {
    const reason = await this.connection.closed;
    const exit = await this.#obituary(reason);
    const end = exit === undefined ? closeSentence(reason) : exitSentence(exit);
    this.connection.fail({ code: "unavailable", message: `worker \`${this.name}\` is gone: ${end}` });
  }

  /** Makes sure that the child has ended. */
  async #obituary(reason: CloseReason): Promise<Exit | undefined> {
    if (reason.kind !== "protocol") {
      const byItself = await within(END_AFTER_LOSS_MS, this.#child.exited);
      if (byItself !== undefined) {
        return byItself;
      }
    }
    this.#child.endLost(closeSentence(reason));
    return within(END_BY_FORCE_MS, this.#child.exited);
  }
}

/** One of the methods that a worker has besides those of its services. */
function builtin(init: Init, wire: BuiltinName): RemoteMethod {
  const found = init.methods.get(wire) ?? { missing: `the worker has no \`${wire}\`` };
  const descriptor = {
    name: wire,
    wire,
    response: "result",
    parameters: "none",
    request: nothing,
    answer: any,
  } as const;
  return remoteMethod(wire, descriptor, found, TIMEOUTS_MS.call);
}
