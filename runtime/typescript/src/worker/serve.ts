/**
 * A worker's life: announce, let the parent in, serve, and leave in time.
 *
 * @module
 */

import { within } from "../clock.js";
import { type CloseReason, closeSentence } from "../connection/closing.js";
import { Connection } from "../connection/connection.js";
import { type Counts, newCounters } from "../connection/counters.js";
import { type Limits, limitsOf } from "../connection/limits.js";
import { printError, printInit } from "../control.js";
import { ProcwireError, sentence } from "../error.js";
import type { Service, ServiceDescriptor } from "../service.js";
import { Admission } from "./admission.js";
import { type Bound, bind, Emitter, type Numbered, number } from "./binding.js";
import { explainAndExit, isByHand } from "./by_hand.js";
import { takeEnvironment } from "./environment.js";
import { type Listening, listen, removeFolder, sweep } from "./socket_folder.js";
import { writeControlLine } from "./stdout.js";
import { Watch } from "./watch.js";

/** How long handlers have after their signals fired, once nobody can get an answer. */
const CANCEL_GRACE_MS = 100;
/** How long a parent that is about to leave may take to come in. */
const LAST_ENTRY_MS = 250;
/** How long what was answered may take to leave at the end of a shutdown. */
const LAST_WRITE_MS = 200;
/** The last will's share of the time from the loss of the parent to the forced exit. */
const LAST_WILL_MS = 250;
/** How long a process may go on that has nothing to serve any more. */
const AFTERLIFE_MS = 100;

/** How a worker serves. */
export interface ServeOptions {
  /**
   * Runs once no call is served any more, before the process ends. It has the rest of the time that the parent gave, or
   * a few tenths of a second where the parent is gone.
   */
  readonly onShutdown?: (() => void | PromiseLike<void>) | undefined;
  /**
   * Whether a thread of its own hears the parent, which costs about 10 MB. Without it a handler that blocks the event
   * loop delays `$pong`, and outlives its parent. True by default.
   */
  readonly controlThread?: boolean | undefined;
  /** Bytes of a payload that is taken; at most 2 GiB - 1. 1 GiB by default. */
  readonly maxPayload?: number | undefined;
  /**
   * Whether to look for a request for up to 50 µs before sleeping, where requests came at once so far. True by default.
   */
  readonly spin?: boolean | undefined;
  /** What the connection may hold, and for how long. */
  readonly limits?: Partial<Limits> | undefined;
}

/** A worker that serves. As a promise it resolves when the worker's life has ended. */
export interface Serving<Emit = unknown> extends Promise<void> {
  /** Sends events outside of handlers. They fail with `unavailable` before a parent is connected. */
  readonly events: Emit;
  /** True once a parent is connected, false where the worker ended without one. */
  readonly ready: Promise<boolean>;
  /** The events of one service, for a worker of several. */
  eventsOf<ServiceEmit>(service: Service<unknown, never, unknown, ServiceEmit>): ServiceEmit;
  /** What was read, written, dropped or went wrong on the connection so far. */
  counts(): Counts;
}

/**
 * Serves an object's methods to the parent that started this process, until it asks for the end or is gone.
 *
 * Call it early. What the program prints arrives on stderr. Once the parent is gone the process ends within half a
 * second, whatever handlers do; and after a shutdown at the end of the time that the parent gave. In a process that no
 * parent started it says so on stderr and exits with status 2.
 */
export type Serve<Worker, Emit> = (implementation: Worker, options?: ServeOptions) => Serving<Emit>;

/** The function that serves one service. */
export function worker<Worker extends object, Emit>(
  service: Service<unknown, Worker, unknown, Emit>,
): Serve<Worker, Emit> {
  return (implementation, options) => serve([bind(service, implementation)], options);
}

/** A process has one parent, and so serves once. */
let serves = false;

/** Serves several services in one process; see {@link Serve}. */
export function serve<Emits extends readonly unknown[]>(
  bound: { readonly [Index in keyof Emits]: Bound<Emits[Index]> },
  options: ServeOptions = {},
): Serving<All<Emits>> {
  if (serves) {
    throw new ProcwireError("unsupported", "this process serves already; give all its services to one `serve`");
  }
  serves = true;
  const environment = takeEnvironment();
  if (isByHand(environment)) {
    explainAndExit(bound.map(({ service }) => service.name));
  }
  const emitter = new Emitter();
  let numbered: Numbered | undefined;
  let wrong: unknown;
  try {
    numbered = number(bound, emitter);
  } catch (error) {
    wrong = error;
  }
  let isReady: (ready: boolean) => void = () => {};
  const ready = new Promise<boolean>((resolve) => {
    isReady = resolve;
  });
  const life = live(numbered, wrong, environment.token, options, emitter, isReady);
  const emits = numbered?.emits ?? new Map<ServiceDescriptor, Readonly<Record<string, unknown>>>();
  return Object.assign(life, {
    events: Object.assign({}, ...emits.values()) as All<Emits>,
    ready,
    eventsOf: <ServiceEmit>(service: Service<unknown, never, unknown, ServiceEmit>) =>
      emits.get(service) as ServiceEmit,
    counts: () => emitter.connection?.counts() ?? newCounters(),
  });
}

