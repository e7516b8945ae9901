// The service of interop.ipc on the real @procwire/client.

import { pathToFileURL } from "node:url";
import { Client } from "@procwire/client";
import { EVENTS, METHODS } from "./interop.mjs";

const TROUBLE = {
  text: () => new Error("no luck"),
  map: () => ({ message: "no luck", code: 7 }),
  declared: () => ({
    code: "declared",
    message: "Trouble.OutOfLuck",
    data: { type: "OutOfLuck", tries: 3 },
  }),
  panic: () => new Error("the handler broke"),
};

export function serve(changes = () => ({}), more = { methods: {}, events: [] }) {
  const client = new Client();
  const gates = new Map();
  // The parent may be gone by then, which is no reason to die of it.
  const tell = (event, value) => client.emitEvent(event, value).catch(() => {});
  const blocked = new Int32Array(new SharedArrayBuffer(4));
  const handlers = {
    echo: (value, cx) => cx.respond(value),
    odd: (value, cx) => cx.respond(value),
    add: ({ a, b }, cx) => cx.respond({ sum: a + b }),
    greet: ({ name, greeting = "hello", mark }, cx) => cx.respond({ text: `${greeting} ${name}${mark ?? ""}` }),
    blob: ({ data }, cx) => cx.respond({ data, length: data.length }),
    moment: ({ at }, cx) => cx.respond({ at }),
    mirror: (bytes, cx) => cx.respond(bytes),
    fail: ({ how }, cx) => cx.error(TROUBLE[how]()),
    wait: async ({ gate }, cx) => {
      const waiters = gates.get(gate) ?? [];
      gates.set(gate, waiters);
      const waiter = () => cx.respond({ text: gate });
      waiters.push(waiter);
      cx.onAbort(() => {
        waiters.splice(waiters.indexOf(waiter), 1);
        tell("aborted", { gate });
      });
      await client.emitEvent("waiting", { gate });
    },
    open: async ({ gate }, cx) => {
      const waiters = gates.get(gate) ?? [];
      gates.delete(gate);
      for (const waiter of waiters) await waiter();
      await cx.respond({ sum: waiters.length });
    },
    sleep: async ({ ms, blocking }, cx) => {
      if (blocking) {
        await client.emitEvent("waiting", { gate: "sleep" });
        // The event has to leave before the thread is held.
        await new Promise((resolve) => setTimeout(resolve, 20));
        Atomics.wait(blocked, 0, 0, ms);
      } else await new Promise((resolve) => setTimeout(resolve, ms));
      await cx.respond({ text: "slept" });
    },
    count: async ({ n, fail }, cx) => {
      for (let i = 0; i < n && !cx.aborted; i++) await cx.chunk({ i, pad: Buffer.from("a") });
      if (fail) await cx.error(TROUBLE[fail]());
      else await cx.end();
    },
    forever: async ({ gate }, cx) => {
      cx.onAbort(() => tell("aborted", { gate }));
      for (let i = 0; !cx.aborted; i++) {
        await cx.chunk({ i, pad: Buffer.from("a") });
        await new Promise(setImmediate);
      }
    },
    poke: (_, cx) => cx.ack(),
    touch: ({ text }, cx) => cx.ack({ accepted: true, text }),
    note: ({ text }) => client.emitEvent("noted", { text }),
    emit: async ({ during, after }, cx) => {
      for (let seq = 0; seq < during; seq++) await client.emitEvent("tick", { seq, text: "during" });
      await cx.respond(null);
      for (let seq = 0; seq < after; seq++) await client.emitEvent("tick", { seq, text: "after" });
    },
    print: async ({ lines }, cx) => {
      const line = `${"x".repeat(1000)}\n`;
      for (let i = 0; i < lines; i++) {
        if (!process.stdout.write(line)) await new Promise((go) => process.stdout.once("drain", go));
      }
      await cx.respond(null);
    },
    pid: (_, cx) => cx.respond(process.pid),
    ...changes(client),
  };
  for (const [name, options] of Object.entries({ ...METHODS, ...more.methods })) {
    if (handlers[name]) client.handle(name, handlers[name], options);
  }
  for (const name of [...EVENTS, ...more.events]) client.event(name);
  // The package tells of disconnecting only.
  const connecting = setInterval(() => {
    if (!client.connected) return;
    clearInterval(connecting);
    tell("hello", { text: "ready" });
  }, 1).unref();
  return client.start();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await serve();
