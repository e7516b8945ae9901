import { say, show, spawn, worker } from "../../node/parent.mjs";

const stray = new URL("../../node/stray.mjs", import.meta.url).pathname;
const desk = await spawn({ argv: ["node", stray, ...worker()], policy: { auth: true } });
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
