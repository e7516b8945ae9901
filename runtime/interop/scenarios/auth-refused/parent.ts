import { check, failure, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
check((await failure(desk.add({ a: 2, b: 3 }))).code === "unavailable", "another code");
say("the call failed");
// However this worker ends.
await desk.shutdown().catch(() => {});
