import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const error = await failure(desk.call("fail", { how: "map" }));
say(error.message);
// Ours has the free part of an error under `data`; the published packages send any map as it is.
say(show((error.data.data ?? error.data).code));
await desk.shutdown();
