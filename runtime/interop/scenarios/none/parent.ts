import { next, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const noted = desk.events.noted.subscribe();
say(show((await desk.note({ text: "one" })) ?? null));
say(show(await next(noted)));
await desk.note({ text: "two" });
say(show(await next(noted)));
await desk.shutdown();
