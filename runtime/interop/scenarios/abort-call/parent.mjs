import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const controller = new AbortController();
const call = desk.call("wait", { gate: "a" }, { signal: controller.signal });
say(`waiting ${show(await desk.events.waiting.next())}`);
controller.abort();
await failure(call);
say(`aborted ${show(await desk.events.aborted.next())}`);
say(`${show(await desk.call("open", { gate: "a" }))} was waiting`);
await desk.shutdown();
