// A program on the published packages: the worker of its parent, and the parent of a worker to which it passes all on.

import { Client } from "@procwire/client";
import { EVENTS, METHODS } from "../../node/interop.mjs";
import { spawn } from "../../node/parent.mjs";

const result = { response: "result" };
const stream = { response: "stream" };
const BACK = {
  total: result,
  pass_on: stream,
  position: result,
  tell: result,
  depth: result,
  hold: result,
  context: result,
  broken: result,
  fill: stream,
};
const methods = { ...METHODS, ...BACK };
const events = [...EVENTS, "seen"];

const [auth, ...argv] = process.argv.slice(2);
const desk = await spawn({ argv, policy: { auth: auth === "auth" }, methods, events });

class Middle extends Client {
  // The package tells of its end in no other way.
  async shutdown() {
    await super.shutdown();
    await desk.shutdown();
  }
}

const pass = {
  result: async (name, argument, cx) => cx.respond(await desk.call(name, argument)),
  ack: async (name, argument, cx) => cx.ack(await desk.call(name, argument)),
  none: (name, argument) => desk.call(name, argument),
  stream: async (name, argument, cx) => {
    for await (const item of desk.stream(name, argument)) await cx.chunk(item);
    await cx.end();
  },
};
const client = new Middle();
for (const [name, options] of Object.entries(methods)) {
  const handle = async (argument, cx) => {
    try {
      await pass[options.response](name, argument, cx);
    } catch (error) {
      await cx.error(error.data ?? error);
    }
  };
  client.handle(name, handle, options);
}
for (const name of events) {
  client.event(name);
  // The parent may be gone by then, which is no reason to die of it.
  desk.module.onEvent(name, (value) => client.emitEvent(name, value).catch(() => {}));
}
await client.start();
