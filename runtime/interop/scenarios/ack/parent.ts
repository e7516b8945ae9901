import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
// An acknowledgement without a value is `undefined`.
say(show((await desk.poke({ text: "wake up" })) ?? null));
say(show(await desk.touch({ text: "hi" })));
await desk.shutdown();
