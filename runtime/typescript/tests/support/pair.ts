import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Connection } from "../../src/connection/connection.js";
import type { ExtensionName } from "../../src/connection/extensions.js";
import { type Limits, limitsOf } from "../../src/connection/limits.js";
import { RemoteEvents } from "../../src/connection/remote_events.js";
import type { CallOptions, RemoteMethod } from "../../src/connection/remote_method.js";
import type { ServedMethod } from "../../src/connection/served_call.js";
import type { StreamCall } from "../../src/connection/stream_call.js";
import { adopt, connectTo, type Reading, readByEvents } from "../../src/connection/transport.js";
import { HEADER_LENGTH } from "../../src/constants.js";
import { parse, printInit } from "../../src/control.js";
import { frameOf } from "../../src/frame.js";
import { type Resolved, resolve } from "../../src/parent/agreement.js";
import type { CallbackTable } from "../../src/parent/callbacks.js";
import type { ServiceDescriptor } from "../../src/stub_v1.js";
import { Emitter, number } from "../../src/worker/binding.js";

/** How a connection of a test is made. */
export interface Choice {
  readonly limits?: Partial<Limits>;
  /** The request id before the first. */
  readonly lastId?: number;
  /** What a child offers, and what is in force of a parent's connection. */
  readonly extensions?: readonly ExtensionName[];
  /** What a parent answers. */
  readonly callbacks?: CallbackTable;
  /** Reads by `data` events instead of into memory of ours. */
  readonly byEvents?: boolean;
}

type Implementation = Record<string, (...args: never[]) => unknown>;

/** Listens in a folder of its own, and gives the path and the first socket that comes. */
async function listening(): Promise<{ server: Server; path: string; accepted: Promise<Socket>; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "procwire-test-"));
  const path = join(folder, "s");
  const server = createServer({ pauseOnConnect: true });
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = (): void => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, path, accepted, close };
}

/** What a connection serves, with the ids that its peer would be told. */
export function serving(
  service: ServiceDescriptor,
  implementation: Implementation,
): {
  methods: ReturnType<typeof number>["methods"];
  resolved: Resolved;
  emitter: Emitter;
  emit: Record<string, (value?: unknown) => Promise<void>>;
} {
  const emitter = new Emitter();
  const numbered = number([{ service, implementation }], emitter);
  const line = parse(printInit("/s", numbered.methods, numbered.events).trim());
  if (line.kind !== "init") {
    throw new Error("the service announces nothing");
  }
  const emit = numbered.emits.get(service) as Record<string, (value?: unknown) => Promise<void>>;
  return {
    methods: numbered.methods,
    resolved: resolve(line.init, service, { callTimeoutMs: 30_000, allowMissing: false }),
    emitter,
    emit,
  };
}

/** The calling side of a service. */
export class Remote {
  readonly connection: Connection;
  readonly events: RemoteEvents;
  readonly #resolved: Resolved;

  constructor(connection: Connection, events: RemoteEvents, resolved: Resolved) {
    this.connection = connection;
    this.events = events;
    this.#resolved = resolved;
    for (const { id, event } of resolved.events) {
      events.know(id, event.payload as never);
    }
  }

  method(name: string): RemoteMethod {
    const found = this.#resolved.methods.find((method) => method.name.endsWith(`.${name}`));
    if (found === undefined) {
      throw new Error(`the service has no ${name}`);
    }
    return found;
  }

  event(name: string): number {
    const found = this.#resolved.events.find(({ event }) => event.wire === name);
    if (found === undefined) {
      throw new Error(`the service has no ${name}`);
    }
    return found.id;
  }

  call(name: string, value?: unknown, options?: CallOptions): Promise<unknown> {
    return this.connection.calling.call(this.method(name), value, options);
  }

  stream(name: string, value?: unknown, options?: CallOptions): StreamCall {
    return this.connection.calling.stream(this.method(name), value, options);
  }
}

/** Both ends of a connection in this process. */
export interface Pair extends AsyncDisposable {
  readonly remote: Remote;
  readonly parent: Connection;
  readonly child: Connection;
  readonly emit: Record<string, (value?: unknown) => Promise<void>>;
}

