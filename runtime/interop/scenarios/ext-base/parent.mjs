import { failure, say, spawn } from "../../node/parent.mjs";

const result = { response: "result" };
const back = await spawn({ methods: { position: result, context: result, depth: result }, events: ["seen"] });
const callback = (await failure(back.call("position", { account: "a" }))).data;
if (!callback.message.includes("trading.Position")) throw new Error(callback.message);
say(callback.code);
say((await failure(back.call("context", {}))).data.code);
say(await back.call("depth", { more: 0 }));
await back.shutdown();
