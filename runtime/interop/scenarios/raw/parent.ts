import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
say(show(await desk.mirror(Buffer.from("c1ff", "hex"))));
say(show(await desk.mirror(new Uint8Array())));
await desk.shutdown();
