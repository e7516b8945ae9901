// Node has no threads to wait in: this is what the Rust parent does, awaited.
import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
say(show(await desk.call("add", { a: 2, b: 3 })));
for await (const item of desk.stream("count", { n: 2 })) say(show(item));
say((await failure(desk.call("fail", { how: "declared" }))).message);
await desk.call("emit", { during: 2, after: 1 });
for (let i = 0; i < 3; i++) say(show(await desk.events.tick.next()));
say((await failure(desk.call("fail", { how: "text" }))).message);
await desk.shutdown();
