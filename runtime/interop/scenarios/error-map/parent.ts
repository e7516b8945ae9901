import { check, failure, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const error = await failure(desk.fail({ how: "map" }));
say(error.message);
check(error.code === "failed", error);
say(show((error.data as { code: number }).code));
await desk.shutdown();
