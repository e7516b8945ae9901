import { BackClient } from "../../typescript/back.js";
import { check, failure, say, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
const back = await BackClient.spawn(program, args, {
  extensions: [],
  callbacks: { trading: { position: () => 1 } },
});
const callback = await failure(back.position({ account: "a" }));
check(callback.message.includes("trading.Position"), callback);
say(callback.code);
say((await failure(back.context({ metadata: { a: "b" } }))).code);
say(await back.depth({ more: 0 }));
await back.shutdown();