/** The events of all services together. */
export type All<Emits extends readonly unknown[]> = Emits extends readonly [infer First, ...infer Rest]
  ? First & All<Rest>
  : unknown;

async function live(
  numbered: Numbered | undefined,
  wrong: unknown,
  token: string | undefined,
  options: ServeOptions,
  emitter: Emitter,
  isReady: (ready: boolean) => void,
): Promise<void> {
  const watch = new Watch();
  try {
    if (numbered === undefined) {
      tellFailure(wrong);
      throw wrong;
    }
    await attendParent(numbered, token, options, emitter, watch, isReady);
  } finally {
    isReady(false);
    await lastWill(options.onShutdown, watch);
    // What the program still has to do must not keep a process that nobody hears.
    setTimeout(() => process.exit(), AFTERLIFE_MS).unref();
  }
}

async function attendParent(
  numbered: Numbered,
  token: string | undefined,
  options: ServeOptions,
  emitter: Emitter,
  watch: Watch,
  isReady: (ready: boolean) => void,
): Promise<void> {
  const changed =
    options.maxPayload === undefined ? options.limits : { ...options.limits, payload: options.maxPayload };
  let enter: (connection: Connection) => void = () => {};
  const entered = new Promise<Connection>((resolve) => {
    enter = resolve;
  });
  let listening: Listening;
  let admission: Admission;
  try {
    const limits = limitsOf(changed);
    admission = new Admission(token, (take) => {
      const connection = new Connection({
        role: "child",
        limits,
        methods: numbered.methods,
        spin: options.spin ?? true,
      });
      connection.attach(take(connection));
      enter(connection);
    });
    listening = await listen(admission.knock);
  } catch (error) {
    tellFailure(error);
    throw error;
  }
  const { server, path, folder } = listening;
  const remove = (): void => removeFolder(folder);
  process.on("exit", remove);
  let connection: Connection | undefined;
  try {
    // Before the parent knows of this process, which it may then signal.
    watch.heedSignals();
    announce(printInit(path, numbered.methods, numbered.events));
    watch.hearParent(options.controlThread ?? true);
    void sweep();
    connection = await parent(entered, watch);
  } finally {
    admission.end();
    server.close();
    remove();
    process.off("exit", remove);
  }
  if (connection !== undefined) {
    emitter.attach(connection);
    isReady(true);
    await attend(connection, watch);
  }
}

function announce(init: string): void {
  try {
    writeControlLine(init);
  } catch (error) {
    const message = `the parent cannot be told about this worker: ${sentence(error)}`;
    throw new ProcwireError("unavailable", message, { cause: error });
  }
}

/** A parent that is gone cannot be told; the caller of `serve` is. */
function tellFailure(error: unknown): void {
  try {
    writeControlLine(printError(sentence(error)));
  } catch {
    // As above.
  }
}

/** Waits for the parent, unless it wants no more. */
async function parent(entered: Promise<Connection>, watch: Watch): Promise<Connection | undefined> {
  const first = await Promise.race([entered, watch.left()]);
  if (first !== undefined || watch.phase.kind === "leaving") {
    return first ?? undefined;
  }
  // The control plane is faster: a parent that connected, called and said `$shutdown` is still to be let in.
  return (await within(LAST_ENTRY_MS, entered)) ?? undefined;
}

/** Serves until one side wants no more. */
async function attend(connection: Connection, watch: Watch): Promise<void> {
  const closed = await Promise.race([connection.closed, watch.left()]);
  if (closed !== undefined) {
    return lost(connection, closed, watch);
  }
  const { phase } = watch;
  if (phase.kind === "draining") {
    connection.drain();
    const settled = connection.serving.settled().then(() => true as const);
    const untilGrace = within(Math.max(phase.until - performance.now(), 0), settled);
    let inTime = await Promise.race([untilGrace, watch.leaving(), connection.closed]);
    if (inTime !== true) {
      connection.serving.cancelAll();
      inTime = await Promise.race([within(CANCEL_GRACE_MS, settled), connection.closed]);
    }
    if (!connection.isOver) {
      await within(LAST_WRITE_MS, connection.leave());
    }
    if (connection.isOver) {
      return lost(connection, await connection.closed, watch);
    }
    return;
  }
  connection.close("the parent is gone");
  await lost(connection, await connection.closed, watch);
}

/** Lets handlers notice that nobody can get an answer any more. */
async function lost(connection: Connection, reason: CloseReason, watch: Watch): Promise<void> {
  const message = closeSentence(reason);
  connection.fail({ code: "unavailable", message: `the connection to the parent is over: ${message}` });
  watch.exitIn(CANCEL_GRACE_MS + LAST_WILL_MS + AFTERLIFE_MS);
  await within(CANCEL_GRACE_MS, connection.serving.settled());
  // That a parent is gone is the usual end of a worker.
  if (reason.kind === "protocol") {
    throw new ProcwireError("unavailable", message);
  }
}

async function lastWill(run: ServeOptions["onShutdown"], watch: Watch): Promise<void> {
  if (run === undefined) {
    return;
  }
  const { phase } = watch;
  const left = phase.kind === "draining" ? phase.until - performance.now() : 0;
  await within(Math.max(LAST_WILL_MS, left), (async () => run())());
}
