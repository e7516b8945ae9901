/**
 * The steps from a command to a child that can be called.
 *
 * @module
 */

import type { Socket } from "node:net";

import { within } from "../clock.js";
import { closeSentence } from "../connection/closing.js";
import { Connection } from "../connection/connection.js";
import { inCommon } from "../connection/extensions.js";
import { helloFrame } from "../connection/hello.js";
import { RemoteEvents } from "../connection/remote_events.js";
import { connectTo } from "../connection/transport.js";
import { EXTENSIONS, ID_AUTHENTICATE } from "../constants.js";
import type { Init } from "../control.js";
import { frameOf } from "../frame.js";
import type { Schema } from "../schema.js";
import type { ServiceDescriptor } from "../service.js";
import { type Resolved, resolve } from "./agreement.js";
import type { CallbackTable } from "./callbacks.js";
import { Child, type Said } from "./child.js";
import { PAIR_FD, type Settings } from "./options.js";
import { Process } from "./peer.js";
import { differences, disagreement } from "./schemas.js";
import { SpawnError } from "./spawn_error.js";

/** How long a child that failed may take to end, for the sake of its exit status and last words. */
const LAST_WORDS_MS = 250;
/** How long a child that was killed may take to be gone, on a machine that is busy: its socket is removed then. */
const KILLED_MS = 2000;

/** What a program is started for. */
export interface Called {
  readonly services: readonly ServiceDescriptor[];
  /** The schema that the callbacks are from. */
  readonly schema: Schema | undefined;
}

/** Starts the program and waits until it serves. `listen` is called before anything can be read. */
export async function spawnProcess(
  command: string,
  args: readonly string[],
  settings: Settings,
  { services, schema }: Called,
  callbacks: CallbackTable,
  listen: (events: RemoteEvents, resolved: readonly Resolved[]) => void,
): Promise<[Process, readonly Resolved[]]> {
  const { name, limits } = settings;
  const until = performance.now() + settings.initTimeoutMs;
  const child = start(command, args, settings);
  const init = await announced(child, settings, command);
  const demands = { callTimeoutMs: limits.callTimeoutMs, allowMissing: settings.allowMissing };
  const resolved = services.map((service) => resolve(init, service, demands));
  const lacks = resolved.flatMap(({ mismatches }) => mismatches);
  const problems = [
    ...(lacks.length > 0 ? [lacking(lacks)] : []),
    ...callbacks.join(init.callbacks),
    ...unusable(init, settings),
  ];
  if (problems.length > 0) {
    child.kill();
    // A program that gives up at this leaves nothing behind.
    await within(KILLED_MS, child.exited);
    throw new SpawnError("mismatch", name, problems.join("; "), { stderr: child.tail.lines() });
  }
  const events = new RemoteEvents(limits.events);
  listen(events, resolved);
  const { spin, checkSent, tracing } = settings;
  const connection = new Connection({
    role: "parent",
    limits,
    methods: callbacks.served,
    events,
    spin,
    checkSent,
    tracing,
    worker: name,
  });
  const reason = await connect(child, init, settings, connection, callbacks);
  if (reason !== undefined) {
    throw await unreachable(child, settings, init, reason);
  }
  if (settings.checkSchema) {
    const found = differences(init, services, callbacks.differing(), schema);
    if (found.names.length > 0) {
      const left = Math.max(until - performance.now(), 1);
      const reason = await disagreement(found, init, connection, left);
      if (reason !== undefined) {
        throw await disagreed(child, connection, name, reason);
      }
    }
  }
  if (settings.heartbeat !== undefined) {
    child.watchOver(settings.heartbeat);
  }
  const process = new Process(name, child, connection, events, callbacks, init, settings);
  return [process, resolved];
}

/** Names everything that does not fit. */
export function mismatch(name: string, mismatches: readonly string[], stderr: readonly string[]): SpawnError {
  return new SpawnError("mismatch", name, lacking(mismatches), { stderr });
}

function lacking(mismatches: readonly string[]): string {
  return `it does not serve what this program calls: ${mismatches.join("; ")}`;
}

/** The child means something else by what this program calls. */
async function disagreed(child: Child, connection: Connection, name: string, reason: string): Promise<SpawnError> {
  const isLost = connection.isOver;
  const exit = isLost ? await within(LAST_WORDS_MS, child.exited) : undefined;
  child.kill();
  connection.close("the schemas do not agree");
  connection.fail({ code: "unavailable", message: `worker \`${name}\` is refused` });
  if (exit !== undefined) {
    return new SpawnError("ended", name, "it ended while it was asked for its schema", { exit });
  }
  await within(KILLED_MS, child.exited);
  return new SpawnError("mismatch", name, reason, { stderr: child.tail.lines() });
}

