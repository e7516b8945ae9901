import { say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
desk.call("wait", { gate: "never" });
await desk.events.waiting.next();
const items = desk.stream("forever", { gate: "s" });
await items.next();
say("working");
process.kill(process.pid, "SIGKILL");