/** A parent and a child that serves. */
export async function pair(
  service: ServiceDescriptor,
  implementation: Implementation,
  choice: { readonly parent?: Choice; readonly child?: Choice } = {},
): Promise<Pair> {
  const served = serving(service, implementation);
  const { path, accepted, close } = await listening();
  const events = new RemoteEvents(limitsOf(choice.parent?.limits).events);
  const parent = make("parent", [], events, choice.parent);
  const child = make("child", served.methods, undefined, choice.child);
  parent.attach(connectTo(path, parent));
  take(child, await accepted, choice.child);
  served.emitter.attach(child);
  close();
  return {
    remote: new Remote(parent, events, served.resolved),
    parent,
    child,
    emit: served.emit,
    async [Symbol.asyncDispose]() {
      end(parent);
      end(child);
      await Promise.all([parent.closed, child.closed]);
    },
  };
}

/** A connection that is over, as its owner leaves it. */
export function end(connection: Connection): void {
  connection.close("the test is over");
  connection.fail({ code: "unavailable", message: "the test is over" });
}

function make(
  role: "parent" | "child",
  methods: readonly (ServedMethod | undefined)[],
  events: RemoteEvents | undefined,
  choice: Choice = {},
): Connection {
  const { extensions, lastId, limits } = choice;
  const connection = new Connection({
    role,
    methods,
    limits: limitsOf(limits),
    ...(events === undefined ? {} : { events }),
    ...(lastId === undefined ? {} : { lastId }),
    ...(extensions === undefined ? {} : { extensions }),
  });
  if (role === "parent" && extensions !== undefined) {
    connection.agree(extensions, undefined, undefined);
  }
  return connection;
}

function take(connection: Connection, socket: Socket, choice: Choice = {}): void {
  const read = (choice.byEvents ? readByEvents : adopt) as (socket: Socket, reading: Reading) => Socket;
  connection.attach(read(socket, connection));
}

/** One whole frame as a peer sees it. */
export interface SeenFrame {
  readonly id: number;
  readonly flags: number;
  readonly request: number;
  readonly payload: Buffer;
}

/** A peer whose bytes are written by hand. */
export class Hand implements AsyncDisposable {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};
  #ended = false;

  constructor(socket: Socket, paused = false) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
    if (!paused) {
      this.read();
    }
  }

  /** Begins to read what comes. */
  read(): void {
    this.socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.socket.resume();
  }

  send(bytes: Buffer | string): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  frame(id: number, flags: number, request: number, payload: Uint8Array = new Uint8Array()): Promise<void> {
    return this.send(frameOf(id, flags, request, payload));
  }

  /** The next frame; `undefined` where the connection ended before it. */
  async next(): Promise<SeenFrame | undefined> {
    for (;;) {
      const received = this.#received;
      const length = received.length < HEADER_LENGTH ? undefined : received.readUInt32BE(7);
      if (length !== undefined && received.length >= HEADER_LENGTH + length) {
        this.#received = received.subarray(HEADER_LENGTH + length);
        return {
          id: received.readUInt16BE(0),
          flags: received.readUInt8(2),
          request: received.readUInt32BE(3),
          payload: received.subarray(HEADER_LENGTH, HEADER_LENGTH + length),
        };
      }
      if (this.#ended) {
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves once the peer has closed the connection. */
  async ended(): Promise<void> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.ended();
  }
}

/** A child that serves, and a parent made by hand. */
export async function childAndHand(
  service: ServiceDescriptor,
  implementation: Implementation,
  choice: Choice = {},
  paused = false,
): Promise<{ child: Connection; hand: Hand; emit: Pair["emit"]; ids: Resolved }> {
  const served = serving(service, implementation);
  const { path, accepted, close } = await listening();
  const child = make("child", served.methods, undefined, choice);
  const hand = new Hand(connect(path), paused);
  take(child, await accepted, choice);
  served.emitter.attach(child);
  close();
  return { child, hand, emit: served.emit, ids: served.resolved };
}

/** A parent that calls, and a child made by hand. */
export async function parentAndHand(
  service: ServiceDescriptor,
  choice: Choice = {},
  paused = false,
): Promise<{ remote: Remote; hand: Hand }> {
  const { path, accepted, close } = await listening();
  const none = Object.fromEntries(service.methods.map(({ name }) => [name, () => {}]));
  const { resolved } = serving(service, none);
  const events = new RemoteEvents(limitsOf(choice.limits).events);
  const parent = make("parent", choice.callbacks?.served ?? [], events, choice);
  parent.attach(connectTo(path, parent));
  const hand = new Hand(await accepted, paused);
  close();
  return { remote: new Remote(parent, events, resolved), hand };
}
