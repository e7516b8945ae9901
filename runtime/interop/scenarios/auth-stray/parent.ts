import { say, show, spawn, worker } from "../../typescript/scenario.js";

const desk = await spawn({}, ["node", `${process.cwd()}/node/stray.mjs`, ...worker()]);
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
