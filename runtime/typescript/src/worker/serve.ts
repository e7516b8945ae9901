/**
 * A worker's life: announce, let the parent in, serve, and leave in time.
 *
 * @module
 */

import { within } from "../clock.js";
import { type CloseReason, closeSentence } from "../connection/closing.js";
import { Connection } from "../connection/connection.js";
import { type Counts, newCounters } from "../connection/counters.js";
import type { ExtensionName } from "../connection/extensions.js";
import { type Limits, limitsOf } from "../connection/limits.js";
import { EXTENSIONS } from "../constants.js";
import { printError, printInit } from "../control.js";
import { ProcwireError, sentence } from "../error.js";
import type { Callbacks, Service, ServiceDescriptor } from "../service.js";
import type { Tracing } from "../tracing.js";
import { type Bound, Emitter, type Needs, type Numbered, needsOf, number } from "./binding.js";
import { builtins } from "./builtins.js";
import { explainAndExit, isByHand } from "./by_hand.js";
import { Caller } from "./calls.js";
import { type Door, openDoor } from "./door.js";
import { type Environment, takeEnvironment } from "./environment.js";
import { sweep } from "./socket_folder.js";
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
  /** Whether the constraints of the schema are checked before answers, items and events are sent. False by default. */
  readonly checkSent?: boolean | undefined;
  /** Whether a parent of ours is asked to say where handlers of callbacks fail, in `error.traceback`. False by default. */
  readonly tracebacks?: boolean | undefined;
  /** Says whether the worker takes work, for a parent that asks for its health. It does where this is not given. */
  readonly isReady?: (() => boolean) | undefined;
  /** Follows calls and callbacks with spans: `tracing()` of `procwire/opentelemetry`. Nothing by default. */
  readonly tracing?: Tracing | undefined;
  /** The extensions of the protocol that are offered to the parent. All by default. */
  readonly extensions?: readonly ExtensionName[] | undefined;
}

