// The worker of the process tests. `DESK` in its environment changes how it behaves.
import { spawnSync } from "node:child_process";
import { writeSync } from "node:fs";
import { bind, ProcwireError, serve } from "procwire";
import { Desk, type DeskWorker, Trouble, Weather } from "../fixtures/desk.js";

const ways = new Set((process.env["DESK"] ?? "").split(" "));
const nap = new Int32Array(new SharedArrayBuffer(4));

console.log("a print before the start");

const desk: DeskWorker = {
  async place({ order, dry_run }, cx) {
    if (order.symbol === "NONE") {
      throw new Trouble({ type: "OutOfLuck", tries: order.quantity });
    }
    if (order.symbol === "ODD") {
      throw new ProcwireError("resource_exhausted", "too many", { data: { most: 5 } });
    }
    await cx.events.filled({ id: order.id, accepted: !dry_run });
    return { id: order.id, accepted: !dry_run };
  },
  swap: (order) => ({ id: order.id + 1n, symbol: order.symbol }),
  async *quotes({ symbols, depth = 1 }, cx) {
    try {
      for (let i = 0; i < depth; i++) {
        for (const symbol of symbols) {
          if (symbol === "NONE") {
            throw new Trouble({ type: "Closed" });
          }
          yield { id: BigInt(i), accepted: symbol !== "" };
        }
      }
    } finally {
      await cx.events.seen({ text: "quotes ended" });
    }
  },
  ping() {},
  find: ({ text = "all", limit = 3 }) => Array.from({ length: limit }, () => text),
  warm() {},
  touch: ({ text }) => ({ id: BigInt(text.length), accepted: true }),
  log: ({ text }, cx) => cx.events.seen({ text }),
  mirror: (bytes) => bytes,
  *chunks(bytes) {
    for (let at = 0; at < bytes.length; at += 1000) {
      yield bytes.subarray(at, at + 1000);
    }
  },
  hang: ({ name }, cx) =>
    new Promise((resolve) => {
      void cx.events.seen({ text: `${name} hangs` });
      cx.signal.addEventListener("abort", () => {
        void cx.events.seen({ text: `${name} left` });
        resolve();
      });
    }),
  async block({ ms }, cx) {
    await cx.events.seen({ text: "blocks" });
    // The event has to leave before the thread is held.
    await new Promise((resolve) => setImmediate(resolve));
    Atomics.wait(nap, 0, 0, ms);
  },
  slow: ({ ms }) => new Promise((resolve) => setTimeout(() => resolve("slow"), ms)),
  print({ text }) {
    console.log(`log ${text}`);
    console.info(`info ${text}`);
    process.stdout.write(`write ${text}\n`);
    // What bypasses the guard is noise to the parent, half a line in front of a control line too.
    writeSync(1, `raw ${text}`);
    spawnSync("sh", ["-c", `echo child ${text}`], { stdio: "inherit" });
  },
  exit({ status }) {
    process.exit(status);
  },
  crash({ text }) {
    process.stderr.write(`first words\n${text}\n`);
    setImmediate(() => {
      throw new RangeError("nobody catches this");
    });
  },
  pid: () => process.pid,
};

if (ways.has("late")) {
  setInterval(() => {}, 1000);
}
const serving = serve([bind(Desk, desk), bind(Weather, { tell: ({ place }) => `rain in ${place}` })], {
  controlThread: !ways.has("one-thread"),
  onShutdown: () => {
    process.stderr.write("the last will\n");
  },
});
if (ways.has("hello") && (await serving.ready)) {
  await serving.eventsOf(Weather).rain({ place: "here" });
  await serving.events.progress({
    job: Object.keys(process.env)
      .filter((name) => name.startsWith("PROCWIRE_"))
      .join(),
    percent: 1,
  });
}
await serving;
process.stderr.write("served\n");
