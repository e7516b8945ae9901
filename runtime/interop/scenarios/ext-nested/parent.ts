import { BackClient } from "../../typescript/back.js";
import { failure, say, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
const left: number[] = [];
const back: BackClient = await BackClient.spawn(program, args, {
  callbacks: {
    trading: {
      async depth({ more }, cx) {
        left.push(more);
        return more === 0 ? 0 : 1 + (await back.depth({ more: more - 1 }, { context: cx }));
      },
    },
  },
});
say(await back.depth({ more: 16 }));
say(left.join());
say((await failure(back.depth({ more: 17 }))).code);
const many = Array.from({ length: 100 }, () => back.depth({ more: 9 }));
say([...new Set(await Promise.all(many))].join());
await back.shutdown();
