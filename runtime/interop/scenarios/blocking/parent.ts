// Node has no threads to wait in: this is what the Rust parent does, awaited.
import { Trouble } from "../../typescript/interop.js";
import { check, failure, next, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
say(show(await desk.add({ a: 2, b: 3 })));
for await (const item of desk.count({ n: 2 })) say(show(item));
const trouble = await failure(desk.fail({ how: "declared" }));
check(trouble instanceof Trouble && trouble.data.type === "OutOfLuck" && trouble.data.tries === 3, trouble);
say(trouble.message);
const ticks = desk.events.tick.subscribe();
await desk.emit({ during: 2, after: 1 });
for (let i = 0; i < 3; i++) say(show(await next(ticks)));
say((await failure(desk.fail({ how: "text" }))).message);
await desk.shutdown();
