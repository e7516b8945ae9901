import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
say(show(await desk.greet({ name: "you" })));
say(show(await desk.greet({ name: "you", greeting: "good day" })));
say(show(await desk.greet({ name: "you", mark: "!" })));
say(show(await desk.greet({ name: "you", mark: undefined })));
await desk.shutdown();
