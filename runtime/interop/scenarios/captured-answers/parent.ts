import { setImmediate as turn } from "node:timers/promises";
import { failure, next, rejection, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const [ticks, noted] = [desk.events.tick.subscribe(), desk.events.noted.subscribe()];
say(show(await desk.add({ a: 2, b: 3 })));
say(show(await desk.blob({ data: Buffer.from("abc") })));
say((await failure(desk.fail({ how: "text" }))).message);
const { message, data } = await failure(desk.fail({ how: "map" }));
say(`${message}, ${(data as { code: number }).code}`);
for await (const item of desk.count({ n: 2 })) say(show(item));
const items = desk.count({ n: 2 })[Symbol.asyncIterator]();
say(show(await next(items)));
say((await failure(items.next())).message);
await desk.poke({ text: "hi" });
say(show(await desk.touch({ text: "hi" })));
say(show(await desk.mirror(Buffer.from("c1ff", "hex"))));
await desk.note({ text: "n" });
say(show(await next(ticks)));
const controller = new AbortController();
const call = rejection(desk.wait({ gate: "a" }, { signal: controller.signal }));
// The call has to be under way before it is left.
await turn();
controller.abort();
await call;
say(show(await next(noted)));
await desk.shutdown();
