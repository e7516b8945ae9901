import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
say(show(await desk.call("greet", { name: "you" })));
say(show(await desk.call("greet", { name: "you", greeting: "good day" })));
say(show(await desk.call("greet", { name: "you", mark: "!" })));
say(show(await desk.call("greet", { name: "you", mark: undefined })));
await desk.shutdown();
