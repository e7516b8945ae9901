import { check, failure, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const error = await failure(desk.fail({ how: "text" }));
say(error.message);
check(error.code === "failed", error);
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