/** Why the socket that the child speaks of cannot be the one that it was left. */
function unusable({ pipe }: Init, settings: Settings): string[] {
  if (!pipe.startsWith(EXTENSIONS.descriptorPrefix) || (pipe === PAIR && settings.extensions.includes("fd"))) {
    return [];
  }
  const left = settings.extensions.includes("fd") ? `its descriptor is ${PAIR_FD}` : "it was left none";
  return [`it says that its socket is \`${pipe}\`, but ${left}`];
}

const PAIR = `${EXTENSIONS.descriptorPrefix}${PAIR_FD}`;

function start(command: string, args: readonly string[], settings: Settings): Child {
  try {
    return new Child(command, args, settings);
  } catch (error) {
    throw notStarted(command, settings, error as Error);
  }
}

function notStarted(command: string, settings: Settings, error: Error): SpawnError {
  const reason = `the program \`${command}\` does not start: ${error.message}`;
  return new SpawnError("start", settings.name, reason, { cause: error });
}

/** Waits for the child's `$init`. */
async function announced(child: Child, settings: Settings, command: string): Promise<Init> {
  const { name, initTimeoutMs } = settings;
  const said: Said | undefined = await within(initTimeoutMs, child.said);
  if (said === undefined) {
    child.kill();
    await within(LAST_WORDS_MS, child.exited);
    const reason = `it did not announce itself within ${initTimeoutMs} ms; a worker writes \`$init\` on its stdout once it serves`;
    throw new SpawnError("timeout", name, reason, { stderr: child.tail.lines() });
  }
  switch (said.kind) {
    case "init":
      return said.init;
    case "not-started":
      throw notStarted(command, settings, said.error);
    case "ended":
      throw new SpawnError("ended", name, "it ended before it was ready", { exit: said.exit });
    case "bad-init": {
      child.kill();
      await within(LAST_WORDS_MS, child.exited);
      const reason = `its \`$init\` cannot be used: ${said.reason}`;
      throw new SpawnError("malformed", name, reason, { stderr: child.tail.lines() });
    }
    case "refused": {
      const exit = await within(LAST_WORDS_MS, child.exited);
      child.kill();
      throw new SpawnError("refused", name, `it says: ${said.reason}`, { exit, stderr: child.tail.lines() });
    }
  }
}

/** Connects to the child's socket, and shows the token. Resolves with the reason where that fails. */
async function connect(
  child: Child,
  init: Init,
  settings: Settings,
  connection: Connection,
  callbacks: CallbackTable,
): Promise<string | undefined> {
  const isPair = init.pipe === PAIR;
  let socket: Socket | undefined;
  try {
    if (isPair) {
      socket = child.usePair(connection);
    } else {
      child.dropPair();
      socket = connectTo(init.pipe, connection);
    }
  } catch (error) {
    return (error as Error).message;
  }
  if (socket === undefined) {
    return "there is no pair of sockets any more";
  }
  if (settings.token !== undefined) {
    socket.write(frameOf(ID_AUTHENTICATE, 0, 0, Buffer.from(settings.token)));
  }
  if (init.ext !== undefined) {
    const { payload, window } = settings.limits;
    const names = inCommon(settings.extensions, init.ext).filter((name) => name !== "fd" || isPair);
    socket.write(
      helloFrame({ ext: names, payload, window, callbacks: callbacks.paths, tracebacks: settings.tracebacks }),
    );
    connection.agree(names, init.limits.payload, init.limits.window, init.tracebacks);
  }
  connection.attach(socket);
  const connected = isPair
    ? Promise.resolve("")
    : new Promise<string>((resolve) => socket.once("connect", () => resolve("")));
  const broken = connection.closed.then((reason) =>
    reason.kind === "broken" ? reason.error.message : closeSentence(reason),
  );
  const reason = await within(settings.connectTimeoutMs, Promise.race([connected, broken]));
  if (reason === undefined) {
    connection.close("it took too long to connect");
    return `it took no connection within ${settings.connectTimeoutMs} ms`;
  }
  return reason === "" ? undefined : reason;
}

/** The child's socket could not be reached. */
async function unreachable(child: Child, settings: Settings, init: Init, reason: string): Promise<SpawnError> {
  const exit = await within(LAST_WORDS_MS, child.exited);
  if (exit !== undefined) {
    return new SpawnError("ended", settings.name, "it ended between its `$init` and the connection", { exit });
  }
  child.kill();
  await within(LAST_WORDS_MS, child.exited);
  const message = `its socket \`${init.pipe}\` cannot be reached: ${reason}`;
  return new SpawnError("connect", settings.name, message, { stderr: child.tail.lines() });
}
