import { failure, say, spawn } from "../../node/parent.mjs";

const desk = await spawn({ policy: { auth: true } });
await failure(desk.call("add", { a: 2, b: 3 }));
say("the call failed");
await desk.shutdown();
