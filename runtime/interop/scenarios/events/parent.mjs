import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
say(`before: ${show(await desk.events.hello.next())}`);
await desk.call("emit", { during: 3, after: 2 });
for (let i = 0; i < 5; i++) say(show(await desk.events.tick.next()));
say(show(await desk.call("add", { a: 1, b: 1 })));
await desk.shutdown();
