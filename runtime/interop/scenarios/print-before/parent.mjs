import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn({ policy: { initTimeout: 10_000 } });
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
