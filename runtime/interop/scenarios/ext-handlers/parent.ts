import { BackClient, tradingCallbacks } from "../../typescript/back.js";
import { check, failure, say, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
const back = await BackClient.spawn(program, args, {
  callbacks: { trading: { depth: () => 7 } },
});
const { callbacks } = back.peer;
const missing = await failure(back.position({ account: "a" }));
check(missing.message.includes("trading.Position") && missing.message.includes("trading.Depth"), missing);
say(missing.code);
callbacks.add(tradingCallbacks, { position: () => 1 });
say(await back.position({ account: "a" }));
callbacks.add(tradingCallbacks, { position: () => 2 });
say(await back.position({ account: "a" }));
say(callbacks.delete("trading.Position") ? "removed" : "was not there");
say((await failure(back.position({ account: "a" }))).code);
say(await back.depth({ more: 1 }));
await back.shutdown();
