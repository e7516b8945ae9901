import type { BackClient as Client } from "../../typescript/back.js";
import { BackClient } from "../../typescript/back.js";
import { check, failure, gone, range, say, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();

function spawn(): Promise<Client> {
  return BackClient.spawn(program, args, {
    callbacks: {
      trading: {
        *dataFetch({ count }) {
          for (let at = 1; at <= count; at += 1) yield { at, close: 10 * at };
        },
      },
    },
  });
}

// Before anything was read, and when some were answered.
for (const first of [0, 0, 1, 10]) {
  const back = await spawn();
  const { pid } = back.peer;
  let ended = 0;
  let enough = (): void => {};
  const some = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const calls = range(30).map(async () => {
    const sum = await back.total({ symbol: "A", count: 50 }).catch(() => undefined);
    check(sum === undefined || sum === 12_750, `another sum: ${sum}`);
    check(sum !== undefined || ended >= first, "a call failed before the shutdown");
    ended += 1;
    if (ended >= first) enough();
  });
  if (first > 0) await some;
  await back.shutdown();
  await Promise.all(calls);
  check(gone(pid), "the worker is still there");
  say(`${ended} calls ended, the worker too`);
}

let left = (): void => {};
const ends = new Promise<void>((resolve) => {
  left = resolve;
});
let began = (): void => {};
const begins = new Promise<void>((resolve) => {
  began = resolve;
});
const back = await BackClient.spawn(program, args, {
  shutdownGraceMs: 200,
  callbacks: {
    trading: {
      hold: (_, cx) =>
        new Promise(() => {
          began();
          cx.signal.addEventListener("abort", left);
        }),
    },
  },
});
const held = failure(back.hold({ name: "held" }));
await begins;
say("begins: held");
// Whether a worker whose handler has to be stopped ends in order is its own affair.
await back.shutdown().catch(() => {});
await held;
say("the call failed");
await ends;
say("ends: held");
