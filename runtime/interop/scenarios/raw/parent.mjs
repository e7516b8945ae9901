import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
say(show(await desk.call("mirror", Buffer.from("c1ff", "hex"))));
say(show(await desk.call("mirror", Buffer.alloc(0))));
await desk.shutdown();
