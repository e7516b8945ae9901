// Peers without a package: bytes as the scenario wants them, also where no peer should send them.

import { spawn } from "node:child_process";
import { createConnection, createServer } from "node:net";
import { createInterface } from "node:readline";
import { msgpackCodec } from "@procwire/codecs";
import { EVENTS, METHODS } from "./interop.mjs";
import { Queue, worker } from "./parent.mjs";

export const ABORT = 0xffff;
export const AUTHENTICATE = 0xfffe;

export const encode = (value) => Buffer.from(msgpackCodec.serialize(value));
export const decode = (bytes) => msgpackCodec.deserialize(bytes);

export function header(id, flags, request, length) {
  const bytes = Buffer.alloc(11);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt8(flags, 2);
  bytes.writeUInt32BE(request, 3);
  bytes.writeUInt32BE(length, 7);
  return bytes;
}

export function frame(id, flags, request, payload = Buffer.alloc(0)) {
  return Buffer.concat([header(id, flags, request, payload.length), payload]);
}

// One side of a data plane.
export class Connection {
  #buffer = Buffer.alloc(0);
  #frames = new Queue();

  constructor(socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#take();
    });
    socket.on("error", () => {});
    socket.on("close", () => this.#frames.push(null));
  }

  #take() {
    while (this.#buffer.length >= 11) {
      const length = this.#buffer.readUInt32BE(7);
      if (this.#buffer.length < 11 + length) return;
      this.#frames.push({
        id: this.#buffer.readUInt16BE(0),
        flags: this.#buffer.readUInt8(2),
        request: this.#buffer.readUInt32BE(3),
        payload: this.#buffer.subarray(11, 11 + length),
      });
      this.#buffer = this.#buffer.subarray(11 + length);
    }
  }

  // The next frame; null where the peer closed.
  next() {
    return this.#frames.next();
  }

  // The next frame that is no event.
  async answer() {
    for (;;) {
      const frame = await this.next();
      if (frame === null || frame.request !== 0) return frame;
    }
  }

  write(bytes) {
    this.socket.write(bytes);
  }

  send(id, flags, request, payload) {
    this.write(frame(id, flags, request, payload));
  }

  close() {
    this.socket.destroy();
  }
}

// A started worker, of which the scenario does the parent by hand.
export async function start({ argv = worker(), env = {} } = {}) {
  const process_ = spawn(argv[0], argv.slice(1), {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PROCWIRE_MODULE_NAME: "raw", ...env },
  });
  const exit = new Promise((resolve) => process_.on("exit", (code, signal) => resolve({ code, signal })));
  const init = await new Promise((resolve, reject) => {
    exit.then((end) => reject(new Error(`no $init: ${JSON.stringify(end)}`)));
    createInterface({ input: process_.stdout }).on("line", (line) => {
      if (line.startsWith("{") && JSON.parse(line).method === "$init") resolve(JSON.parse(line).params);
    });
  });
  return {
    process: process_,
    exit,
    id: (name) => (init.schema.methods[name] ?? init.schema.events[name]).id,
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = createConnection(init.pipe, () => resolve(new Connection(socket)));
        socket.on("error", reject);
      }),
    async end() {
      process_.stdin.end();
      return exit;
    },
  };
}

// The worker's side by hand: `serve` gets the parent's connection, and the ids by name.
export function listen(serve) {
  const methods = {};
  const events = {};
  for (const [i, [name, { response }]] of Object.entries(METHODS).entries()) methods[name] = { id: i + 1, response };
  for (const [i, name] of EVENTS.entries()) events[name] = { id: i + 1 };
  const pipe = `${process.env.XDG_RUNTIME_DIR}/raw-${process.pid}.sock`;
  const server = createServer((socket) => {
    server.close();
    const connection = new Connection(socket);
    socket.on("close", () => process.exit(0));
    serve(connection, (name) => (methods[name] ?? events[name]).id);
  });
  server.listen(pipe, () => {
    const params = { pipe, schema: { methods, events }, version: "1.0.0" };
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", method: "$init", params })}\n`);
  });
  const control = createInterface({ input: process.stdin });
  control.on("line", (line) => {
    if (line.includes("$shutdown")) process.exit(0);
  });
  control.on("close", () => process.exit(0));
}

// The parent's first request, past an authentication where it sends one.
export async function request(connection) {
  for (;;) {
    const frame = await connection.next();
    if (frame === null || frame.id !== AUTHENTICATE) return frame;
  }
}
