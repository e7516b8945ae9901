import { BackClient, type Candle } from "../../typescript/back.js";
import { check, range, say, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
let seen: string | undefined;
for (const _ of range(5)) {
  const back: BackClient = await BackClient.spawn(program, args, {
    callbacks: {
      trading: {
        *dataFetch({ count }): Generator<Candle> {
          for (let at = 1; at <= count; at += 1) yield { at, close: 10 * at };
        },
        position: ({ account }) => account.length,
        depth: async ({ more }, cx) => (more === 0 ? 0 : 1 + (await back.depth({ more: more - 1 }, { context: cx }))),
      },
    },
  });
  const all = await Promise.all([
    back.position({ account: "four" }),
    back.total({ symbol: "A", count: 3 }),
    back.depth({ more: 8 }),
  ]);
  seen ??= all.join(" ");
  check(seen === all.join(" "), `another answer: ${all}`);
  await back.shutdown();
}
say(`5 times: ${seen}`);
