import { Trouble } from "../../typescript/interop.js";
import { check, failure, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const error = await failure(desk.fail({ how: "declared" }));
check(error instanceof Trouble && error.data.type === "OutOfLuck", error);
say(error.message);
say(show({ code: error.code, message: error.message, data: error.data }));
await desk.shutdown();
