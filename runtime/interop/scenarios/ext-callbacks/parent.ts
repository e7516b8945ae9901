import { BackClient, Busy, type Candle, Refused } from "../../typescript/back.js";
import { check, failure, say, show, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
let heard: (text: string) => void;
const audited = new Promise<string>((resolve) => {
  heard = resolve;
});
const back = await BackClient.spawn(program, args, {
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
    },
  },
});
say(await back.total({ symbol: "A", count: 4 }));
for await (const candle of back.passOn({ symbol: "A", count: 3 })) say(show(candle));
say(await back.position({ account: "four" }));
await back.tell({ text: "told" });
say(`audit: ${await audited}`);
const items = back.passOn({ symbol: "refused", count: 2 })[Symbol.asyncIterator]();
say(show((await items.next()).value));
say(show((await items.next()).value));
const denied = await failure(items.next());
check(denied instanceof Refused, denied);
say(`refused: ${show(denied.data)}`);
const refused = await failure(back.position({ account: "refused" }));
check(refused instanceof Refused, refused);
say(`refused: ${show(refused.data)}`);
const busy = await failure(back.position({ account: "busy" }));
check(busy instanceof Busy && busy.isRetryable, busy);
say(`busy: ${show(busy.data)}`);
const calls = Array.from({ length: 1000 }, (_, i) => back.position({ account: "x".repeat(i) }));
say((await Promise.all(calls)).reduce((sum, one) => sum + one, 0));
await back.shutdown();
