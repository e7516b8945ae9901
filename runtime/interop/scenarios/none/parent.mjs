import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
say(show((await desk.call("note", { text: "one" })) ?? null));
say(show(await desk.events.noted.next()));
await desk.call("note", { text: "two" });
say(show(await desk.events.noted.next()));
await desk.shutdown();