/** A worker that serves. As a promise it resolves when the worker's life has ended. */
export interface Serving<Emit = unknown, Calls = unknown> extends Promise<void> {
  /**
   * Sends events outside of handlers. They fail with `unavailable` before a parent is connected, and wait while the write
   * queue is full.
   */
  readonly events: Emit;
  /** Calls the parent outside of handlers. Fails with `unavailable` before a parent is connected. */
  readonly callbacks: Calls;
  /** True once a parent is connected, false where the worker ended without one. */
  readonly ready: Promise<boolean>;
  /** What calls the parent in one namespace, for a worker of several services. */
  callbacksOf<Handlers, NamespaceCalls>(callbacks: Callbacks<Handlers, NamespaceCalls>): NamespaceCalls;
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
export type Serve<Worker, Emit, Calls = unknown> = (
  implementation: Worker,
  options?: ServeOptions,
) => Serving<Emit, Calls>;

/** The function that serves one service. */
export function worker<Worker extends object, Emit, Handlers, Calls>(
  service: Service<unknown, Worker, unknown, Emit, Handlers, Calls>,
): Serve<Worker, Emit, Calls> {
  return (implementation, options) => {
    const bound = [{ service, implementation }];
    return serveAll(bound, needsOf([service]), options) as Serving<Emit, Calls>;
  };
}

/** A process has one parent, and so serves once. */
let serves = false;

/** Serves several services in one process; see {@link Serve}. */
export function serve<Emits extends readonly unknown[]>(
  bound: { readonly [Index in keyof Emits]: Bound<Emits[Index]> },
  options: ServeOptions = {},
): Serving<All<Emits>> {
  const needs = needsOf(bound.map(({ service }) => service));
  return serveAll(bound, needs, options) as Serving<All<Emits>>;
}

/** Serves these services, and announces that it needs these callbacks. */
export function serveAll(bound: readonly Bound[], needs: Needs, options: ServeOptions = {}): Serving {
  if (serves) {
    throw new ProcwireError("unsupported", "this process serves already; give all its services to one `serve`");
  }
  serves = true;
  const environment = takeEnvironment();
  if (isByHand(environment)) {
    explainAndExit(bound.map(({ service }) => service.name));
  }
  const emitter = new Emitter();
  const caller = new Caller();
  let numbered: Numbered | undefined;
  let wrong: unknown;
  try {
    numbered = number(bound, emitter, caller, needs);
  } catch (error) {
    wrong = error;
  }
  let isReady: (ready: boolean) => void = () => {};
  const ready = new Promise<boolean>((resolve) => {
    isReady = resolve;
  });
  const attached = (connection: Connection): void => {
    emitter.attach(connection);
    caller.attach(connection);
  };
  const life = live(numbered, wrong, environment, options, attached, isReady);
  const emits = numbered?.emits ?? new Map<ServiceDescriptor, Readonly<Record<string, unknown>>>();
  const callbacks = numbered?.calls(undefined);
  return Object.assign(life, {
    events: Object.assign({}, ...emits.values()) as unknown,
    callbacks,
    ready,
    callbacksOf: <Handlers, NamespaceCalls>({ path }: Callbacks<Handlers, NamespaceCalls>) => {
      let found: unknown = callbacks;
      for (const member of path) {
        found = (found as Record<string, unknown> | undefined)?.[member];
      }
      return found as NamespaceCalls;
    },
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
  environment: Environment,
  options: ServeOptions,
  attached: (connection: Connection) => void,
  isReady: (ready: boolean) => void,
): Promise<void> {
  const watch = new Watch();
  try {
    if (numbered === undefined) {
      tellFailure(wrong);
      throw wrong;
    }
    await attendParent(numbered, environment, options, attached, () => isReady(true), watch);
  } finally {
    isReady(false);
    await lastWill(options.onShutdown, watch);
    // What the program still has to do must not keep a process that nobody hears.
    setTimeout(() => process.exit(), AFTERLIFE_MS).unref();
  }
}

async function attendParent(
  numbered: Numbered,
  environment: Environment,
  options: ServeOptions,
  attached: (connection: Connection) => void,
  isReady: () => void,
  watch: Watch,
): Promise<void> {
  const changed =
    options.maxPayload === undefined ? options.limits : { ...options.limits, payload: options.maxPayload };
  const extensions = options.extensions ?? EXTENSIONS.names;
  let enter: (connection: Connection) => void = () => {};
  let refuse: (error: ProcwireError) => void = () => {};
  const entered = new Promise<Connection>((resolve, reject) => {
    enter = resolve;
    refuse = reject;
  });
  // It may be refused when nobody waits for it any more.
  entered.catch(() => {});
  const own = (connection: () => Connection): ReturnType<typeof builtins> =>
    builtins(numbered.schemas, numbered.services, options.isReady, connection);
  let limits: Limits;
  let door: Door;
  try {
    limits = limitsOf(changed);
    const descriptor = extensions.includes("fd") ? environment.descriptor : undefined;
    door = await openDoor(descriptor, {
      token: environment.token,
      refuse,
      enter(take, isThere) {
        const connection: Connection = new Connection({
          role: "child",
          limits,
          methods: numbered.methods,
          builtins: own(() => connection),
          extensions,
          checkSent: options.checkSent ?? false,
          tracing: options.tracing,
          spin: options.spin ?? true,
        });
        // Handlers of requests in the very first piece emit and call already.
        const come = (): void => {
          attached(connection);
          enter(connection);
        };
        if (isThere) {
          come();
        } else {
          connection.extensions.onSettled(come);
        }
        connection.attach(take(connection));
      },
    });
  } catch (error) {
    tellFailure(error);
    throw error;
  }
  let connection: Connection | undefined;
  try {
    // Before the parent knows of this process, which it may then signal.
    watch.heedSignals();
    const { methods, events, callbacks, identity } = numbered;
    const { payload, window } = limits;
    announce(
      printInit(door.pipe, methods, events, {
        callbacks,
        builtins: numbered.schemas.length === 0 ? ["$health"] : ["$health", "$schema"],
        ext: extensions,
        limits: { payload, window },
        tracebacks: options.tracebacks,
        identity,
      }),
    );
    watch.hearParent(options.controlThread ?? true);
    if (door.isPath) {
      void sweep();
    }
    connection = await parent(entered, watch);
  } finally {
    door.close();
  }
  if (connection !== undefined) {
    isReady();
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
