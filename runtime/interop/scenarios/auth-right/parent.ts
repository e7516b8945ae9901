import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
// A token is set unless the parent says otherwise.
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
