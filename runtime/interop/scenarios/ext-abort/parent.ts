import { BackClient } from "../../typescript/back.js";
import { next, rejection, say, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
let began: (name: string) => void = () => {};
let left: (name: string) => void = () => {};
const back = await BackClient.spawn(program, args, {
  callbacks: {
    trading: {
      hold: ({ name }, cx) =>
        new Promise(() => {
          began(name);
          cx.signal.addEventListener("abort", () => left(name));
        }),
    },
  },
});
const seen = back.events.seen.subscribe();
/** Waits for what a handler says. */
const told = (hear: (resolve: (name: string) => void) => void): Promise<string> => new Promise(hear);

const first = told((resolve) => {
  began = resolve;
});
const gone = told((resolve) => {
  left = resolve;
});
const controller = new AbortController();
const aborted = rejection(back.hold({ name: "aborted" }, { signal: controller.signal }));
say(`begins: ${await first}`);
controller.abort();
await aborted;
say(`ends: ${await gone}`);
say((await next(seen)).text);

const late = told((resolve) => {
  left = resolve;
});
await rejection(back.hold({ name: "late" }, { timeoutMs: 300 }));
say(`ends: ${await late}`);
await back.shutdown();
