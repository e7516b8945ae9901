// A parent on the real @procwire/core, and what the scenarios share.
import { Module, ModuleManager } from "@procwire/core";
import { EVENTS, METHODS } from "./interop.mjs";

// The worker's command line, as the runner gives it.
export const worker = () => JSON.parse(process.env.INTEROP_WORKER);

// A line of the transcript, which is the same for every pair.
export function say(line) {
  process.stdout.write(`${line}\n`);
}

// What a value looks like in a transcript: keys sorted, bytes in hex.
export function show(value) {
  return JSON.stringify(value, (_, part) => {
    if (part?.type === "Buffer") return { bytes: Buffer.from(part.data).toString("hex") };
    if (part && typeof part === "object" && !Array.isArray(part)) {
      return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
    }
    return part;
  });
}

// What arrives, to be taken one by one.
export class Queue {
  #items = [];
  #takers = [];

  push(item) {
    const taker = this.#takers.shift();
    if (taker) taker(item);
    else this.#items.push(item);
  }

  next() {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    return new Promise((resolve) => this.#takers.push(resolve));
  }
}

// The events of the worker, each in a queue of its own, and how it ended.
export class Desk {
  constructor({ argv = worker(), policy = {}, env = {}, methods = METHODS, events = EVENTS } = {}) {
    this.module = new Module("desk")
      .executable(argv[0], argv.slice(1), { env })
      .spawnPolicy({ maxRetries: 0, ...policy });
    for (const [name, options] of Object.entries(methods)) {
      this.module.method(name, { cancellable: true, ...options });
    }
    this.events = {};
    for (const name of events) {
      this.module.event(name);
      this.events[name] = new Queue();
    }
    this.manager = new ModuleManager();
    this.errors = new Queue();
    this.manager.on("module:error", (_, error) => this.errors.push(error));
    this.manager.register(this.module);
  }

  async spawn() {
    // The module forgets its process when that ends.
    this.exit = new Promise((resolve) => {
      this.manager.on("module:ready", () => {
        this.process = this.module.process;
        this.process.once("exit", (code, signal) => resolve({ code, signal }));
      });
    });
    for (const name of Object.keys(this.events)) {
      this.module.onEvent(name, (value) => this.events[name].push(value));
    }
    await this.manager.spawn();
    return this;
  }

  call(method, argument, options) {
    return this.module.send(method, argument, options);
  }

  stream(method, argument, options) {
    return this.module.stream(method, argument, options);
  }

  async shutdown() {
    await this.manager.shutdown();
  }
}

export const spawn = (options) => new Desk(options).spawn();

// The error that a promise fails with.
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("this should have failed");
}

export function check(condition, message) {
  if (!condition) throw new Error(message);
}
