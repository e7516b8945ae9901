import { BackClient, Busy, type Candle, Refused } from "../../typescript/back.js";
import { check, failure, say, show, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
const left: number[] = [];
let heard: (text: string) => void;
const audited = new Promise<string>((resolve) => {
  heard = resolve;
});
const back: BackClient = await BackClient.spawn(program, args, {
  callbacks: {
    trading: {
      *dataFetch({ symbol, count }): Generator<Candle> {
        for (let at = 1; at <= count; at++) yield { at, close: 10 * at };
        if (symbol === "refused") throw new Refused({ type: "Denied", why: symbol });
      },
      position({ account }) {
        if (account === "refused") throw new Refused({ type: "Denied", why: account });
        if (account === "busy") throw new Busy({ type: "Later", left: 3 });
        return account.length;
      },
      warm: ({ text }) => say(`warm: ${text}`),
      audit: ({ text }) => heard(text),
      async depth({ more }, cx) {
        left.push(more);
        return more === 0 ? 0 : 1 + (await back.depth({ more: more - 1 }, { context: cx }));
      },
    },
  },
});
say(await back.total({ symbol: "A", count: 4 }));
try {
  for await (const candle of back.passOn({ symbol: "refused", count: 2 })) say(show(candle));
} catch (error) {
  check(error instanceof Refused, error);
  say(`refused: ${show(error.data)}`);
}
say(await back.position({ account: "four" }));
for (const account of ["refused", "busy"]) {
  const error = await failure(back.position({ account }));
  check(error instanceof Refused || error instanceof Busy, error);
  say(`${account}: ${show(error.data)}`);
}
await back.tell({ text: "told" });
say(`audit: ${await audited}`);
say(await back.depth({ more: 16 }));
say(left.join());
say((await failure(back.depth({ more: 17 }))).code);
const many = Array.from({ length: 50 }, () => back.depth({ more: 9 }));
say([...new Set(await Promise.all(many))].join());
check(back.peer.callbacks.delete("trading.Position"), "there was no handler");
const gone = await failure(back.position({ account: "four" }));
say(`${gone.code} ${gone.message.includes("trading.DataFetch")}`);
await back.shutdown();
