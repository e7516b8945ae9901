import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const error = await failure(desk.call("fail", { how: "declared" }));
say(error.message);
say(show(error.data));
await desk.shutdown();
