import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
say(show(await desk.call("poke", { text: "wake up" })));
say(show(await desk.call("touch", { text: "hi" })));
await desk.shutdown();
